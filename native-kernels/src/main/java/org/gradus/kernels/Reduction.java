package org.gradus.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.gradus.device.Buffer;
import org.gradus.device.ReduceOp;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Program;
import org.gradus.shape.Shape;

/**
 * Reduces the results of pointwise programs over axes; each input is read once.
 *
 * <p>Either a group reduces the elements of one result, or each work-item does so by itself, which
 * is better where there are many results of few elements. Where there are few results of many
 * elements, they are cut into chunks whose partial results are reduced by a second kernel. How they
 * are cut depends on the sizes only, so the result is the same every time.
 *
 * <p>Sums add blocks of 32 elements and then their sums, so that errors stay small. Integers are
 * accumulated in 64 bits.
 */
public final class Reduction {
    /** Results of at most so many elements are reduced by a work-item each. */
    private static final long FEW_ELEMENTS = 64;

    /** From so many results on, work-items beside each other read neighbours where they can. */
    private static final long MANY_RESULTS = 512;

    /** The most elements that one work-item reduces, where there are enough to cut them. */
    private static final long LONGEST_RUN = 1024;

    /** So many results keep a device busy without cutting. */
    private static final long ENOUGH_RESULTS = 256;

    /** The most inputs whose offsets and strides fit into a launch's arguments. */
    private static final int MAX_INPUTS = 8;

    private record Key(
            ReduceOp op,
            Program program,
            List<DType> inputs,
            DType output,
            int keptAxes,
            int reducedAxes,
            Form form) {}

    /**
     * What else a kernel's text depends on.
     *
     * @param byGroup whether a group reduces the elements of one result
     * @param partial whether positions are stored beside the values
     * @param merging whether positions come with the input, in a second one
     * @param wide whether indices have 64 bits
     */
    private record Form(boolean byGroup, boolean partial, boolean merging, boolean wide) {}

    /** One launch: what is reduced and where to. */
    private record Task(
            ReduceOp op,
            Program program,
            long[] scalars,
            List<View> inputs,
            View output,
            View positions,
            boolean merging) {}

    private final Launcher launcher;
    private final Pointwise pointwise;
    private final Map<Key, KernelSource> kernels = new ConcurrentHashMap<>();

    /** Creates what reduces on a device. */
    public Reduction(Launcher launcher, Pointwise pointwise) {
        this.launcher = launcher;
        this.pointwise = pointwise;
    }

    /** Reduces as {@link org.gradus.device.Device#reduce} says. */
    public void reduce(
            ReduceOp op,
            Program program,
            Shape shape,
            long[] scalars,
            List<View> inputs,
            View output,
            int[] axes) {
        if (output.elements() == 0) {
            return;
        }
        int reads = Math.min(program.inputTypes().size(), inputs.size());
        if (reads > MAX_INPUTS) {
            reduceStored(op, program, shape, scalars, inputs, output, axes);
            return;
        }
        Task task = new Task(op, program, scalars, inputs.subList(0, reads), output, null, false);
        run(task, shape, axes);
    }

    /** Stores what is to be reduced first: the strides of so many inputs are no arguments. */
    private void reduceStored(
            ReduceOp op,
            Program program,
            Shape shape,
            long[] scalars,
            List<View> inputs,
            View output,
            int[] axes) {
        DType type = program.outputTypes().get(0);
        View stored = View.of(launcher.allocate(type, shape.elements()), shape);
        pointwise.map(program, shape, scalars, inputs, List.of(stored));
        Program identity = Program.of(Expr.input(0, type));
        run(new Task(op, identity, new long[0], List.of(stored), output, null, false), shape, axes);
        stored.buffer().release();
    }

    private void run(Task task, Shape shape, int[] axes) {
        long results = task.output().elements();
        long elements = results == 0 ? 0 : shape.elements() / results;
        boolean byGroup = byGroup(task, shape, axes, results, elements);
        int groupSize = launcher.limits().groupSize();
        long run = LONGEST_RUN * (byGroup ? groupSize : 1);
        boolean cut = elements > run && results < ENOUGH_RESULTS && !task.merging();
        long chunks = cut ? (elements + run - 1) / run : 1;
        if (chunks == 1) {
            launch(task, shape, axes, byGroup, 1, elements);
            return;
        }
        DType accumulator = accumulator(task);
        boolean position = task.op().isPosition();
        Shape partialShape = prepend((int) chunks, task.output().shape());
        Buffer values = launcher.allocate(accumulator, chunks * results);
        Buffer positions = position ? launcher.allocate(DType.I64, chunks * results) : null;
        View partial = View.of(values, partialShape);
        View partialPositions = position ? View.of(positions, partialShape) : null;
        launch(
                new Task(
                        task.op(),
                        task.program(),
                        task.scalars(),
                        task.inputs(),
                        partial,
                        partialPositions,
                        false),
                shape,
                axes,
                byGroup,
                chunks,
                (elements + chunks - 1) / chunks);
        Program identity = Program.of(Expr.input(0, accumulator));
        View output = task.output();
        long[] strides = new long[partialShape.rank()];
        System.arraycopy(output.strides(), 0, strides, 1, output.shape().rank());
        View merged = new View(output.buffer(), partialShape.with(0, 1), strides, output.offset());
        run(
                new Task(
                        task.op(),
                        identity,
                        new long[0],
                        position ? List.of(partial, partialPositions) : List.of(partial),
                        merged,
                        null,
                        position),
                partialShape,
                new int[] {0});
        values.release();
        if (position) {
            positions.release();
        }
    }

    private static Shape prepend(int size, Shape shape) {
        return shape.insert(0, size);
    }

    private static boolean byGroup(
            Task task, Shape shape, int[] axes, long results, long elements) {
        if (elements <= FEW_ELEMENTS) {
            return false;
        }
        boolean keepsInnermost = true;
        int last = shape.rank() - 1;
        while (last >= 0 && shape.size(last) == 1) {
            last--;
        }
        for (int axis : axes) {
            keepsInnermost &= axis != last;
        }
        return !(keepsInnermost && results >= MANY_RESULTS && !task.inputs().isEmpty());
    }

    /** Returns the type that totals are kept in. */
    private static DType accumulator(Task task) {
        DType computed = task.program().outputTypes().get(0).computeType();
        boolean wider = task.output().dtype() == DType.F64;
        return switch (computed) {
            case F64 -> DType.F64;
            case F32 -> wider ? DType.F64 : DType.F32;
            default -> DType.I64;
        };
    }

    private void launch(
            Task task, Shape shape, int[] axes, boolean byGroup, long chunks, long chunkLength) {
        boolean partial = chunks > 1;
        int groupSize = launcher.limits().groupSize();
        boolean[] reduced = new boolean[shape.rank()];
        for (int axis : axes) {
            reduced[axis] = true;
        }
        int inputs = task.inputs().size();
        // the output, the inputs, and the linear index where the program reads it
        List<long[]> strides = new ArrayList<>();
        long[] outputStrides = task.output().strides();
        int extra = outputStrides.length - shape.rank();
        strides.add(Arrays.copyOfRange(outputStrides, extra, outputStrides.length));
        task.inputs().forEach(view -> strides.add(view.strides()));
        boolean indexed = ProgramText.usesIndex(task.program());
        if (indexed) {
            strides.add(shape.contiguousStrides());
        }
        LoopSpace kept = select(shape, strides, reduced, false);
        LoopSpace over = select(shape, strides.subList(1, strides.size()), reduced, true);

        List<View> views = new ArrayList<>(task.inputs());
        views.add(task.output());
        boolean wide = LoopSpace.isWide(Math.max(shape.elements(), kept.elements()), views);
        Form form = new Form(byGroup, task.positions() != null, task.merging(), wide);
        Key key =
                new Key(
                        task.op(),
                        task.program(),
                        task.inputs().stream().map(View::dtype).toList(),
                        task.output().dtype(),
                        kept.rank(),
                        over.rank(),
                        form);
        DType accumulator = accumulator(task);
        KernelSource kernel =
                kernels.computeIfAbsent(
                        key,
                        k ->
                                new ReductionText(
                                                k.op(),
                                                k.program(),
                                                accumulator,
                                                k.inputs(),
                                                k.output(),
                                                k.keptAxes(),
                                                k.reducedAxes(),
                                                groupSize)
                                        .source(byGroup, form.partial(), form.merging(), wide));

        Words words = new Words();
        words.add(kept.elements()).add(over.elements()).add(chunkLength);
        words.add(partial ? kept.elements() : 0);
        words.add(task.output().offset());
        task.inputs().forEach(view -> words.add(view.offset()));
        addSizes(words, kept);
        addSizes(words, over);
        for (int k = 0; k < strides.size(); k++) {
            addStrides(words, kept, k);
        }
        for (int k = 0; k < strides.size() - 1; k++) {
            addStrides(words, over, k);
        }
        words.addScalars(task.program(), task.scalars());
        List<Buffer> buffers = new ArrayList<>();
        buffers.add(task.output().buffer());
        if (task.positions() != null) {
            buffers.add(task.positions().buffer());
        }
        for (int k = 0; k < inputs; k++) {
            buffers.add(task.inputs().get(k).buffer());
        }
        long groups =
                chunks * (byGroup ? kept.elements() : Positions.groups(kept.elements(), groupSize));
        launcher.launch(kernel, groups, buffers.toArray(Buffer[]::new), words.toArray());
    }

    private static void addSizes(Words words, LoopSpace space) {
        for (int axis = 0; axis < space.rank(); axis++) {
            words.add(space.size(axis));
        }
    }

    private static void addStrides(Words words, LoopSpace space, int operand) {
        for (int axis = 0; axis < space.rank(); axis++) {
            words.add(space.stride(operand, axis));
        }
    }

    private static LoopSpace select(
            Shape shape, List<long[]> strides, boolean[] reduced, boolean wanted) {
        int[] axes = new int[shape.rank()];
        int count = 0;
        for (int axis = 0; axis < axes.length; axis++) {
            if (reduced[axis] == wanted) {
                axes[count++] = axis;
            }
        }
        int[] chosen = Arrays.copyOf(axes, count);
        int[] sizes = Arrays.stream(chosen).map(shape::size).toArray();
        List<long[]> selected = new ArrayList<>();
        for (long[] stride : strides) {
            selected.add(Arrays.stream(chosen).mapToLong(axis -> stride[axis]).toArray());
        }
        return LoopSpace.of(sizes, selected);
    }
}
