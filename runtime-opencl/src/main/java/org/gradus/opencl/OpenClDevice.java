package org.gradus.opencl;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.gradus.device.Buffer;
import org.gradus.device.Capabilities;
import org.gradus.device.CumulateOp;
import org.gradus.device.Device;
import org.gradus.device.DeviceException;
import org.gradus.device.Kernels;
import org.gradus.device.MatmulOptions;
import org.gradus.device.MemoryReport;
import org.gradus.device.ReduceOp;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.gradus.expr.Program;
import org.gradus.kernels.DeviceLimits;
import org.gradus.kernels.KernelSource;
import org.gradus.kernels.Launcher;
import org.gradus.kernels.Primitives;
import org.gradus.kernels.families.KernelFamilies;
import org.gradus.shape.Shape;

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
public final class OpenClDevice implements Device {
    /** The part of the device's memory that tensors may take; drivers need some themselves. */
    private static final double USABLE_PART = 0.9;

    private final String name;
    private final DeviceInfo info;
    private final CommandQueue queue;
    private final Primitives primitives;
    private final KernelFamilies families;

    private OpenClDevice(String name, DeviceInfo info, CommandQueue queue) {
        this.name = name;
        this.info = info;
        this.queue = queue;
        Launcher launcher = new QueueLauncher();
        this.primitives = new Primitives(launcher);
        this.families = new KernelFamilies(launcher);
    }

    /** Opens a device with the cache and the limit that the system properties name. */
    static OpenClDevice open(String name, DeviceInfo info) {
        long usable = (long) (info.memoryBytes() * USABLE_PART);
        long limit = Long.getLong("gradus.opencl.memory", usable);
        return open(name, info, limit, BinaryCache.standard());
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
    private final class QueueLauncher implements Launcher {
        @Override
        public DeviceLimits limits() {
            return info.limits();
        }

        @Override
        public Buffer allocate(DType dtype, long length) {
            return OpenClDevice.this.allocate(dtype, length);
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
        return queue.pool().allocate(dtype, length);
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
    public void fill(View target, double value) {
        primitives.fill(target, value);
    }

    @Override
    public void copyStrided(View source, View target) {
        primitives.copyStrided(source, target);
    }

    @Override
    public void synchronize() {
        queue.synchronize();
    }

    @Override
    public MemoryReport memory() {
        return queue.pool().report();
    }

    @Override
    public void trim() {
        queue.pool().trim();
    }

    @Override
    public void map(
            Program program, Shape shape, long[] scalars, List<View> inputs, List<View> outputs) {
        primitives.map(program, shape, scalars, inputs, outputs);
    }

    @Override
    public void reduce(
            ReduceOp op,
            Program program,
            Shape shape,
            long[] scalars,
            List<View> inputs,
            View output,
            int[] axes) {
        primitives.reduce(op, program, shape, scalars, inputs, output, axes);
    }

    @Override
    public void matmul(View a, View b, View c, MatmulOptions options) {
        primitives.matmul(a, b, c, options);
    }

    @Override
    public void gather(View source, int axis, View index, View target) {
        primitives.gather(source, axis, index, target);
    }

    @Override
    public void scatterAdd(View source, int axis, View index, View target) {
        primitives.scatterAdd(source, axis, index, target);
    }

    @Override
    public void unfold(View input, Window window, View output) {
        primitives.unfold(input, window, output);
    }

    @Override
    public void fold(View input, Window window, View output) {
        primitives.fold(input, window, output);
    }

    @Override
    public void cumulate(CumulateOp op, View input, View output, int axis) {
        primitives.cumulate(op, input, output, axis);
    }

    @Override
    public void sort(View input, View values, View indices, int axis, boolean descending) {
        primitives.sort(input, values, indices, axis, descending);
    }

    @Override
    public <K extends Kernels> Optional<K> kernels(Class<K> family, DType dtype) {
        return families.find(family, dtype);
    }

    @Override
    public void close() {
        queue.close();
    }
}
