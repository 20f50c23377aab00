package org.gradus.cuda.dnn;

import org.gradus.device.RecurrentLayerKernels.Layer;
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

    /** Prepares a layer of a recurrent network. */
    Recurrence recurrence(Layer layer, int mathType);

    /** A recurrent layer's descriptors. */
    interface Recurrence extends Prepared {
        /**
         * Where a product's weights are among all of a layer.
         *
         * @param matrix of the matrix {@code [hidden, features]}, in bytes
         * @param bias of the bias {@code [hidden]}, in bytes; of no meaning where there is none
         */
        record Place(long matrix, long bias) {}

        /** Returns the bytes of all weights. */
        long weightBytes();

        /** Returns the bytes of memory that each call needs besides. */
        long workBytes();

        /** Returns the bytes that are kept for the gradient. */
        long reserveBytes();

        /**
         * Returns where the weights of a product are.
         *
         * @param product the gates' products with the input, then those with the state
         * @param weights where all weights are on the device
         */
        Place place(int direction, int product, long weights);

        /** Computes; the states of the cells lie behind the others. */
        void forward(
                long x,
                long initial,
                long outputs,
                long last,
                long weights,
                long work,
                long reserve);

        /** Computes the gradients of input and initial states; changes what was kept. */
        void backwardData(
                long outputs,
                long outputsGradient,
                long xGradient,
                long initial,
                long lastGradient,
                long initialGradient,
                long weights,
                long work,
                long reserve);

        /** Adds the gradient of all weights, after {@link #backwardData}. */
        void backwardWeights(
                long x, long initial, long outputs, long weightsGradient, long work, long reserve);
    }
}
