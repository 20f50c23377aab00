package org.gradus.cuda.dnn;

import java.util.Optional;
import java.util.function.Consumer;
import org.gradus.cuda.library.DeviceStream;
import org.gradus.device.NormalizationKernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;

/**
 * Normalization of channels by cuDNN, of {@code F32} with weight and bias: of 16-bit tensors it
 * wants their parameters in {@code F32}, where ours have the tensor's type. Rows go to the own
 * kernels.
 */
public final class CudnnNormalization implements NormalizationKernels {
    private final DeviceStream stream;
    private final CudnnLayers cudnn;
    private final NormalizationKernels own;
    private final Attempts<Problem, CudnnLayers.BatchNormalization> attempts;

    /**
     * Creates kernels. Nothing is asked of the library before they are used.
     *
     * @param own take what cuDNN does not
     */
    public CudnnNormalization(DeviceStream stream, CudnnLayers cudnn, NormalizationKernels own) {
        this.stream = stream;
        this.cudnn = cudnn;
        this.own = own;
        this.attempts = new Attempts<>(stream, cudnn);
    }

    private record Problem(int outer, int channels, int inner) {
        @Override
        public String toString() {
            return "normalize the channels of f32[" + outer + ", " + channels + ", " + inner + "]";
        }
    }

    @Override
    public void batch(
            View input,
            Optional<View> weight,
            Optional<View> bias,
            double epsilon,
            View output,
            View mean,
            View inverseDeviation) {
        boolean done =
                weight.isPresent()
                        && bias.isPresent()
                        && forward(
                                input,
                                weight.get(),
                                bias.get(),
                                epsilon,
                                output,
                                mean,
                                inverseDeviation);
        if (!done) {
            own.batch(input, weight, bias, epsilon, output, mean, inverseDeviation);
        }
    }

    private boolean forward(
            View input,
            View weight,
            View bias,
            double epsilon,
            View output,
            View mean,
            View inverseDeviation) {
        long x = stream.address(input);
        long w = stream.address(weight);
        long b = stream.address(bias);
        long y = stream.address(output);
        long m = stream.address(mean);
        long d = stream.address(inverseDeviation);
        return Attempts.areAligned(x, w, b, y, m, d)
                && solve(input, channels -> channels.forward(x, w, b, epsilon, y, m, d));
    }

    @Override
    public void batchGradient(
            View outputGradient,
            View input,
            Optional<View> weight,
            View mean,
            View inverseDeviation,
            View inputGradient,
            View weightGradient,
            View biasGradient) {
        boolean done =
                weight.isPresent()
                        && backward(
                                outputGradient,
                                input,
                                weight.get(),
                                mean,
                                inverseDeviation,
                                inputGradient,
                                weightGradient,
                                biasGradient);
        if (!done) {
            own.batchGradient(
                    outputGradient,
                    input,
                    weight,
                    mean,
                    inverseDeviation,
                    inputGradient,
                    weightGradient,
                    biasGradient);
        }
    }

    private boolean backward(
            View outputGradient,
            View input,
            View weight,
            View mean,
            View inverseDeviation,
            View inputGradient,
            View weightGradient,
            View biasGradient) {
        long dy = stream.address(outputGradient);
        long x = stream.address(input);
        long w = stream.address(weight);
        long m = stream.address(mean);
        long d = stream.address(inverseDeviation);
        long dx = stream.address(inputGradient);
        long dw = stream.address(weightGradient);
        long db = stream.address(biasGradient);
        return Attempts.areAligned(dy, x, w, m, d, dx, dw, db)
                && solve(input, channels -> channels.backward(dy, x, w, m, d, dx, dw, db));
    }

    private boolean solve(View input, Consumer<CudnnLayers.BatchNormalization> run) {
        long elements = input.elements();
        if (input.dtype() != DType.F32 || elements < 1 || elements > Integer.MAX_VALUE) {
            return false;
        }
        Problem problem =
                new Problem(input.shape().size(0), input.shape().size(1), input.shape().size(2));
        return attempts.solve(
                problem,
                p -> Optional.of(cudnn.batchNormalization(p.outer(), p.channels(), p.inner())),
                run);
    }

    @Override
    public void layer(
            View input,
            Optional<View> weight,
            Optional<View> bias,
            double epsilon,
            View output,
            View mean,
            View inverseDeviation) {
        own.layer(input, weight, bias, epsilon, output, mean, inverseDeviation);
    }

    @Override
    public void layerGradient(
            View outputGradient,
            View input,
            Optional<View> weight,
            View mean,
            View inverseDeviation,
            View inputGradient,
            View weightGradient,
            View biasGradient) {
        own.layerGradient(
                outputGradient,
                input,
                weight,
                mean,
                inverseDeviation,
                inputGradient,
                weightGradient,
                biasGradient);
    }

    @Override
    public void rms(
            View input, Optional<View> weight, double epsilon, View output, View inverseRoot) {
        own.rms(input, weight, epsilon, output, inverseRoot);
    }

    @Override
    public void rmsGradient(
            View outputGradient,
            View input,
            Optional<View> weight,
            View inverseRoot,
            View inputGradient,
            View weightGradient) {
        own.rmsGradient(outputGradient, input, weight, inverseRoot, inputGradient, weightGradient);
    }

    /** Gives all descriptors back. Called with the stream's lock held. */
    public void close() {
        attempts.close();
    }
}
