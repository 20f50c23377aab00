package org.gradus.device;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.gradus.dtype.DType;
import org.gradus.expr.Program;
import org.gradus.shape.Shape;

/**
 * Something that stores tensors and computes with them.
 *
 * <p>All operations are asynchronous, in the order of the calls; only {@link #download} and {@link
 * #synchronize} wait. Arguments have been checked by the framework: views lie inside their buffers,
 * shapes and types agree. An output never overlaps an input, except where a method says so, and an
 * output view is never broadcast. Any view may have any strides.
 *
 * <p>These primitives are all that a backend must have. What it does faster than they can be
 * combined it offers as {@linkplain #kernels kernel families}.
 */
public interface Device extends AutoCloseable {
    /** Returns the name by which it is chosen, as in {@code cpu} or {@code opencl:0}. */
    String name();

    /** Returns what it can do. */
    Capabilities capabilities();

    // ---- storage

    /**
     * Returns a block of {@code length} elements with unspecified content.
     *
     * @throws DeviceMemoryException if there is no memory for it
     */
    Buffer allocate(DType dtype, long length);

    /** Copies from host memory (native byte order) to a buffer, from element {@code start} on. */
    void upload(MemorySegment source, Buffer target, long start);

    /**
     * Returns a new block with a copy of host memory (native byte order), as {@link #allocate} and
     * {@link #upload} would, for what is needed later: where the device can, it is copied beside
     * the work that is under way, and not after it. Work from now on finds it there.
     *
     * @throws DeviceMemoryException if there is no memory for it
     */
    default Buffer uploadAhead(DType dtype, MemorySegment source) {
        Buffer buffer = allocate(dtype, source.byteSize() / dtype.bytes());
        upload(source, buffer, 0);
        return buffer;
    }

    /** Copies from a buffer, from element {@code start} on, to host memory, and waits for it. */
    void download(Buffer source, long start, MemorySegment target);

    /** Sets all elements of a view to one value. */
    void fill(View target, double value);

    /** Copies elements between views of one shape and type. */
    void copyStrided(View source, View target);

    /** Waits for all work to be done. */
    void synchronize();

    /** Returns how much memory is in use. */
    MemoryReport memory();

    /** Gives cached blocks back to the system. */
    void trim();

    // ---- computation

    /**
     * Runs a pointwise program for each element of a shape.
     *
     * @param shape the shape of all inputs (broadcast ones have stride 0) and outputs
     * @param scalars the arguments, encoded as {@link org.gradus.expr.Scalars} says
     * @param outputs as many as the program has; one may be the very same view as an input
     */
    void map(Program program, Shape shape, long[] scalars, List<View> inputs, List<View> outputs);

    /**
     * Reduces the results of a pointwise program over some axes.
     *
     * @param program has one output
     * @param shape the shape of the inputs
     * @param output has size 1 on the reduced axes; its type is {@code I64} for positions, else
     *     that of the program's output or wider
     * @param axes the reduced axes, sorted; exactly one for positions
     */
    void reduce(
            ReduceOp op,
            Program program,
            Shape shape,
            long[] scalars,
            List<View> inputs,
            View output,
            int[] axes);

    /**
     * Multiplies matrices: {@code a} is {@code [..., m, k]}, {@code b} {@code [..., k, n]}, {@code
     * c} {@code [..., m, n]}; leading axes are equal (broadcast ones have stride 0) and count
     * independent products. Floating types only; 16-bit types accumulate in {@code F32}.
     */
    void matmul(View a, View b, View c, MatmulOptions options);

    /**
     * {@code target[i][j][k] = source[i][index[i][j][k]][k]} (for axis 1): picks along an axis.
     *
     * @param source same rank as {@code target}; other axes at least as large
     * @param index {@code I64}, the shape of {@code target}; broadcast strides mark whole rows
     * @throws IndexOutOfBoundsException if an index is negative or too large; a device that cannot
     *     tell at once reports it at the next {@link #synchronize} or {@link #download}
     */
    void gather(View source, int axis, View index, View target);

    /**
     * {@code target[i][index[i][j][k]][k] += source[i][j][k]} (for axis 1), added in the order of
     * the source so that the result is the same every time. Errors as for {@link #gather}.
     */
    void scatterAdd(View source, int axis, View index, View target);

    /**
     * Copies each window's elements to a column: {@code [batch, channels, spatial...]} to {@code
     * [batch, channels * window elements, positions]}, zeros where the window reaches over the
     * edge.
     */
    void unfold(View input, Window window, View output);

    /** Sums columns back to where {@link #unfold} took them from; the adjoint of it. */
    void fold(View input, Window window, View output);

    /** Running sum or product along an axis. */
    void cumulate(CumulateOp op, View input, View output, int axis);

    /**
     * Sorts along an axis, stable, NaN last when ascending and first when descending.
     *
     * @param values the sorted elements, the shape and type of the input
     * @param indices where each came from, {@code I64}
     */
    void sort(View input, View values, View indices, int axis, boolean descending);

    // ---- recording

    /**
     * Returns whether {@link #capture} records. By default it does not: who wants work done again
     * runs it again.
     */
    default boolean records() {
        return false;
    }

    /**
     * Records work instead of doing it: nothing of it has happened when this returns. What it
     * allocates belongs to the recording; what it reads and writes besides must live as long. In
     * scalar arguments {@linkplain Placeholder placeholders} may stand for values that differ from
     * time to time; all else that is computed on the host stays as it was.
     *
     * @throws CaptureException if the work does what cannot be recorded: waits for the device,
     *     copies from or to the host, gives memory back that was there before and that it uses; or
     *     if this device does not record
     */
    default CapturedWork capture(Runnable work) {
        throw new CaptureException("the device " + name() + " does not record");
    }

    // ---- kernel families

    /**
     * Returns the kernels of a family for one element type, empty if the device has none: the
     * framework then combines primitives.
     */
    <K extends Kernels> Optional<K> kernels(Class<K> family, DType dtype);

    /** Returns whether the device was closed: its tensors are lost, and it computes nothing. */
    boolean isClosed();

    /** Gives the device back. Closing it again has no effect. */
    @Override
    void close();

    /** Returns the device that is named; see {@link Devices#of}. */
    static Device of(String name) {
        return Devices.of(name);
    }
}
