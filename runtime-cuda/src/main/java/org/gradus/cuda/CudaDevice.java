package org.gradus.cuda;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.Set;
import org.gradus.cuda.blas.Multiplication;
import org.gradus.device.Buffer;
import org.gradus.device.Capabilities;
import org.gradus.device.CapturedWork;
import org.gradus.device.Kernels;
import org.gradus.device.MatmulOptions;
import org.gradus.device.MemoryReport;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.kernels.DeviceLimits;
import org.gradus.kernels.KernelSource;
import org.gradus.kernels.Launcher;
import org.gradus.kernels.runtime.BinaryCache;
import org.gradus.kernels.runtime.KernelDevice;

/**
 * An NVIDIA GPU. Calls return when their work is in its stream. Calls from several threads are
 * safe; they take turns.
 *
 * <p>System properties: {@code gradus.cuda.memory} limits the memory for tensors in bytes (default:
 * nine tenths of the device's), {@code gradus.cuda.path} names the folders that have the driver's
 * and CUDA's libraries, {@code gradus.cuda.blas} and {@code gradus.cuda.tf32} say what multiplies
 * matrices (see {@link org.gradus.cuda.blas.Blas}), {@code gradus.cuda.dnn} says what convolves and
 * runs over sequences (see {@link CudnnChoice}; {@link org.gradus.cuda.dnn.CudnnSettings} names the
 * properties that say how), {@code gradus.cache} is the folder in which compiled kernels are kept
 * (default: {@code ~/.cache/gradus}), {@code gradus.dump=kernels} prints each kernel's source when
 * it is first used.
 */
public final class CudaDevice extends KernelDevice {
    /** The part of the device's memory that tensors may take; the driver needs some itself. */
    private static final double USABLE_PART = 0.9;

    private final String name;
    private final Capabilities capabilities;
    private final CommandStream stream;
    private final Multiplication multiplication;
    private final CudaFamilies families;

    private CudaDevice(String name, DeviceInfo info, Cuda cuda, Launch launcher) {
        super(launcher);
        this.name = name;
        this.stream = launcher.stream();
        this.multiplication = cuda.blas().open(stream, info.architecture(), this::copyStrided);
        this.families = CudaFamilies.open(cuda.cudnn(), stream, super::kernels, this);
        this.capabilities =
                info.capabilities(
                        cuda,
                        multiplication.description(),
                        families.description(),
                        families.recurrentLayers());
    }

    /** Opens a device with the cache and the limit that the system properties name. */
    static CudaDevice open(String name, DeviceInfo info, Cuda cuda) {
        long usable = (long) (info.memoryBytes() * USABLE_PART);
        long limit = Long.getLong(CommandStream.MEMORY_PROPERTY, usable);
        return open(name, info, cuda, limit, BinaryCache.standard("cuda"));
    }

    /**
     * Opens a device.
     *
     * @param limit the most memory for tensors, in bytes
     * @param binaries where compiled kernels are kept
     */
    static CudaDevice open(
            String name, DeviceInfo info, Cuda cuda, long limit, BinaryCache binaries) {
        boolean dump = Set.of(System.getProperty("gradus.dump", "").split(",")).contains("kernels");
        CommandStream stream = new CommandStream(name, info, cuda, limit, binaries, dump);
        try {
            return new CudaDevice(name, info, cuda, new Launch(info.limits(), stream));
        } catch (RuntimeException e) {
            stream.close();
            throw e;
        }
    }

    /** The device as the kernels see it. */
    private record Launch(DeviceLimits limits, CommandStream stream) implements Launcher {
        @Override
        public Buffer allocate(DType dtype, long length) {
            return stream.allocate(dtype, length);
        }

        @Override
        public void launch(KernelSource kernel, long groups, Buffer[] buffers, long[] words) {
            stream.launch(kernel, groups, buffers, words);
        }

        @Override
        public Buffer indexFault() {
            return stream.indexFault();
        }
    }

    /** Returns the stream, for what tests ask of it. */
    CommandStream stream() {
        return stream;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public <K extends Kernels> Optional<K> kernels(Class<K> family, DType dtype) {
        return families.find(family, dtype);
    }

    @Override
    public Buffer allocate(DType dtype, long length) {
        return stream.allocate(dtype, length);
    }

    @Override
    public void matmul(View a, View b, View c, MatmulOptions options) {
        if (!multiplication.multiply(a, b, c, options)) {
            super.matmul(a, b, c, options);
        }
    }

    @Override
    public void upload(MemorySegment source, Buffer target, long start) {
        stream.upload(source, target, start);
    }

    @Override
    public Buffer uploadAhead(DType dtype, MemorySegment source) {
        return stream.uploadAhead(dtype, source);
    }

    @Override
    public void download(Buffer source, long start, MemorySegment target) {
        stream.download(source, start, target);
    }

    @Override
    public void synchronize() {
        stream.synchronize();
    }

    @Override
    public boolean records() {
        return stream.records();
    }

    @Override
    public CapturedWork capture(Runnable work) {
        return stream.capture(work);
    }

    @Override
    public MemoryReport memory() {
        return stream.pool().report();
    }

    @Override
    public void trim() {
        stream.pool().trim();
    }

    @Override
    public boolean isClosed() {
        return stream.isClosed();
    }

    @Override
    public void close() {
        stream.close();
    }
}
