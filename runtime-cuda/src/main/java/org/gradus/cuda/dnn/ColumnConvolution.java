package org.gradus.cuda.dnn;

import java.util.Optional;
import org.gradus.device.Buffer;
import org.gradus.device.ConvolutionKernels;
import org.gradus.device.Device;
import org.gradus.device.MatmulOptions;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.shape.Shape;

/**
 * Convolutions as products with the columns of an image, made of a device's primitives: for types
 * that there are no other kernels of. The columns take as much memory as the image and each element
 * of the window together.
 */
public final class ColumnConvolution implements ConvolutionKernels {
    private static final MatmulOptions ADDING =
            new MatmulOptions(1, 1, Optional.empty(), MatmulOptions.Activation.NONE);

    private final Device device;

    /** Creates kernels that run on a device. */
    public ColumnConvolution(Device device) {
        this.device = device;
    }

    /** Something that needs a row-major tensor. */
    private interface Use {
        void with(View packed);
    }

    @Override
    public void forward(
            View input, View weight, Optional<View> bias, Window window, int groups, View output) {
        if (output.elements() == 0) {
            return;
        }
        Product product = new Product(input, weight, output, window, groups);
        writing(
                output,
                result -> {
                    bias.ifPresent(view -> device.copyStrided(alongFilters(view, result), result));
                    MatmulOptions options = bias.isPresent() ? ADDING : MatmulOptions.DEFAULT;
                    withColumns(
                            input,
                            product,
                            columns ->
                                    reading(
                                            weight,
                                            filters ->
                                                    device.matmul(
                                                            product.filters(filters),
                                                            product.columns(columns),
                                                            product.positions(result),
                                                            options)));
                });
    }

    @Override
    public void inputGradient(
            View outputGradient, View weight, Window window, int groups, View inputGradient) {
        if (inputGradient.elements() == 0) {
            return;
        }
        if (outputGradient.elements() == 0) {
            device.fill(inputGradient, 0);
            return;
        }
        Product product = new Product(inputGradient, weight, outputGradient, window, groups);
        View columns = make(inputGradient, product.columnShape());
        reading(
                weight,
                filters ->
                        reading(
                                outputGradient,
                                gradient ->
                                        device.matmul(
                                                transposed(product.filters(filters)),
                                                product.positions(gradient),
                                                product.columns(columns),
                                                MatmulOptions.DEFAULT)));
        device.fold(columns, window, inputGradient);
        columns.buffer().release();
    }

    @Override
    public void weightGradient(
            View input, View outputGradient, Window window, int groups, View weightGradient) {
        if (weightGradient.elements() == 0) {
            return;
        }
        if (outputGradient.elements() == 0) {
            device.fill(weightGradient, 0);
            return;
        }
        Product product = new Product(input, weightGradient, outputGradient, window, groups);
        writing(
                weightGradient,
                result -> {
                    device.fill(result, 0);
                    withColumns(
                            input,
                            product,
                            columns ->
                                    reading(
                                            outputGradient,
                                            gradient ->
                                                    addImages(product, columns, gradient, result)));
                });
    }

    /** Image by image, so that the sum has one order. */
    private void addImages(Product product, View columns, View gradient, View result) {
        View filters = image(product.filters(result), 0);
        for (int n = 0; n < product.images(); n++) {
            device.matmul(
                    image(product.positions(gradient), n),
                    transposed(image(product.columns(columns), n)),
                    filters,
                    ADDING);
        }
    }

    /** The matrices of a convolution: {@code [images, groups, rows, columns]} each. */
    private record Product(View image, View weight, View output, Window window, int groups) {
        int images() {
            return image.shape().size(0);
        }

        private int taps() {
            return weight.shape().size(1) * window.elements();
        }

        private int places() {
            return (int) output.shape().last(window.rank()).elements();
        }

        private int each() {
            return weight.shape().size(0) / groups;
        }

        /** The columns as {@link Device#unfold} makes them. */
        Shape columnShape() {
            return Shape.of(images(), groups * taps(), places());
        }

        View columns(View packed) {
            return reshaped(packed, Shape.of(images(), groups, taps(), places()));
        }

        View positions(View packed) {
            return reshaped(packed, Shape.of(images(), groups, each(), places()));
        }

        /** The weight, the same for all images. */
        View filters(View packed) {
            View one = reshaped(packed, Shape.of(1, groups, each(), taps()));
            return one.expand(one.shape().with(0, images()));
        }

        private static View reshaped(View packed, Shape shape) {
            return new View(packed.buffer(), shape, shape.contiguousStrides(), packed.offset());
        }
    }

    private static View alongFilters(View bias, View output) {
        long[] strides = new long[output.shape().rank()];
        strides[1] = bias.strides()[0];
        return new View(bias.buffer(), output.shape(), strides, bias.offset());
    }

    /** Returns the matrices of one image. */
    private static View image(View matrices, int n) {
        long[] strides = matrices.strides();
        return new View(
                matrices.buffer(),
                matrices.shape().without(0),
                new long[] {strides[1], strides[2], strides[3]},
                matrices.offset() + n * strides[0]);
    }

    private static View transposed(View matrices) {
        int rank = matrices.shape().rank();
        int[] sizes = matrices.shape().sizes();
        long[] strides = matrices.strides().clone();
        int rows = sizes[rank - 2];
        sizes[rank - 2] = sizes[rank - 1];
        sizes[rank - 1] = rows;
        strides[rank - 2] = matrices.strides()[rank - 1];
        strides[rank - 1] = matrices.strides()[rank - 2];
        return new View(matrices.buffer(), Shape.of(sizes), strides, matrices.offset());
    }

    private View make(View like, Shape shape) {
        Buffer buffer = device.allocate(like.dtype(), shape.elements());
        return View.of(buffer, shape);
    }

    private void withColumns(View input, Product product, Use use) {
        View columns = make(input, product.columnShape());
        device.unfold(input, product.window(), columns);
        use.with(columns);
        columns.buffer().release();
    }

    private void reading(View view, Use use) {
        if (view.isContiguous()) {
            use.with(view);
            return;
        }
        View packed = make(view, view.shape());
        device.copyStrided(view, packed);
        use.with(packed);
        packed.buffer().release();
    }

    private void writing(View view, Use use) {
        if (view.isContiguous()) {
            use.with(view);
            return;
        }
        View packed = make(view, view.shape());
        use.with(packed);
        device.copyStrided(packed, view);
        packed.buffer().release();
    }
}
