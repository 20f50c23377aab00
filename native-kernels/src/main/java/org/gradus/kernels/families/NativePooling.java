package org.gradus.kernels.families;

import org.gradus.device.PoolingKernels;
import org.gradus.device.View;
import org.gradus.device.Window;

/**
 * Pooling with a work-item for each result. A window that sees nothing but padding has the maximum
 * negative infinity, at position 0, and the mean 0.
 *
 * <p>Cost: each element is read once for each window that covers it.
 */
final class NativePooling implements PoolingKernels {
    private final Templates templates;

    NativePooling(Templates templates) {
        this.templates = templates;
    }

    @Override
    public void maximum(View input, Window window, View output, View indices) {
        launch("max_pool", input, window, output)
                .image("input", input)
                .image("output", output)
                .image("indices", indices)
                .runForEach(output.elements());
    }

    @Override
    public void average(View input, Window window, boolean countPadding, View output) {
        launch("average_pool", input, window, output)
                .set("COUNT_PADDING", countPadding)
                .image("input", input)
                .image("output", output)
                .runForEach(output.elements());
    }

    @Override
    public void averageGradient(
            View outputGradient, Window window, boolean countPadding, View inputGradient) {
        launch("average_pool_gradient", inputGradient, window, outputGradient)
                .set("COUNT_PADDING", countPadding)
                .image("gradient", outputGradient)
                .image("result", inputGradient)
                .runForEach(inputGradient.elements());
    }

    private Launch launch(String kernel, View image, Window given, View positions) {
        Window window = Spatial.window(given);
        return templates
                .launch(kernel)
                .word("batch", image.shape().size(0))
                .word("channels", image.shape().size(1))
                .spatial("size", Spatial.sizes(image))
                .spatial("positions", Spatial.sizes(positions))
                .spatial("taps", window.kernel())
                .spatial("stride", window.stride())
                .spatial("padding", window.padding())
                .spatial("dilation", window.dilation());
    }
}
