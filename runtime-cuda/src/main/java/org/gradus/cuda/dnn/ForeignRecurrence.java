package org.gradus.cuda.dnn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import org.gradus.cuda.library.NativeLibrary;
import org.gradus.device.RecurrentLayerKernels.Layer;
import org.gradus.dtype.DType;

/** A recurrent layer of cuDNN 9, by its standard algorithm. */
final class ForeignRecurrence implements CudnnLayers.Recurrence {
    private static final int STANDARD_ALGORITHM = 0;
    private static final int NO_BIAS = 0;
    private static final int DOUBLE_BIAS = 2;
    private static final int LINEAR_INPUT = 0;
    private static final int PADDED_IO = 1;
    private static final int SEQUENCE_MAJOR_UNPACKED = 0;
    private static final int INFERENCE = 0;
    private static final int TRAINING = 1;
    private static final int ADD_GRADIENTS = 0;

    /** Since 8.9.1 the lengths of sequences are those of the descriptors alone. */
    private static final long NO_LENGTHS = 0;

    private static final long NONE = 0;

    /** The library's functions. */
    static final class Functions {
        private final MethodHandle setDropout;
        private final MethodHandle setRecurrence;
        private final MethodHandle setData;
        private final MethodHandle weightSize;
        private final MethodHandle temporarySizes;
        private final MethodHandle weightAddresses;
        private final MethodHandle forward;
        private final MethodHandle backwardData;
        private final MethodHandle backwardWeights;

        Functions(NativeLibrary library) {
            this.setDropout =
                    library.function(
                            "cudnnSetDropoutDescriptor",
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_FLOAT,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG);
            this.setRecurrence =
                    library.function(
                            "cudnnSetRNNDescriptor_v8",
                            layouts(JAVA_LONG, 1, JAVA_INT, 12, JAVA_LONG, 1, JAVA_INT, 1));
            this.setData =
                    library.function(
                            "cudnnSetRNNDataDescriptor",
                            layouts(JAVA_LONG, 1, JAVA_INT, 5, ADDRESS, 1, JAVA_LONG, 1));
            this.weightSize =
                    library.function("cudnnGetRNNWeightSpaceSize", JAVA_LONG, JAVA_LONG, ADDRESS);
            this.temporarySizes =
                    library.function(
                            "cudnnGetRNNTempSpaceSizes",
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_INT,
                            JAVA_LONG,
                            ADDRESS,
                            ADDRESS);
            this.weightAddresses =
                    library.function(
                            "cudnnGetRNNWeightParams",
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_INT,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_INT,
                            JAVA_LONG,
                            ADDRESS,
                            JAVA_LONG,
                            ADDRESS);
            this.forward =
                    library.function(
                            "cudnnRNNForward", layouts(JAVA_LONG, 2, JAVA_INT, 1, JAVA_LONG, 17));
            this.backwardData = library.function("cudnnRNNBackwardData_v8", layouts(JAVA_LONG, 22));
            this.backwardWeights =
                    library.function(
                            "cudnnRNNBackwardWeights_v8",
                            layouts(JAVA_LONG, 2, JAVA_INT, 1, JAVA_LONG, 13));
        }

        /** Returns layouts, each followed by how often it stands there. */
        private static MemoryLayout[] layouts(Object... runs) {
            MemoryLayout[] result = {};
            for (int i = 0; i < runs.length; i += 2) {
                int from = result.length;
                result = Arrays.copyOf(result, from + (int) runs[i + 1]);
                Arrays.fill(result, from, result.length, (MemoryLayout) runs[i]);
            }
            return result;
        }
    }

    private final ForeignCudnn cudnn;
    private final Functions functions;
    private final Layer layer;
    private final Descriptors descriptors;
    private long recurrence;
    private long input;
    private long output;
    private long state;
    private long matrix;
    private long bias;
    private long weightBytes;
    private long workBytes;
    private long reserveBytes;

    ForeignRecurrence(ForeignCudnn cudnn, Functions functions, Layer layer, int mathType) {
        this.cudnn = cudnn;
        this.functions = functions;
        this.layer = layer;
        this.descriptors = new Descriptors(cudnn);
        descriptors.fill(
                () -> {
                    describe(mathType);
                    int width = layer.directions() * layer.hidden();
                    this.input = data(layer.inputs());
                    this.output = data(width);
                    this.state = descriptors.tensor(layer.dtype(), states());
                    this.matrix = descriptors.create("Tensor");
                    this.bias = descriptors.create("Tensor");
                    askSizes();
                });
    }

    /** States are {@code [directions, batch, hidden]}; a tensor has some axes more. */
    private TensorLayout states() {
        int each = layer.batch() * layer.hidden();
        return new TensorLayout(
                new int[] {layer.directions(), layer.batch(), layer.hidden(), 1, 1},
                new int[] {each, layer.hidden(), 1, 1, 1});
    }

    private int mode() {
        return switch (layer.cell()) {
            case RELU -> 0;
            case TANH -> 1;
            case LSTM -> 2;
            case GRU -> 3;
        };
    }

    private void describe(int mathType) {
        long dropout = descriptors.create("Dropout");
        cudnn.check(
                "cudnnSetDropoutDescriptor",
                () ->
                        (int)
                                functions.setDropout.invokeExact(
                                        dropout, cudnn.handle(), 0f, NONE, 0L, 0L));
        recurrence = descriptors.create("RNN");
        int type = ForeignCudnn.dataType(layer.dtype());
        int sums = ForeignCudnn.dataType(DType.F32);
        cudnn.check(
                "cudnnSetRNNDescriptor_v8",
                () ->
                        (int)
                                functions.setRecurrence.invokeExact(
                                        recurrence,
                                        STANDARD_ALGORITHM,
                                        mode(),
                                        layer.biased() ? DOUBLE_BIAS : NO_BIAS,
                                        layer.directions() - 1,
                                        LINEAR_INPUT,
                                        type,
                                        sums,
                                        mathType,
                                        layer.inputs(),
                                        layer.hidden(),
                                        layer.hidden(),
                                        1,
                                        dropout,
                                        PADDED_IO));
    }

    /** Describes {@code [steps, batch, width]}. */
    private long data(int width) {
        long descriptor = descriptors.create("RNNData");
        int[] all = new int[layer.batch()];
        Arrays.fill(all, layer.steps());
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment lengths = scratch.allocateFrom(JAVA_INT, all);
            int type = ForeignCudnn.dataType(layer.dtype());
            cudnn.check(
                    "cudnnSetRNNDataDescriptor",
                    () ->
                            (int)
                                    functions.setData.invokeExact(
                                            descriptor,
                                            type,
                                            SEQUENCE_MAJOR_UNPACKED,
                                            layer.steps(),
                                            layer.batch(),
                                            width,
                                            lengths,
                                            NONE));
        }
        return descriptor;
    }

    private int forwardMode() {
        return layer.differentiable() ? TRAINING : INFERENCE;
    }

    private void askSizes() {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment weights = scratch.allocate(JAVA_LONG);
            MemorySegment work = scratch.allocate(JAVA_LONG);
            MemorySegment reserve = scratch.allocate(JAVA_LONG);
            cudnn.check(
                    "cudnnGetRNNWeightSpaceSize",
                    () ->
                            (int)
                                    functions.weightSize.invokeExact(
                                            cudnn.handle(), recurrence, weights));
            cudnn.check(
                    "cudnnGetRNNTempSpaceSizes",
                    () ->
                            (int)
                                    functions.temporarySizes.invokeExact(
                                            cudnn.handle(),
                                            recurrence,
                                            forwardMode(),
                                            input,
                                            work,
                                            reserve));
            weightBytes = weights.get(JAVA_LONG, 0);
            workBytes = work.get(JAVA_LONG, 0);
            reserveBytes = layer.differentiable() ? reserve.get(JAVA_LONG, 0) : 0;
        }
    }

    @Override
    public long weightBytes() {
        return weightBytes;
    }

    @Override
    public long workBytes() {
        return workBytes;
    }

    @Override
    public long reserveBytes() {
        return reserveBytes;
    }

    @Override
    public Place place(int direction, int product, long weights) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment ofMatrix = scratch.allocate(ADDRESS);
            MemorySegment ofBias = scratch.allocate(ADDRESS);
            cudnn.check(
                    "cudnnGetRNNWeightParams",
                    () ->
                            (int)
                                    functions.weightAddresses.invokeExact(
                                            cudnn.handle(),
                                            recurrence,
                                            direction,
                                            weightBytes,
                                            weights,
                                            product,
                                            matrix,
                                            ofMatrix,
                                            bias,
                                            ofBias));
            return new Place(
                    ofMatrix.get(JAVA_LONG, 0) - weights, ofBias.get(JAVA_LONG, 0) - weights);
        }
    }

    /** Returns where the cells' states are, behind the others, or no address. */
    private long cells(long states) {
        long bytes = (long) layer.directions() * layer.batch() * layer.hidden();
        return layer.cell().states() == 1 ? NONE : states + bytes * layer.dtype().bytes();
    }

    private long cellState() {
        return layer.cell().states() == 1 ? NONE : state;
    }

    @Override
    public void forward(
            long x, long initial, long outputs, long last, long weights, long work, long reserve) {
        cudnn.check(
                "cudnnRNNForward",
                () ->
                        (int)
                                functions.forward.invokeExact(
                                        cudnn.handle(),
                                        recurrence,
                                        forwardMode(),
                                        NO_LENGTHS,
                                        input,
                                        x,
                                        output,
                                        outputs,
                                        state,
                                        initial,
                                        last,
                                        cellState(),
                                        cells(initial),
                                        cells(last),
                                        weightBytes,
                                        weights,
                                        workBytes,
                                        work,
                                        reserveBytes,
                                        reserve));
    }

    @Override
    public void backwardData(
            long outputs,
            long outputsGradient,
            long xGradient,
            long initial,
            long lastGradient,
            long initialGradient,
            long weights,
            long work,
            long reserve) {
        cudnn.check(
                "cudnnRNNBackwardData_v8",
                () ->
                        (int)
                                functions.backwardData.invokeExact(
                                        cudnn.handle(),
                                        recurrence,
                                        NO_LENGTHS,
                                        output,
                                        outputs,
                                        outputsGradient,
                                        input,
                                        xGradient,
                                        state,
                                        initial,
                                        lastGradient,
                                        initialGradient,
                                        cellState(),
                                        cells(initial),
                                        cells(lastGradient),
                                        cells(initialGradient),
                                        weightBytes,
                                        weights,
                                        workBytes,
                                        work,
                                        reserveBytes,
                                        reserve));
    }

    @Override
    public void backwardWeights(
            long x, long initial, long outputs, long weightsGradient, long work, long reserve) {
        cudnn.check(
                "cudnnRNNBackwardWeights_v8",
                () ->
                        (int)
                                functions.backwardWeights.invokeExact(
                                        cudnn.handle(),
                                        recurrence,
                                        ADD_GRADIENTS,
                                        NO_LENGTHS,
                                        input,
                                        x,
                                        state,
                                        initial,
                                        output,
                                        outputs,
                                        weightBytes,
                                        weightsGradient,
                                        workBytes,
                                        work,
                                        reserveBytes,
                                        reserve));
    }

    @Override
    public void close() {
        descriptors.close();
    }
}
