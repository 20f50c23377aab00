package org.gradus.cuda.dnn;

import java.util.Arrays;
import java.util.Optional;
import org.gradus.cuda.library.DeviceStream;
import org.gradus.device.PoolingKernels;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.dtype.DType;

/**
 * Means of windows by cuDNN. Maxima are not: cuDNN does not tell where they were. Nor gradients: it
 * asks for the input and output of a mean, which its gradient does not depend on.
 */
public final class CudnnPooling implements PoolingKernels {
    private final DeviceStream stream;
    private final CudnnLayers cudnn;
    private final PoolingKernels own;
    private final Attempts<Problem, CudnnLayers.Pooling> attempts;

    /**
     * Creates kernels. Nothing is asked of the library before they are used.
     *
     * @param own take what cuDNN does not
     */
    public CudnnPooling(DeviceStream stream, CudnnLayers cudnn, PoolingKernels own) {
        this.stream = stream;
        this.cudnn = cudnn;
        this.own = own;
        this.attempts = new Attempts<>(stream, cudnn);
    }

    private record Problem(
            DType dtype,
            TensorLayout image,
            Window window,
            boolean countPadding,
            TensorLayout output) {
        @Override
        public String toString() {
            return "take the means of " + dtype + image + " to " + output + ", " + window;
        }
    }

    @Override
    public void maximum(View input, Window window, View output, View indices) {
        own.maximum(input, window, output, indices);
    }

    @Override
    public void average(View input, Window window, boolean countPadding, View output) {
        if (!solve(input, window, countPadding, output)) {
            own.average(input, window, countPadding, output);
        }
    }

    private boolean solve(View input, Window window, boolean countPadding, View output) {
        if (!isCommon(input.dtype(), window)) {
            return false;
        }
        Optional<TensorLayout> image = TensorLayout.of(input);
        Optional<TensorLayout> result = TensorLayout.of(output);
        if (image.isEmpty() || result.isEmpty()) {
            return false;
        }
        long from = stream.address(input);
        long to = stream.address(output);
        if (!Attempts.areAligned(from, to)) {
            return false;
        }
        Problem problem =
                new Problem(
                        input.dtype(),
                        image.get(),
                        Windows.overImages(window),
                        countPadding,
                        result.get());
        return attempts.solve(
                problem,
                p ->
                        Optional.of(
                                cudnn.averagePooling(
                                        p.dtype(),
                                        p.image(),
                                        p.window(),
                                        p.countPadding(),
                                        p.output())),
                pooling -> pooling.run(from, to));
    }

    /** cuDNN has no dilation here, and what it gives for windows of nothing but padding is open. */
    private static boolean isCommon(DType dtype, Window window) {
        for (int axis = 0; axis < window.rank(); axis++) {
            if (window.padding()[axis] >= window.kernel()[axis]) {
                return false;
            }
        }
        return (dtype == DType.F32 || dtype == DType.F16)
                && Arrays.stream(window.dilation()).allMatch(dilation -> dilation == 1);
    }

    @Override
    public void averageGradient(
            View outputGradient, Window window, boolean countPadding, View inputGradient) {
        own.averageGradient(outputGradient, window, countPadding, inputGradient);
    }

    /** Gives all descriptors back. Called with the stream's lock held. */
    public void close() {
        attempts.close();
    }
}
