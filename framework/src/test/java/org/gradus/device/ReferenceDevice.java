package org.gradus.device;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.gradus.dtype.DType;
import org.gradus.dtype.HostMemory;
import org.gradus.expr.Program;
import org.gradus.expr.ProgramEvaluator;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/**
 * The primitives in the plainest Java, element by element: what they mean, and all that a backend
 * must have. It has no kernel families, so that every plain definition runs on it. Fresh memory is
 * filled with garbage.
 */
public final class ReferenceDevice implements Device {
    private long buffers;
    private long bytes;

    private final class Memory implements Buffer {
        private final DType dtype;
        private final Number[] elements;
        private boolean released;

        Memory(DType dtype, int length) {
            this.dtype = dtype;
            this.elements = new Number[length];
            Arrays.fill(elements, dtype.isFloating() ? (Number) Double.NaN : (Number) 77L);
            buffers++;
            bytes += (long) length * dtype.bytes();
        }

        @Override
        public DType dtype() {
            return dtype;
        }

        @Override
        public long length() {
            return elements.length;
        }

        @Override
        public void release() {
            if (released) {
                throw new IllegalStateException("released twice");
            }
            released = true;
            buffers--;
            bytes -= length() * dtype.bytes();
        }
    }

    // ---- elements of views

    private static int at(View view, int[] position) {
        long at = view.offset();
        for (int i = 0; i < position.length; i++) {
            at += position[i] * view.strides()[i];
        }
        return (int) at;
    }

    private static Number get(View view, int... position) {
        Memory memory = (Memory) view.buffer();
        if (memory.released) {
            throw new IllegalStateException("read after release");
        }
        return memory.elements[at(view, position)];
    }

    private static void set(View view, Number value, int... position) {
        Memory memory = (Memory) view.buffer();
        if (memory.released) {
            throw new IllegalStateException("written after release");
        }
        HostArray one = HostArray.zeros(memory.dtype, Shape.scalar());
        store(one, 0, value);
        memory.elements[at(view, position)] = load(one, 0);
    }

    private static Number load(HostArray array, long position) {
        return array.dtype().isFloating()
                ? (Number) array.get(position)
                : (Number) array.getLong(position);
    }

    private static void store(HostArray array, int position, Number value) {
        MemorySegment data = array.data();
        Object heap = data.heapBase().orElseThrow();
        switch (heap) {
            case float[] f -> f[position] = value.floatValue();
            case double[] d -> d[position] = value.doubleValue();
            case int[] i -> i[position] = value.intValue();
            case long[] l -> l[position] = value.longValue();
            case byte[] b -> b[position] = (byte) value.longValue();
            case short[] s ->
                    s[position] =
                            array.dtype() == DType.F16
                                    ? Float.floatToFloat16(value.floatValue())
                                    : (short) (Float.floatToRawIntBits(value.floatValue()) >>> 16);
            default -> throw new AssertionError(heap.getClass());
        }
    }

    /** Does something at each position of a shape, row-major. */
    private static void each(Shape shape, java.util.function.Consumer<int[]> body) {
        int[] position = new int[shape.rank()];
        for (long n = 0; n < shape.elements(); n++) {
            body.accept(position);
            for (int i = position.length - 1; i >= 0 && ++position[i] == shape.size(i); i--) {
                position[i] = 0;
            }
        }
    }

    private static int[] with(int[] position, int axis, int value) {
        int[] result = position.clone();
        result[axis] = value;
        return result;
    }

    // ---- storage

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(
                "reference",
                Capabilities.Kind.CPU,
                Long.MAX_VALUE,
                EnumSet.allOf(DType.class),
                Map.of());
    }

    @Override
    public Buffer allocate(DType dtype, long length) {
        return new Memory(dtype, Math.toIntExact(length));
    }

    @Override
    public void upload(MemorySegment source, Buffer target, long start) {
        int count = (int) (source.byteSize() / target.dtype().bytes());
        HostArray array = new HostArray(target.dtype(), Shape.of(count), source);
        for (int i = 0; i < count; i++) {
            ((Memory) target).elements[(int) start + i] = load(array, i);
        }
    }

    @Override
    public void download(Buffer source, long start, MemorySegment target) {
        int count = (int) (target.byteSize() / source.dtype().bytes());
        HostArray array = HostArray.zeros(source.dtype(), Shape.of(count));
        for (int i = 0; i < count; i++) {
            store(array, i, ((Memory) source).elements[(int) start + i]);
        }
        HostMemory.copy(array.data(), 0, target, 0, target.byteSize());
    }

    @Override
    public void fill(View target, double value) {
        each(target.shape(), p -> set(target, value, p));
    }

    @Override
    public void copyStrided(View source, View target) {
        each(target.shape(), p -> set(target, get(source, p), p));
    }

    @Override
    public void synchronize() {}

    @Override
    public MemoryReport memory() {
        return new MemoryReport(bytes, 0, bytes, buffers);
    }

    @Override
    public void trim() {}

    // ---- computation

    @Override
    public void map(
            Program program, Shape shape, long[] scalars, List<View> inputs, List<View> outputs) {
        long[] index = {0};
        each(
                shape,
                p -> {
                    Number[] in = inputs.stream().map(v -> get(v, p)).toArray(Number[]::new);
                    Number[] out = ProgramEvaluator.evaluate(program, in, scalars, index[0]++);
                    for (int i = 0; i < out.length; i++) {
                        set(outputs.get(i), out[i], p);
                    }
                });
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
        Buffer results = allocate(program.outputTypes().get(0), shape.elements());
        View mapped = View.of(results, shape);
        map(program, shape, scalars, inputs, List.of(mapped));
        int[] sizes = Arrays.stream(axes).map(shape::size).toArray();
        each(
                output.shape(),
                p -> {
                    Number[] total = {null};
                    int[] count = {0};
                    int[] place = {0};
                    each(
                            Shape.of(sizes),
                            r -> {
                                int[] from = p.clone();
                                for (int i = 0; i < axes.length; i++) {
                                    from[axes[i]] = r[i];
                                }
                                Number x = get(mapped, from);
                                if (total[0] == null) {
                                    total[0] = x;
                                } else if (op.isPosition()) {
                                    boolean better = better(op, x, total[0]);
                                    total[0] = better ? x : total[0];
                                    place[0] = better ? count[0] : place[0];
                                } else {
                                    total[0] = combine(op, total[0], x);
                                }
                                count[0]++;
                            });
                    Number empty = op == ReduceOp.PRODUCT ? 1 : 0;
                    Number value = total[0] == null ? empty : total[0];
                    set(output, op.isPosition() ? (Number) (long) place[0] : value, p);
                });
        results.release();
    }

    private static boolean better(ReduceOp op, Number x, Number best) {
        if (Double.isNaN(best.doubleValue())) {
            return false;
        }
        int order = Double.compare(x.doubleValue(), best.doubleValue());
        return Double.isNaN(x.doubleValue()) || (op == ReduceOp.ARGMAX ? order > 0 : order < 0);
    }

    private static Number combine(ReduceOp op, Number a, Number b) {
        boolean whole = a instanceof Long;
        return switch (op) {
            case SUM -> whole ? (Number) (a.longValue() + b.longValue()) : sum(a, b);
            case PRODUCT ->
                    whole
                            ? (Number) (a.longValue() * b.longValue())
                            : (Number) (a.doubleValue() * b.doubleValue());
            case MAXIMUM ->
                    whole
                            ? (Number) Math.max(a.longValue(), b.longValue())
                            : (Number) Math.max(a.doubleValue(), b.doubleValue());
            default ->
                    whole
                            ? (Number) Math.min(a.longValue(), b.longValue())
                            : (Number) Math.min(a.doubleValue(), b.doubleValue());
        };
    }

    private static Number sum(Number a, Number b) {
        return a.doubleValue() + b.doubleValue();
    }

    @Override
    public void matmul(View a, View b, View c, MatmulOptions options) {
        int rank = c.shape().rank();
        int inner = a.shape().size(-1);
        each(
                c.shape(),
                p -> {
                    double sum = 0;
                    for (int k = 0; k < inner; k++) {
                        sum +=
                                get(a, with(p, rank - 1, k)).doubleValue()
                                        * get(b, with(p, rank - 2, k)).doubleValue();
                    }
                    sum *= options.alpha();
                    if (options.beta() != 0) {
                        sum += options.beta() * get(c, p).doubleValue();
                    }
                    if (options.bias().isPresent()) {
                        sum += get(options.bias().get(), p[rank - 1]).doubleValue();
                    }
                    boolean relu = options.activation() == MatmulOptions.Activation.RELU;
                    set(c, relu ? Math.max(sum, 0) : sum, p);
                });
    }

    @Override
    public void gather(View source, int axis, View index, View target) {
        each(
                target.shape(),
                p -> set(target, get(source, with(p, axis, index(index, p, source, axis))), p));
    }

    @Override
    public void scatterAdd(View source, int axis, View index, View target) {
        each(
                source.shape(),
                p -> {
                    int[] to = with(p, axis, index(index, p, target, axis));
                    set(target, combine(ReduceOp.SUM, get(target, to), get(source, p)), to);
                });
    }

    private static int index(View index, int[] position, View indexed, int axis) {
        long value = get(index, position).longValue();
        if (value < 0 || value >= indexed.shape().size(axis)) {
            throw new IndexOutOfBoundsException("index " + value + " is outside axis " + axis);
        }
        return (int) value;
    }

    @Override
    public void unfold(View input, Window window, View output) {
        eachTap(
                input.shape(),
                window,
                (image, column) -> set(output, image == null ? 0.0 : get(input, image), column));
    }

    @Override
    public void fold(View input, Window window, View output) {
        fill(output, 0);
        eachTap(
                output.shape(),
                window,
                (image, column) -> {
                    if (image != null) {
                        set(output, sum(get(output, image), get(input, column)), image);
                    }
                });
    }

    private interface Tap {
        void at(int[] image, int[] column);
    }

    /** Visits each element of each window: its place in the image (null beyond the edge). */
    private static void eachTap(Shape image, Window window, Tap body) {
        int[] out = new int[window.rank()];
        Arrays.setAll(out, i -> window.outputSize(i, image.size(i + 2)));
        Shape positions = Shape.of(out);
        Shape taps = Shape.of(window.kernel());
        each(
                Shape.of(image.size(0), image.size(1)),
                n -> {
                    int[] tap = {0};
                    each(
                            taps,
                            k -> {
                                int row = n[1] * window.elements() + tap[0]++;
                                int[] column = {0};
                                each(
                                        positions,
                                        o -> {
                                            int[] at = place(image, window, n, k, o);
                                            body.at(at, new int[] {n[0], row, column[0]++});
                                        });
                            });
                });
    }

    private static int[] place(Shape image, Window window, int[] n, int[] k, int[] o) {
        int[] at = new int[image.rank()];
        at[0] = n[0];
        at[1] = n[1];
        for (int i = 0; i < o.length; i++) {
            at[i + 2] =
                    o[i] * window.stride()[i] - window.padding()[i] + k[i] * window.dilation()[i];
            if (at[i + 2] < 0 || at[i + 2] >= image.size(i + 2)) {
                return null;
            }
        }
        return at;
    }

    @Override
    public void cumulate(CumulateOp op, View input, View output, int axis) {
        ReduceOp step = op == CumulateOp.SUM ? ReduceOp.SUM : ReduceOp.PRODUCT;
        each(
                input.shape(),
                p -> {
                    Number x = get(input, p);
                    Number before = p[axis] == 0 ? null : get(output, with(p, axis, p[axis] - 1));
                    set(output, before == null ? x : combine(step, before, x), p);
                });
    }

    @Override
    public void sort(View input, View values, View indices, int axis, boolean descending) {
        each(
                input.shape().with(axis, Math.min(1, input.shape().size(axis))),
                p -> {
                    Comparator<Integer> order =
                            Comparator.comparingDouble(
                                    i -> get(input, with(p, axis, i)).doubleValue());
                    List<Integer> places =
                            IntStream.range(0, input.shape().size(axis))
                                    .boxed()
                                    .sorted(descending ? order.reversed() : order)
                                    .toList();
                    for (int i = 0; i < places.size(); i++) {
                        int[] to = with(p, axis, i);
                        set(values, get(input, with(p, axis, places.get(i))), to);
                        set(indices, (long) places.get(i), to);
                    }
                });
    }

    @Override
    public <K extends Kernels> Optional<K> kernels(Class<K> family, DType dtype) {
        return Optional.empty();
    }

    @Override
    public boolean isClosed() {
        return false;
    }

    @Override
    public void close() {}
}
