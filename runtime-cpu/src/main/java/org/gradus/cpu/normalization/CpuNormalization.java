package org.gradus.cpu.normalization;

import java.util.Optional;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.NormalizationKernels;
import org.gradus.device.View;

/** {@link NormalizationKernels} for {@code F32}. */
public final class CpuNormalization implements NormalizationKernels {
    private final LayerNormalization layer;
    private final RootMeanSquareNormalization rms;
    private final ChannelNormalization channels;
    private final ColumnNormalization columns;

    /** Creates kernels that share their work among a pool's threads. */
    public CpuNormalization(WorkerPool pool) {
        this.layer = new LayerNormalization(pool);
        this.rms = new RootMeanSquareNormalization(pool);
        this.channels = new ChannelNormalization(pool);
        this.columns = new ColumnNormalization(pool);
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
        if (input.elements() == 0) {
            return;
        }
        Parameters parameters = Parameters.of(weight, bias, input.shape().size(1));
        if (input.shape().size(2) == 1) {
            columns.forward(input, parameters, epsilon, output, mean, inverseDeviation);
        } else {
            channels.forward(input, parameters, epsilon, output, mean, inverseDeviation);
        }
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
        Parameters parameters = Parameters.of(weight, Optional.empty(), input.shape().size(1));
        Gradients gradients = new Gradients(inputGradient, weightGradient, biasGradient);
        if (input.elements() == 0) {
            gradients.clearParameters();
        } else if (input.shape().size(2) == 1) {
            columns.backward(outputGradient, input, parameters, mean, inverseDeviation, gradients);
        } else {
            channels.backward(outputGradient, input, parameters, mean, inverseDeviation, gradients);
        }
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
        if (input.elements() > 0) {
            Parameters parameters = Parameters.of(weight, bias, input.shape().size(1));
            layer.forward(input, parameters, epsilon, output, mean, inverseDeviation);
        }
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
        Parameters parameters = Parameters.of(weight, Optional.empty(), input.shape().size(1));
        Gradients gradients = new Gradients(inputGradient, weightGradient, biasGradient);
        if (input.elements() == 0) {
            gradients.clearParameters();
        } else {
            layer.backward(outputGradient, input, parameters, mean, inverseDeviation, gradients);
        }
    }

    @Override
    public void rms(
            View input, Optional<View> weight, double epsilon, View output, View inverseRoot) {
        if (input.elements() > 0) {
            Parameters parameters = Parameters.of(weight, Optional.empty(), input.shape().size(1));
            rms.forward(input, parameters, epsilon, output, inverseRoot);
        }
    }

    @Override
    public void rmsGradient(
            View outputGradient,
            View input,
            Optional<View> weight,
            View inverseRoot,
            View inputGradient,
            View weightGradient) {
        Parameters parameters = Parameters.of(weight, Optional.empty(), input.shape().size(1));
        rms.backward(outputGradient, input, parameters, inverseRoot, inputGradient, weightGradient);
    }
}
