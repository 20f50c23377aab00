package org.gradus.cuda.dnn;

import org.gradus.device.Window;
import org.gradus.dtype.DType;

/** A cuDNN library of which more is called than convolutions. */
public interface CudnnLayers extends Cudnn {
    /** Prepares the mean of windows, without dilation. */
    Pooling averagePooling(
            DType dtype,
            TensorLayout image,
            Window window,
            boolean countPadding,
            TensorLayout output);

    /** Prepares the normalization of channels of packed {@code F32 [outer, channels, inner]}. */
    BatchNormalization batchNormalization(int outer, int channels, int inner);

    /** Pooling's descriptors. */
    interface Pooling extends Prepared {
        /** Computes. */
        void run(long image, long output);
    }

    /** Batch normalization's descriptors. */
    interface BatchNormalization extends Prepared {
        /** Normalizes, and gives mean and inverse deviation of each channel. */
        void forward(
                long input,
                long weight,
                long bias,
                double epsilon,
                long output,
                long mean,
                long inverseDeviation);

        /** Computes the gradients of input, weight and bias. */
        void backward(
                long outputGradient,
                long input,
                long weight,
                long mean,
                long inverseDeviation,
                long inputGradient,
                long weightGradient,
                long biasGradient);
    }
}
