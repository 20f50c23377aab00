package org.gradus.opencl;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import org.gradus.device.Buffer;
import org.gradus.device.Capabilities;
import org.gradus.device.DeviceException;
import org.gradus.device.MemoryReport;
import org.gradus.dtype.DType;
import org.gradus.kernels.DeviceLimits;
import org.gradus.kernels.KernelSource;
import org.gradus.kernels.Launcher;
import org.gradus.kernels.runtime.BinaryCache;
import org.gradus.kernels.runtime.KernelDevice;

/**
 * A device of an OpenCL platform. Calls return when their work is in its queue. Calls from several
 * threads are safe; they take turns.
 *
 * <p>System properties: {@code gradus.opencl.memory} limits the memory for tensors in bytes
 * (default: nine tenths of the device's), {@code gradus.cache} is the folder in which compiled
 * kernels are kept (default: {@code ~/.cache/gradus}), {@code gradus.dump=kernels} prints each
 * kernel's source when it is first used, {@code gradus.opencl.strict=true} makes errors of the
 * compiler's warnings.
 */
public final class OpenClDevice extends KernelDevice {
    /** The part of the device's memory that tensors may take; drivers need some themselves. */
    private static final double USABLE_PART = 0.9;

    private final String name;
    private final DeviceInfo info;
    private final CommandQueue queue;

    private OpenClDevice(String name, DeviceInfo info, CommandQueue queue) {
        super(new QueueLauncher(info.limits(), queue));
        this.name = name;
        this.info = info;
        this.queue = queue;
    }

    /** Opens a device with the cache and the limit that the system properties name. */
    static OpenClDevice open(String name, DeviceInfo info) {
        long usable = (long) (info.memoryBytes() * USABLE_PART);
        long limit = Long.getLong(CommandQueue.MEMORY_PROPERTY, usable);
        return open(name, info, limit, BinaryCache.standard("opencl"));
    }

    /**
     * Opens a device.
     *
     * @param limit the most memory for tensors, in bytes
     * @param binaries where compiled kernels are kept
     */
    static OpenClDevice open(String name, DeviceInfo info, long limit, BinaryCache binaries) {
        boolean dump = Set.of(System.getProperty("gradus.dump", "").split(",")).contains("kernels");
        return new OpenClDevice(name, info, CommandQueue.open(name, info, limit, binaries, dump));
    }

    /** The device as the kernels see it. */
    private record QueueLauncher(DeviceLimits limits, CommandQueue queue) implements Launcher {
        @Override
        public Buffer allocate(DType dtype, long length) {
            return queue.allocate(dtype, length);
        }

        @Override
        public void launch(KernelSource kernel, long groups, Buffer[] buffers, long[] words) {
            queue.launch(kernel, groups, buffers, words);
        }

        @Override
        public Buffer indexFault() {
            return queue.indexFault();
        }
    }

    /** Returns the queue, for what tests ask of it. */
    CommandQueue queue() {
        return queue;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Capabilities capabilities() {
        return info.capabilities();
    }

    @Override
    public Buffer allocate(DType dtype, long length) {
        if (dtype == DType.F64 && !info.limits().doublePrecision()) {
            throw new DeviceException(
                    "the device "
                            + name
                            + " ("
                            + info.name()
                            + ") has no double precision: use"
                            + " f32, or the CPU for f64");
        }
        return queue.allocate(dtype, length);
    }

    @Override
    public void upload(MemorySegment source, Buffer target, long start) {
        queue.upload(source, target, start);
    }

    @Override
    public void download(Buffer source, long start, MemorySegment target) {
        queue.download(source, start, target);
    }

    @Override
    public void synchronize() {
        queue.synchronize();
    }

    @Override
    public MemoryReport memory() {
        return queue.pool().report();
    }

    /** Returns the objects of the driver that the device holds now. */
    public DriverObjects driverObjects() {
        return queue.objects();
    }

    @Override
    public void trim() {
        queue.trim();
    }

    @Override
    public boolean isClosed() {
        return queue.isClosed();
    }

    @Override
    public void close() {
        queue.close();
    }
}
