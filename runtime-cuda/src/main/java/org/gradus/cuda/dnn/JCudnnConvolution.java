package org.gradus.cuda.dnn;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDeterminism;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;
import org.gradus.device.Window;
import org.gradus.dtype.DType;

/** A convolution's descriptors in cuDNN 8. */
final class JCudnnConvolution implements Cudnn.Convolution {
    /** More than there are algorithms with each of their math types. */
    private static final int MOST_RESULTS = 24;

    private final cudnnHandle handle;
    private final Direction direction;
    private final DType dtype;
    private final cudnnTensorDescriptor image = new cudnnTensorDescriptor();
    private final cudnnFilterDescriptor weight = new cudnnFilterDescriptor();
    private final cudnnTensorDescriptor output = new cudnnTensorDescriptor();
    private final cudnnTensorDescriptor bias = new cudnnTensorDescriptor();
    private final cudnnConvolutionDescriptor convolution = new cudnnConvolutionDescriptor();
    private final Pointer one;
    private final Pointer zero;

    /** An address of the device or the host. */
    private static final class Address extends Pointer {
        Address(long address) {
            super(address);
        }
    }

    JCudnnConvolution(
            cudnnHandle handle, ScalingFactors factors, ConvolutionProblem problem, int mathType) {
        this.handle = handle;
        this.direction = problem.direction();
        this.dtype = problem.dtype();
        this.one = new Address(factors.one(dtype).address());
        this.zero = new Address(factors.zero().address());
        create(() -> JCudnn.cudnnCreateTensorDescriptor(image));
        create(() -> JCudnn.cudnnCreateFilterDescriptor(weight));
        create(() -> JCudnn.cudnnCreateTensorDescriptor(output));
        create(() -> JCudnn.cudnnCreateTensorDescriptor(bias));
        create(() -> JCudnn.cudnnCreateConvolutionDescriptor(convolution));
        try {
            describe(problem, mathType);
        } catch (CudnnException e) {
            close();
            throw e;
        }
    }

    private interface Call {
        int run();
    }

    private static void create(Call call) {
        check("cudnnCreate...Descriptor", call.run());
    }

    private static void check(String function, int status) {
        JCudnnLibrary.check(function, status);
    }

    private void describe(ConvolutionProblem problem, int mathType) {
        int type = ForeignCudnn.dataType(dtype);
        set(image, problem.image());
        set(output, problem.output());
        set(bias, problem.bias());
        check(
                "cudnnSetFilterNdDescriptor",
                JCudnn.cudnnSetFilterNdDescriptor(
                        weight,
                        type,
                        cudnnTensorFormat.CUDNN_TENSOR_NCHW,
                        problem.weight().rank(),
                        problem.weight().sizes()));
        Window window = problem.window();
        check(
                "cudnnSetConvolutionNdDescriptor",
                JCudnn.cudnnSetConvolutionNdDescriptor(
                        convolution,
                        window.rank(),
                        window.padding(),
                        window.stride(),
                        window.dilation(),
                        cudnnConvolutionMode.CUDNN_CROSS_CORRELATION,
                        ForeignCudnn.dataType(dtype.computeType())));
        check(
                "cudnnSetConvolutionGroupCount",
                JCudnn.cudnnSetConvolutionGroupCount(convolution, problem.groups()));
        setMathType(mathType);
    }

    private void set(cudnnTensorDescriptor descriptor, TensorLayout layout) {
        check(
                "cudnnSetTensorNdDescriptor",
                JCudnn.cudnnSetTensorNdDescriptor(
                        descriptor,
                        ForeignCudnn.dataType(dtype),
                        layout.rank(),
                        layout.sizes(),
                        layout.strides()));
    }

    @Override
    public void setMathType(int mathType) {
        check(
                "cudnnSetConvolutionMathType",
                JCudnn.cudnnSetConvolutionMathType(convolution, mathType));
    }

    @Override
    public List<Algorithm> guess() {
        int[] count = new int[1];
        return switch (direction) {
            case FORWARD -> {
                var results = forwardResults();
                check(
                        "cudnnGetConvolutionForwardAlgorithm_v7",
                        JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(
                                handle,
                                image,
                                weight,
                                convolution,
                                output,
                                MOST_RESULTS,
                                count,
                                results));
                yield of(results, count[0]);
            }
            case INPUT -> {
                var results = inputResults();
                check(
                        "cudnnGetConvolutionBackwardDataAlgorithm_v7",
                        JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                                handle,
                                weight,
                                output,
                                convolution,
                                image,
                                MOST_RESULTS,
                                count,
                                results));
                yield of(results, count[0]);
            }
            case WEIGHT -> {
                var results = weightResults();
                check(
                        "cudnnGetConvolutionBackwardFilterAlgorithm_v7",
                        JCudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                                handle,
                                image,
                                output,
                                convolution,
                                weight,
                                MOST_RESULTS,
                                count,
                                results));
                yield of(results, count[0]);
            }
        };
    }

    @Override
    public List<Algorithm> measure(long a, long b, long c, long workspace, long workspaceBytes) {
        int[] count = new int[1];
        Pointer first = new Address(a);
        Pointer second = new Address(b);
        Pointer third = new Address(c);
        Pointer scratch = new Address(workspace);
        return switch (direction) {
            case FORWARD -> {
                var results = forwardResults();
                check(
                        "cudnnFindConvolutionForwardAlgorithmEx",
                        JCudnn.cudnnFindConvolutionForwardAlgorithmEx(
                                handle,
                                image,
                                first,
                                weight,
                                second,
                                convolution,
                                output,
                                third,
                                MOST_RESULTS,
                                count,
                                results,
                                scratch,
                                workspaceBytes));
                yield of(results, count[0]);
            }
            case INPUT -> {
                var results = inputResults();
                check(
                        "cudnnFindConvolutionBackwardDataAlgorithmEx",
                        JCudnn.cudnnFindConvolutionBackwardDataAlgorithmEx(
                                handle,
                                weight,
                                first,
                                output,
                                second,
                                convolution,
                                image,
                                third,
                                MOST_RESULTS,
                                count,
                                results,
                                scratch,
                                workspaceBytes));
                yield of(results, count[0]);
            }
            case WEIGHT -> {
                var results = weightResults();
                check(
                        "cudnnFindConvolutionBackwardFilterAlgorithmEx",
                        JCudnn.cudnnFindConvolutionBackwardFilterAlgorithmEx(
                                handle,
                                image,
                                first,
                                output,
                                second,
                                convolution,
                                weight,
                                third,
                                MOST_RESULTS,
                                count,
                                results,
                                scratch,
                                workspaceBytes));
                yield of(results, count[0]);
            }
        };
    }

    // JCudnn has a class of results for each direction, all alike

    private static cudnnConvolutionFwdAlgoPerf[] forwardResults() {
        var results = new cudnnConvolutionFwdAlgoPerf[MOST_RESULTS];
        Arrays.setAll(results, i -> new cudnnConvolutionFwdAlgoPerf());
        return results;
    }

    private static cudnnConvolutionBwdDataAlgoPerf[] inputResults() {
        var results = new cudnnConvolutionBwdDataAlgoPerf[MOST_RESULTS];
        Arrays.setAll(results, i -> new cudnnConvolutionBwdDataAlgoPerf());
        return results;
    }

    private static cudnnConvolutionBwdFilterAlgoPerf[] weightResults() {
        var results = new cudnnConvolutionBwdFilterAlgoPerf[MOST_RESULTS];
        Arrays.setAll(results, i -> new cudnnConvolutionBwdFilterAlgoPerf());
        return results;
    }

    private static List<Algorithm> of(cudnnConvolutionFwdAlgoPerf[] results, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> results[i])
                .map(r -> of(r.algo, r.status, r.memory, r.determinism, r.mathType))
                .toList();
    }

    private static List<Algorithm> of(cudnnConvolutionBwdDataAlgoPerf[] results, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> results[i])
                .map(r -> of(r.algo, r.status, r.memory, r.determinism, r.mathType))
                .toList();
    }

    private static List<Algorithm> of(cudnnConvolutionBwdFilterAlgoPerf[] results, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> results[i])
                .map(r -> of(r.algo, r.status, r.memory, r.determinism, r.mathType))
                .toList();
    }

    private static Algorithm of(int number, int status, long memory, int determinism, int math) {
        boolean deterministic = determinism == cudnnDeterminism.CUDNN_DETERMINISTIC;
        return new Algorithm(number, status, memory, deterministic, math);
    }

    @Override
    public long workspaceBytes(int algorithm) {
        long[] bytes = new long[1];
        int status =
                switch (direction) {
                    case FORWARD ->
                            JCudnn.cudnnGetConvolutionForwardWorkspaceSize(
                                    handle, image, weight, convolution, output, algorithm, bytes);
                    case INPUT ->
                            JCudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(
                                    handle, weight, output, convolution, image, algorithm, bytes);
                    case WEIGHT ->
                            JCudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(
                                    handle, image, output, convolution, weight, algorithm, bytes);
                };
        check("cudnnGetConvolution" + direction.functions() + "WorkspaceSize", status);
        return bytes[0];
    }

    @Override
    public void run(long a, long b, long c, int algorithm, long workspace, long workspaceBytes) {
        Pointer first = new Address(a);
        Pointer second = new Address(b);
        Pointer third = new Address(c);
        Pointer scratch = new Address(workspace);
        int status =
                switch (direction) {
                    case FORWARD ->
                            JCudnn.cudnnConvolutionForward(
                                    handle,
                                    one,
                                    image,
                                    first,
                                    weight,
                                    second,
                                    convolution,
                                    algorithm,
                                    scratch,
                                    workspaceBytes,
                                    zero,
                                    output,
                                    third);
                    case INPUT ->
                            JCudnn.cudnnConvolutionBackwardData(
                                    handle,
                                    one,
                                    weight,
                                    first,
                                    output,
                                    second,
                                    convolution,
                                    algorithm,
                                    scratch,
                                    workspaceBytes,
                                    zero,
                                    image,
                                    third);
                    case WEIGHT ->
                            JCudnn.cudnnConvolutionBackwardFilter(
                                    handle,
                                    one,
                                    image,
                                    first,
                                    output,
                                    second,
                                    convolution,
                                    algorithm,
                                    scratch,
                                    workspaceBytes,
                                    zero,
                                    weight,
                                    third);
                };
        check("cudnnConvolution" + direction.functions(), status);
    }

    @Override
    public void addBias(long values, long sum) {
        check(
                "cudnnAddTensor",
                JCudnn.cudnnAddTensor(
                        handle, one, bias, new Address(values), one, output, new Address(sum)));
    }

    @Override
    public void close() {
        JCudnn.cudnnDestroyConvolutionDescriptor(convolution);
        JCudnn.cudnnDestroyTensorDescriptor(bias);
        JCudnn.cudnnDestroyTensorDescriptor(output);
        JCudnn.cudnnDestroyFilterDescriptor(weight);
        JCudnn.cudnnDestroyTensorDescriptor(image);
    }
}
