package org.gradus.cpu.convolution;

import org.gradus.cpu.matmul.Epilogue;
import org.gradus.cpu.matmul.Matrix;
import org.gradus.cpu.matmul.MicroKernels;
import org.gradus.cpu.matmul.PackedProduct;
import org.gradus.cpu.threads.WorkerPool;

/**
 * Convolutions whose window covers the whole image, such as the last of a discriminator, the first
 * transposed one of a generator, and 1 by 1 on images of one pixel: there is one position, images
 * and filters are rows of matrices as they are, and each pass is one product for each group.
 */
final class WholeImage {
    private final PackedProduct product;

    WholeImage(WorkerPool pool, MicroKernels kernels) {
        product = new PackedProduct(pool, kernels);
    }

    /** Returns whether the window sees each element of the image once, at its only position. */
    static boolean isSeen(Geometry geometry) {
        for (int axis = 0; axis < Geometry.AXES; axis++) {
            boolean dense = geometry.dilation()[axis] == 1 || geometry.kernel()[axis] == 1;
            if (!dense
                    || geometry.padding()[axis] != 0
                    || geometry.output()[axis] != 1
                    || geometry.kernel()[axis] != geometry.input()[axis]) {
                return false;
            }
        }
        return true;
    }

    /** Computes the output; {@code bias} may be null. */
    void forward(Geometry geometry, Dense input, Dense weight, Dense bias, Dense output) {
        for (int group = 0; group < geometry.groups(); group++) {
            int filter = group * geometry.groupFilters();
            product.multiply(
                    geometry.batch(),
                    geometry.groupFilters(),
                    geometry.filterSize(),
                    images(geometry, input, group),
                    filters(geometry, weight, group).transposed(),
                    scores(geometry, output, group),
                    bias == null
                            ? Epilogue.NONE
                            : new Epilogue(
                                    1,
                                    0,
                                    new Matrix(bias.data(), bias.offset() + filter, 0, 1),
                                    false));
        }
    }

    /** Computes the gradient of the input. */
    void inputGradient(Geometry geometry, Dense outputGradient, Dense weight, Dense inputGradient) {
        for (int group = 0; group < geometry.groups(); group++) {
            product.multiply(
                    geometry.batch(),
                    geometry.filterSize(),
                    geometry.groupFilters(),
                    scores(geometry, outputGradient, group),
                    filters(geometry, weight, group),
                    images(geometry, inputGradient, group),
                    Epilogue.NONE);
        }
    }

    /** Computes the gradient of the weight. */
    void weightGradient(Geometry geometry, Dense input, Dense outputGradient, Dense gradient) {
        for (int group = 0; group < geometry.groups(); group++) {
            product.multiply(
                    geometry.groupFilters(),
                    geometry.filterSize(),
                    geometry.batch(),
                    scores(geometry, outputGradient, group).transposed(),
                    images(geometry, input, group),
                    filters(geometry, gradient, group),
                    Epilogue.NONE);
        }
    }

    /** Returns {@code [batch, filterSize]}: a group's channels of each image. */
    private static Matrix images(Geometry geometry, Dense images, int group) {
        int size = geometry.filterSize();
        return new Matrix(
                images.data(), images.offset() + group * size, geometry.groups() * size, 1);
    }

    /** Returns {@code [groupFilters, filterSize]}. */
    private static Matrix filters(Geometry geometry, Dense weight, int group) {
        int size = geometry.filterSize();
        int first = group * geometry.groupFilters() * size;
        return new Matrix(weight.data(), weight.offset() + first, size, 1);
    }

    /** Returns {@code [batch, groupFilters]}: what each filter gives for each image. */
    private static Matrix scores(Geometry geometry, Dense output, int group) {
        int first = group * geometry.groupFilters();
        return new Matrix(output.data(), output.offset() + first, geometry.filters(), 1);
    }
}
