package org.gradus.cpu;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.gradus.cpu.attention.CpuAttention;
import org.gradus.cpu.convolution.Columns;
import org.gradus.cpu.convolution.CpuConvolution;
import org.gradus.cpu.ctc.CpuCtc;
import org.gradus.cpu.indexing.Copy;
import org.gradus.cpu.indexing.Cumulate;
import org.gradus.cpu.indexing.Gather;
import org.gradus.cpu.indexing.ScatterAdd;
import org.gradus.cpu.indexing.Sort;
import org.gradus.cpu.matmul.Matmul;
import org.gradus.cpu.matmul.MicroKernels;
import org.gradus.cpu.normalization.CpuNormalization;
import org.gradus.cpu.optimizer.CpuMultiTensor;
import org.gradus.cpu.pointwise.Pointwise;
import org.gradus.cpu.pooling.CpuPooling;
import org.gradus.cpu.recurrent.CpuRecurrent;
import org.gradus.cpu.reduction.Reduction;
import org.gradus.cpu.softmax.CpuSoftmax;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.Buffer;
import org.gradus.device.Capabilities;
import org.gradus.device.CumulateOp;
import org.gradus.device.Device;
import org.gradus.device.Kernels;
import org.gradus.device.MatmulOptions;
import org.gradus.device.MemoryReport;
import org.gradus.device.ReduceOp;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.gradus.dtype.HostMemory;
import org.gradus.expr.Program;
import org.gradus.shape.Shape;

/**
 * The processor that runs the JVM. Tensors are Java arrays; every call has done its work when it
 * returns, with the help of a pool of threads.
 *
 * <p>Results are the same, bit by bit, whatever the number of threads. Calls from several threads
 * are safe; they take turns.
 *
 * <p>System properties: {@code gradus.threads} is the number of threads (default: the available
 * processors), {@code gradus.debug=memory} fills new buffers with NaN, {@code gradus.dump=kernels}
 * prints each pointwise program when it is compiled, {@code gradus.cpu.vector=off} keeps to scalar
 * code.
 */
public final class CpuDevice implements Device {
    /** The part of the heap that released buffers may occupy. */
    private static final double CACHED_PART = 0.5;

    private final int threads;
    private final WorkerPool pool;
    private final BufferPool buffers;
    private final Pointwise pointwise;
    private final Reduction reduction;
    private final Matmul matmul;
    private final Copy copy;
    private final Gather gather;
    private final ScatterAdd scatterAdd;
    private final Cumulate cumulate;
    private final Sort sort;
    private final Columns columns;
    private final List<Kernels> families;
    private volatile boolean closed;

    /** Opens the device with {@link #defaultThreads} threads. */
    public CpuDevice() {
        this(defaultThreads());
    }

    /**
     * Opens the device.
     *
     * @param threads how many threads compute, the caller's included
     * @throws IllegalArgumentException if it is less than 1
     */
    public CpuDevice(int threads) {
        this.threads = threads;
        this.pool = new WorkerPool(threads);
        long cacheLimit = (long) (Runtime.getRuntime().maxMemory() * CACHED_PART);
        this.buffers = new BufferPool(cacheLimit, isSet("gradus.debug", "memory"));
        this.pointwise = new Pointwise(pool, isSet("gradus.dump", "kernels"));
        this.reduction = new Reduction(pool, pointwise);
        MicroKernels kernels = MicroKernels.ofProcessor();
        this.matmul = new Matmul(pool, kernels);
        this.copy = new Copy(pool);
        this.gather = new Gather(pool);
        this.scatterAdd = new ScatterAdd(pool);
        this.cumulate = new Cumulate(pool);
        this.sort = new Sort(pool);
        this.columns = new Columns(pool);
        this.families =
                List.of(
                        new CpuConvolution(pool, kernels),
                        new CpuPooling(pool),
                        new CpuSoftmax(pool),
                        new CpuAttention(pool, kernels),
                        new CpuNormalization(pool),
                        new CpuRecurrent(pool, kernels),
                        new CpuCtc(pool),
                        new CpuMultiTensor(pool, pointwise));
    }

    /** Returns the system property {@code gradus.threads}, else the available processors. */
    public static int defaultThreads() {
        return Math.max(
                1,
                Integer.getInteger("gradus.threads", Runtime.getRuntime().availableProcessors()));
    }

    private static boolean isSet(String property, String word) {
        return Set.of(System.getProperty(property, "").split(",")).contains(word);
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public Capabilities capabilities() {
        return CpuCapabilities.of(threads);
    }

    @Override
    public Buffer allocate(DType dtype, long length) {
        return buffers.allocate(dtype, length);
    }

    @Override
    public void upload(MemorySegment source, Buffer target, long start) {
        CpuBuffer buffer = (CpuBuffer) target;
        HostMemory.copy(
                source, 0, buffer.segment(), start * buffer.dtype().bytes(), source.byteSize());
    }

    @Override
    public void download(Buffer source, long start, MemorySegment target) {
        CpuBuffer buffer = (CpuBuffer) source;
        HostMemory.copy(
                buffer.segment(), start * buffer.dtype().bytes(), target, 0, target.byteSize());
    }

    @Override
    public void fill(View target, double value) {
        copy.fill(target, value);
    }

    @Override
    public void copyStrided(View source, View target) {
        copy.copy(source, target);
    }

    @Override
    public void synchronize() {
        // every call has done its work when it returns
    }

    @Override
    public MemoryReport memory() {
        return buffers.report();
    }

    @Override
    public void trim() {
        buffers.trim();
    }

    @Override
    public void map(
            Program program, Shape shape, long[] scalars, List<View> inputs, List<View> outputs) {
        pointwise.map(program, shape, scalars, inputs, outputs);
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
        reduction.reduce(op, program, shape, scalars, inputs, output, axes);
    }

    @Override
    public void matmul(View a, View b, View c, MatmulOptions options) {
        matmul.matmul(a, b, c, options);
    }

    @Override
    public void gather(View source, int axis, View index, View target) {
        gather.gather(source, axis, index, target);
    }

    @Override
    public void scatterAdd(View source, int axis, View index, View target) {
        scatterAdd.scatterAdd(source, axis, index, target);
    }

    @Override
    public void unfold(View input, Window window, View output) {
        columns.unfold(input, window, output);
    }

    @Override
    public void fold(View input, Window window, View output) {
        columns.fold(input, window, output);
    }

    @Override
    public void cumulate(CumulateOp op, View input, View output, int axis) {
        cumulate.cumulate(op, input, output, axis);
    }

    @Override
    public void sort(View input, View values, View indices, int axis, boolean descending) {
        sort.sort(input, values, indices, axis, descending);
    }

    @Override
    public <K extends Kernels> Optional<K> kernels(Class<K> family, DType dtype) {
        if (dtype != DType.F32) {
            return Optional.empty();
        }
        for (Kernels candidate : families) {
            if (family.isInstance(candidate)) {
                return Optional.of(family.cast(candidate));
            }
        }
        return Optional.empty();
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        pool.close();
        buffers.trim();
    }
}
