package org.gradus.cuda.dnn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.gradus.cuda.library.DeviceStream;
import org.gradus.cuda.library.NativeLibrary;
import org.gradus.device.RecurrentLayerKernels.Layer;
import org.gradus.device.Window;
import org.gradus.dtype.DType;

/**
 * cuDNN 9 by {@code java.lang.foreign}: the handle, and what all descriptors need. Addresses of
 * descriptors and of the device's memory travel as plain numbers.
 */
public final class ForeignCudnn implements CudnnLayers {
    private static final int FIRST_NOT_SUPPORTED = 3000;
    private static final int LAST_NOT_SUPPORTED = 3999;
    private static final int LONGEST_MESSAGE = 1024;

    private final NativeLibrary library;
    private final MemorySegment slot = Arena.ofAuto().allocate(ADDRESS);
    private final ScalingFactors factors = new ScalingFactors();
    private final MethodHandle errorName;
    private final MethodHandle lastError;
    private final MethodHandle destroy;
    private final MethodHandle setTensor;
    private final ForeignConvolution.Functions convolution;
    private final ForeignLayers.Functions layers;
    private final ForeignRecurrence.Functions recurrence;
    private final String version;
    private final long handle;

    /**
     * Starts a library.
     *
     * @throws CudnnException if it does not start
     * @throws UnsatisfiedLinkError if it lacks a function
     */
    public ForeignCudnn(NativeLibrary library, DeviceStream stream) {
        this.library = library;
        this.errorName =
                library.function("cudnnGetErrorString", FunctionDescriptor.of(ADDRESS, JAVA_INT));
        this.lastError =
                library.function(
                        "cudnnGetLastErrorString", FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG));
        this.destroy = library.function("cudnnDestroy", JAVA_LONG);
        this.setTensor =
                library.function(
                        "cudnnSetTensorNdDescriptor",
                        JAVA_LONG,
                        JAVA_INT,
                        JAVA_INT,
                        ADDRESS,
                        ADDRESS);
        this.convolution = new ForeignConvolution.Functions(library);
        this.layers = new ForeignLayers.Functions(library);
        this.recurrence = new ForeignRecurrence.Functions(library);
        this.version = text(version(library));
        this.handle = create("cudnnCreate");
        MethodHandle setStream = library.function("cudnnSetStream", JAVA_LONG, JAVA_LONG);
        check("cudnnSetStream", () -> (int) setStream.invokeExact(handle, stream.handle()));
    }

    /** Asks a library for its version, 91400 for 9.14.0; a GPU is not needed. */
    public static long version(NativeLibrary library) {
        MethodHandle ask = library.function("cudnnGetVersion", FunctionDescriptor.of(JAVA_LONG));
        try {
            return (long) ask.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("cudnnGetVersion could not be called", e);
        }
    }

    /** Returns a version as in {@code 9.14.0}, of 91400, or of 8907 as cuDNN 8 counted. */
    public static String text(long version) {
        long major = version >= 90000 ? 10000 : 1000;
        return version / major + "." + version % major / 100 + "." + version % 100;
    }

    @Override
    public String version() {
        return version;
    }

    /** A function of the library with its arguments. */
    interface Call {
        /** Returns the status. */
        int run() throws Throwable;
    }

    /** Calls a function and throws an exception unless it succeeds. */
    void check(String function, Call call) {
        int status;
        try {
            status = call.run();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(function + " could not be called", e);
        }
        if (status != 0) {
            boolean unsupported = status >= FIRST_NOT_SUPPORTED && status <= LAST_NOT_SUPPORTED;
            throw new CudnnException(
                    function, name(status) + " (" + status + ")", detail(), unsupported);
        }
    }

    @SuppressWarnings("restricted") // a text that ends with a zero
    private String name(int status) {
        try {
            MemorySegment text = (MemorySegment) errorName.invokeExact(status);
            return text.reinterpret(LONGEST_MESSAGE).getString(0);
        } catch (Throwable e) {
            throw new IllegalStateException("cudnnGetErrorString could not be called", e);
        }
    }

    private String detail() {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment text = scratch.allocate(LONGEST_MESSAGE);
            lastError.invokeExact(text, (long) LONGEST_MESSAGE);
            return text.getString(0);
        } catch (Throwable e) {
            throw new IllegalStateException("cudnnGetLastErrorString could not be called", e);
        }
    }

    /** Calls a function that makes something, and returns what it made. */
    long create(String function) {
        MethodHandle make = library.function(function, ADDRESS);
        check(function, () -> (int) make.invokeExact(slot));
        return slot.get(JAVA_LONG, 0);
    }

    /** Calls a function that gives something back. */
    void destroy(String function, long made) {
        MethodHandle give = library.function(function, JAVA_LONG);
        check(function, () -> (int) give.invokeExact(made));
    }

    /** Returns the handle. */
    long handle() {
        return handle;
    }

    /** Returns what results are scaled by. */
    ScalingFactors factors() {
        return factors;
    }

    /** Returns a type's {@code cudnnDataType_t}. */
    static int dataType(DType dtype) {
        return switch (dtype) {
            case F32 -> 0;
            case F64 -> 1;
            case F16 -> 2;
            case BF16 -> 9;
            default -> throw new IllegalArgumentException("cuDNN is not used for " + dtype);
        };
    }

    /** Describes a tensor that was created. */
    void setTensor(long descriptor, DType dtype, TensorLayout layout) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment sizes = scratch.allocateFrom(JAVA_INT, layout.sizes());
            MemorySegment strides = scratch.allocateFrom(JAVA_INT, layout.strides());
            check(
                    "cudnnSetTensorNdDescriptor",
                    () ->
                            (int)
                                    setTensor.invokeExact(
                                            descriptor,
                                            dataType(dtype),
                                            layout.rank(),
                                            sizes,
                                            strides));
        }
    }

    @Override
    public Convolution convolution(ConvolutionProblem problem, int mathType) {
        return new ForeignConvolution(this, convolution, problem, mathType);
    }

    @Override
    public Pooling averagePooling(
            DType dtype,
            TensorLayout image,
            Window window,
            boolean countPadding,
            TensorLayout output) {
        return new ForeignLayers.AveragePooling(
                this, layers, dtype, image, window, countPadding, output);
    }

    @Override
    public BatchNormalization batchNormalization(int outer, int channels, int inner) {
        return new ForeignLayers.Channels(this, layers, outer, channels, inner);
    }

    @Override
    public Recurrence recurrence(Layer layer, int mathType) {
        return new ForeignRecurrence(this, recurrence, layer, mathType);
    }

    @Override
    public void close() {
        check("cudnnDestroy", () -> (int) destroy.invokeExact(handle));
    }
}
