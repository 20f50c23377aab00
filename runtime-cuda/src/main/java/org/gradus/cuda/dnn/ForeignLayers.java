package org.gradus.cuda.dnn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.gradus.cuda.library.NativeLibrary;
import org.gradus.device.Window;
import org.gradus.dtype.DType;

/** The layers of cuDNN 9 that have no algorithms to choose from. */
final class ForeignLayers {
    private static final int AVERAGE_COUNT_INCLUDE_PADDING = 1;
    private static final int AVERAGE_COUNT_EXCLUDE_PADDING = 2;
    private static final int PROPAGATE_NAN = 1;
    private static final int SPATIAL = 1;

    /** No address: running statistics are the framework's. */
    private static final long NONE = 0;

    private ForeignLayers() {}

    /** The library's functions. */
    static final class Functions {
        private final MethodHandle setPooling;
        private final MethodHandle poolingForward;
        private final MethodHandle normalize;
        private final MethodHandle normalizeBackward;

        Functions(NativeLibrary library) {
            this.setPooling =
                    library.function(
                            "cudnnSetPoolingNdDescriptor",
                            JAVA_LONG,
                            JAVA_INT,
                            JAVA_INT,
                            JAVA_INT,
                            ADDRESS,
                            ADDRESS,
                            ADDRESS);
            this.poolingForward =
                    library.function(
                            "cudnnPoolingForward",
                            JAVA_LONG,
                            JAVA_LONG,
                            ADDRESS,
                            JAVA_LONG,
                            JAVA_LONG,
                            ADDRESS,
                            JAVA_LONG,
                            JAVA_LONG);
            this.normalize =
                    library.function(
                            "cudnnBatchNormalizationForwardTraining",
                            JAVA_LONG,
                            JAVA_INT,
                            ADDRESS,
                            ADDRESS,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_DOUBLE,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_DOUBLE,
                            JAVA_LONG,
                            JAVA_LONG);
            this.normalizeBackward =
                    library.function(
                            "cudnnBatchNormalizationBackward",
                            JAVA_LONG,
                            JAVA_INT,
                            ADDRESS,
                            ADDRESS,
                            ADDRESS,
                            ADDRESS,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_DOUBLE,
                            JAVA_LONG,
                            JAVA_LONG);
        }
    }

    /** The descriptors of a mean over windows. */
    static final class AveragePooling implements CudnnLayers.Pooling {
        private final ForeignCudnn cudnn;
        private final Functions functions;
        private final DType dtype;
        private final Descriptors descriptors;
        private long image;
        private long output;
        private long pooling;

        AveragePooling(
                ForeignCudnn cudnn,
                Functions functions,
                DType dtype,
                TensorLayout image,
                Window window,
                boolean countPadding,
                TensorLayout output) {
            this.cudnn = cudnn;
            this.functions = functions;
            this.dtype = dtype;
            this.descriptors = new Descriptors(cudnn);
            descriptors.fill(
                    () -> {
                        this.image = descriptors.tensor(dtype, image);
                        this.output = descriptors.tensor(dtype, output);
                        this.pooling = descriptors.create("Pooling");
                        describe(window, countPadding);
                    });
        }

        private void describe(Window window, boolean countPadding) {
            int mode = countPadding ? AVERAGE_COUNT_INCLUDE_PADDING : AVERAGE_COUNT_EXCLUDE_PADDING;
            try (Arena scratch = Arena.ofConfined()) {
                MemorySegment kernel = scratch.allocateFrom(JAVA_INT, window.kernel());
                MemorySegment padding = scratch.allocateFrom(JAVA_INT, window.padding());
                MemorySegment stride = scratch.allocateFrom(JAVA_INT, window.stride());
                cudnn.check(
                        "cudnnSetPoolingNdDescriptor",
                        () ->
                                (int)
                                        functions.setPooling.invokeExact(
                                                pooling,
                                                mode,
                                                PROPAGATE_NAN,
                                                window.rank(),
                                                kernel,
                                                padding,
                                                stride));
            }
        }

        @Override
        public void run(long from, long to) {
            cudnn.check(
                    "cudnnPoolingForward",
                    () ->
                            (int)
                                    functions.poolingForward.invokeExact(
                                            cudnn.handle(),
                                            pooling,
                                            cudnn.factors().one(dtype),
                                            image,
                                            from,
                                            cudnn.factors().zero(),
                                            output,
                                            to));
        }

        @Override
        public void close() {
            descriptors.close();
        }
    }

    /** The descriptors of channels to be normalized. */
    static final class Channels implements CudnnLayers.BatchNormalization {
        /** Has to be allowed, and is not used, as the deviations are given. */
        private static final double UNUSED_EPSILON = 1e-5;

        private final ForeignCudnn cudnn;
        private final Functions functions;
        private final Descriptors descriptors;
        private long image;
        private long parameters;

        Channels(ForeignCudnn cudnn, Functions functions, int outer, int channels, int inner) {
            this.cudnn = cudnn;
            this.functions = functions;
            this.descriptors = new Descriptors(cudnn);
            descriptors.fill(
                    () -> {
                        this.image = tensor(outer, channels, inner);
                        this.parameters = tensor(1, channels, 1);
                    });
        }

        private long tensor(int outer, int channels, int inner) {
            return descriptors.tensor(
                    DType.F32,
                    new TensorLayout(
                            new int[] {outer, channels, inner, 1},
                            new int[] {channels * inner, inner, 1, 1}));
        }

        @Override
        public void forward(
                long input,
                long weight,
                long bias,
                double epsilon,
                long output,
                long mean,
                long inverseDeviation) {
            cudnn.check(
                    "cudnnBatchNormalizationForwardTraining",
                    () ->
                            (int)
                                    functions.normalize.invokeExact(
                                            cudnn.handle(),
                                            SPATIAL,
                                            cudnn.factors().one(DType.F32),
                                            cudnn.factors().zero(),
                                            image,
                                            input,
                                            image,
                                            output,
                                            parameters,
                                            weight,
                                            bias,
                                            0.0,
                                            NONE,
                                            NONE,
                                            epsilon,
                                            mean,
                                            inverseDeviation));
        }

        @Override
        public void backward(
                long outputGradient,
                long input,
                long weight,
                long mean,
                long inverseDeviation,
                long inputGradient,
                long weightGradient,
                long biasGradient) {
            cudnn.check(
                    "cudnnBatchNormalizationBackward",
                    () ->
                            (int)
                                    functions.normalizeBackward.invokeExact(
                                            cudnn.handle(),
                                            SPATIAL,
                                            cudnn.factors().one(DType.F32),
                                            cudnn.factors().zero(),
                                            cudnn.factors().one(DType.F32),
                                            cudnn.factors().zero(),
                                            image,
                                            input,
                                            image,
                                            outputGradient,
                                            image,
                                            inputGradient,
                                            parameters,
                                            weight,
                                            weightGradient,
                                            biasGradient,
                                            UNUSED_EPSILON,
                                            mean,
                                            inverseDeviation));
        }

        @Override
        public void close() {
            descriptors.close();
        }
    }
}
