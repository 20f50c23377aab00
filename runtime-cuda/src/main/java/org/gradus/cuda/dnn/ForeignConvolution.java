package org.gradus.cuda.dnn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.gradus.cuda.library.NativeLibrary;
import org.gradus.device.Window;
import org.gradus.dtype.DType;

/** A convolution's descriptors in cuDNN 9. */
final class ForeignConvolution implements Cudnn.Convolution {
    private static final int CROSS_CORRELATION = 1;
    private static final int NCHW = 0;

    /** More than there are algorithms with each of their math types. */
    private static final int MOST_RESULTS = 24;

    // cudnnConvolutionFwdAlgoPerf_t and its twins: int, int, float, size_t, int, int, int[3]
    private static final long RESULT_BYTES = 48;
    private static final long STATUS_AT = 4;
    private static final long MEMORY_AT = 16;
    private static final long DETERMINISM_AT = 24;
    private static final long MATH_TYPE_AT = 28;

    private final ForeignCudnn cudnn;
    private final Functions functions;
    private final Functions.Of of;
    private final DType dtype;
    private final Descriptors descriptors;
    private long convolution;
    private long a;
    private long b;
    private long c;
    private long bias;

    /** The library's functions. The three directions have them alike. */
    static final class Functions {
        /** The functions of one direction. */
        record Of(Function run, Function size, Function guess, Function measure) {}

        /** A function and its name. */
        record Function(String name, MethodHandle call) {
            static Function of(NativeLibrary library, String name, MemoryLayout... arguments) {
                return new Function(name, library.function(name, arguments));
            }
        }

        private final Map<Direction, Of> ofDirections = new EnumMap<>(Direction.class);
        private final MethodHandle setFilter;
        private final MethodHandle setConvolution;
        private final MethodHandle setGroups;
        private final MethodHandle setMathType;
        private final MethodHandle addTensor;

        Functions(NativeLibrary library) {
            for (Direction direction : Direction.values()) {
                ofDirections.put(direction, of(library, direction.functions()));
            }
            this.setFilter =
                    library.function(
                            "cudnnSetFilterNdDescriptor",
                            JAVA_LONG,
                            JAVA_INT,
                            JAVA_INT,
                            JAVA_INT,
                            ADDRESS);
            this.setConvolution =
                    library.function(
                            "cudnnSetConvolutionNdDescriptor",
                            JAVA_LONG,
                            JAVA_INT,
                            ADDRESS,
                            ADDRESS,
                            ADDRESS,
                            JAVA_INT,
                            JAVA_INT);
            this.setGroups = library.function("cudnnSetConvolutionGroupCount", JAVA_LONG, JAVA_INT);
            this.setMathType = library.function("cudnnSetConvolutionMathType", JAVA_LONG, JAVA_INT);
            this.addTensor =
                    library.function(
                            "cudnnAddTensor",
                            JAVA_LONG,
                            ADDRESS,
                            JAVA_LONG,
                            JAVA_LONG,
                            ADDRESS,
                            JAVA_LONG,
                            JAVA_LONG);
        }

        private static Of of(NativeLibrary library, String name) {
            return new Of(
                    Function.of(
                            library,
                            "cudnnConvolution" + name,
                            JAVA_LONG,
                            ADDRESS,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_INT,
                            JAVA_LONG,
                            JAVA_LONG,
                            ADDRESS,
                            JAVA_LONG,
                            JAVA_LONG),
                    Function.of(
                            library,
                            "cudnnGetConvolution" + name + "WorkspaceSize",
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_INT,
                            ADDRESS),
                    Function.of(
                            library,
                            "cudnnGetConvolution" + name + "Algorithm_v7",
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_INT,
                            ADDRESS,
                            ADDRESS),
                    Function.of(
                            library,
                            "cudnnFindConvolution" + name + "AlgorithmEx",
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_LONG,
                            JAVA_INT,
                            ADDRESS,
                            ADDRESS,
                            JAVA_LONG,
                            JAVA_LONG));
        }
    }

    ForeignConvolution(
            ForeignCudnn cudnn, Functions functions, ConvolutionProblem problem, int mathType) {
        this.cudnn = cudnn;
        this.functions = functions;
        this.of = functions.ofDirections.get(problem.direction());
        this.dtype = problem.dtype();
        this.descriptors = new Descriptors(cudnn);
        descriptors.fill(() -> describe(problem, mathType));
    }

    private void describe(ConvolutionProblem problem, int mathType) {
        long image = descriptors.tensor(dtype, problem.image());
        long weight = descriptors.create("Filter");
        long output = descriptors.tensor(dtype, problem.output());
        this.convolution = descriptors.create("Convolution");
        switch (problem.direction()) {
            case FORWARD -> order(image, weight, output);
            case INPUT -> order(weight, output, image);
            case WEIGHT -> order(image, output, weight);
        }
        try (Arena scratch = Arena.ofConfined()) {
            TensorLayout filters = problem.weight();
            MemorySegment sizes = scratch.allocateFrom(JAVA_INT, filters.sizes());
            cudnn.check(
                    "cudnnSetFilterNdDescriptor",
                    () ->
                            (int)
                                    functions.setFilter.invokeExact(
                                            weight,
                                            ForeignCudnn.dataType(dtype),
                                            NCHW,
                                            filters.rank(),
                                            sizes));
            describe(problem.window(), scratch);
        }
        cudnn.check(
                "cudnnSetConvolutionGroupCount",
                () -> (int) functions.setGroups.invokeExact(convolution, problem.groups()));
        setMathType(mathType);
        this.bias = descriptors.tensor(dtype, problem.bias());
    }

    private void describe(Window window, Arena scratch) {
        MemorySegment padding = scratch.allocateFrom(JAVA_INT, window.padding());
        MemorySegment stride = scratch.allocateFrom(JAVA_INT, window.stride());
        MemorySegment dilation = scratch.allocateFrom(JAVA_INT, window.dilation());
        cudnn.check(
                "cudnnSetConvolutionNdDescriptor",
                () ->
                        (int)
                                functions.setConvolution.invokeExact(
                                        convolution,
                                        window.rank(),
                                        padding,
                                        stride,
                                        dilation,
                                        CROSS_CORRELATION,
                                        ForeignCudnn.dataType(dtype.computeType())));
    }

    private void order(long first, long second, long result) {
        this.a = first;
        this.b = second;
        this.c = result;
    }

    @Override
    public List<Algorithm> guess() {
        return ask(
                of.guess.name(),
                (count, results) ->
                        (int)
                                of.guess
                                        .call()
                                        .invokeExact(
                                                cudnn.handle(),
                                                a,
                                                b,
                                                convolution,
                                                c,
                                                MOST_RESULTS,
                                                count,
                                                results));
    }

    @Override
    public List<Algorithm> measure(
            long first, long second, long result, long workspace, long workspaceBytes) {
        return ask(
                of.measure.name(),
                (count, results) ->
                        (int)
                                of.measure
                                        .call()
                                        .invokeExact(
                                                cudnn.handle(),
                                                a,
                                                first,
                                                b,
                                                second,
                                                convolution,
                                                c,
                                                result,
                                                MOST_RESULTS,
                                                count,
                                                results,
                                                workspace,
                                                workspaceBytes));
    }

    private interface Question {
        int ask(MemorySegment count, MemorySegment results) throws Throwable;
    }

    private List<Algorithm> ask(String what, Question question) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment count = scratch.allocate(JAVA_INT);
            MemorySegment results = scratch.allocate(MOST_RESULTS * RESULT_BYTES, Long.BYTES);
            cudnn.check(what, () -> question.ask(count, results));
            List<Algorithm> algorithms = new ArrayList<>();
            for (int i = 0; i < count.get(JAVA_INT, 0); i++) {
                MemorySegment result = results.asSlice(i * RESULT_BYTES, RESULT_BYTES);
                algorithms.add(
                        new Algorithm(
                                result.get(JAVA_INT, 0),
                                result.get(JAVA_INT, STATUS_AT),
                                result.get(JAVA_LONG, MEMORY_AT),
                                result.get(JAVA_INT, DETERMINISM_AT) == 1,
                                result.get(JAVA_INT, MATH_TYPE_AT)));
            }
            return algorithms;
        }
    }

    @Override
    public void setMathType(int mathType) {
        cudnn.check(
                "cudnnSetConvolutionMathType",
                () -> (int) functions.setMathType.invokeExact(convolution, mathType));
    }

    @Override
    public long workspaceBytes(int algorithm) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment bytes = scratch.allocate(JAVA_LONG);
            cudnn.check(
                    of.size.name(),
                    () ->
                            (int)
                                    of.size
                                            .call()
                                            .invokeExact(
                                                    cudnn.handle(),
                                                    a,
                                                    b,
                                                    convolution,
                                                    c,
                                                    algorithm,
                                                    bytes));
            return bytes.get(JAVA_LONG, 0);
        }
    }

    @Override
    public void run(
            long first,
            long second,
            long result,
            int algorithm,
            long workspace,
            long workspaceBytes) {
        cudnn.check(
                of.run.name(),
                () ->
                        (int)
                                of.run
                                        .call()
                                        .invokeExact(
                                                cudnn.handle(),
                                                cudnn.factors().one(dtype),
                                                a,
                                                first,
                                                b,
                                                second,
                                                convolution,
                                                algorithm,
                                                workspace,
                                                workspaceBytes,
                                                cudnn.factors().zero(),
                                                c,
                                                result));
    }

    @Override
    public void addBias(long values, long output) {
        MemorySegment one = cudnn.factors().one(dtype);
        cudnn.check(
                "cudnnAddTensor",
                () ->
                        (int)
                                functions.addTensor.invokeExact(
                                        cudnn.handle(), one, bias, values, one, c, output));
    }

    @Override
    public void close() {
        descriptors.close();
    }
}
