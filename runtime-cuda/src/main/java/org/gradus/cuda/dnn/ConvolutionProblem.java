package org.gradus.cuda.dnn;

import java.util.Arrays;
import java.util.Optional;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.dtype.DType;

/**
 * All that decides how cuDNN computes a convolution: equal problems share descriptors and the
 * choice of an algorithm.
 *
 * @param dtype of all tensors
 * @param weight packed
 */
record ConvolutionProblem(
        Direction direction,
        DType dtype,
        TensorLayout image,
        TensorLayout weight,
        TensorLayout output,
        Window window,
        int groups) {
    /** Returns the problem of some views, or nothing if cuDNN cannot be told of it. */
    static Optional<ConvolutionProblem> of(
            Direction direction, View image, View weight, View output, Window window, int groups) {
        Optional<TensorLayout> weightLayout =
                TensorLayout.of(weight).filter(TensorLayout::isPacked);
        Optional<TensorLayout> imageLayout = TensorLayout.of(image);
        Optional<TensorLayout> outputLayout = TensorLayout.of(output);
        if (weightLayout.isEmpty() || imageLayout.isEmpty() || outputLayout.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new ConvolutionProblem(
                        direction,
                        image.dtype(),
                        imageLayout.get(),
                        weightLayout.get(),
                        outputLayout.get(),
                        Windows.overImages(window),
                        groups));
    }

    /** Returns the layout of a bias, which is added to all images and positions alike. */
    TensorLayout bias() {
        int[] sizes = new int[output.rank()];
        Arrays.fill(sizes, 1);
        sizes[1] = output.sizes()[1];
        int[] strides = new int[output.rank()];
        Arrays.fill(strides, 1);
        strides[0] = sizes[1];
        return new TensorLayout(sizes, strides);
    }

    @Override
    public String toString() {
        return direction.sentence()
                + " "
                + dtype
                + image
                + " with "
                + weight
                + " to "
                + output
                + ", "
                + window
                + (groups == 1 ? "" : ", groups=" + groups);
    }
}
