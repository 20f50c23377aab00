package org.gradus.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.gradus.device.Buffer;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Program;
import org.gradus.kernels.LoopSpace.Layout;
import org.gradus.shape.Shape;

/**
 * Runs pointwise programs: one kernel reads each input once and writes each output once.
 *
 * <p>Where all operands lie without gaps, a work-item has one element and its position is the
 * element's. Else, where the innermost axis is long, groups go along it and share the position on
 * the other axes; where it is short, each work-item computes its own.
 */
public final class Pointwise {
    /** The words and pointers of a launch: OpenCL guarantees 1024 bytes. */
    private static final int MAX_ARGUMENTS = 128;

    /** From this size on, groups go along the innermost axis. */
    private static final int LONG_AXIS = 64;

    private static final int SIZE = 0;
    private static final int BLOCKS = 1;
    private static final int OFFSETS = 2;

    private record Key(
            Program program, List<DType> types, int rank, List<Layout> layouts, Form form) {}

    private record Form(boolean rows, boolean wide) {}

    private final Launcher launcher;
    private final Copying copying;
    private final Map<Key, KernelSource> kernels = new ConcurrentHashMap<>();

    /** Creates what runs programs on a device. */
    public Pointwise(Launcher launcher) {
        this.launcher = launcher;
        this.copying = new Copying(launcher);
    }

    /** Runs a program as {@link org.gradus.device.Device#map} says. */
    public void map(
            Program program, Shape shape, long[] scalars, List<View> inputs, List<View> outputs) {
        if (shape.elements() == 0) {
            return;
        }
        // inputs beyond the last that the program reads are nothing to it
        int reads = Math.min(program.inputTypes().size(), inputs.size());
        List<View> views = new ArrayList<>(inputs.subList(0, reads));
        views.addAll(outputs);
        LoopSpace space = LoopSpace.of(shape, views);
        if (arguments(program, space, views.size()) > MAX_ARGUMENTS) {
            mapCopies(program, shape, scalars, inputs.subList(0, reads), outputs);
            return;
        }
        launch(program, scalars, space, views, reads);
    }

    private static int arguments(Program program, LoopSpace space, int operands) {
        long strided = space.layouts().stream().filter(l -> l == Layout.STRIDED).count();
        return OFFSETS
                + 2 * operands
                + (int) (1 + strided) * space.rank()
                + program.scalarTypes().size();
    }

    /** Runs a program whose layouts do not fit into the arguments on copies without gaps. */
    private void mapCopies(
            Program program, Shape shape, long[] scalars, List<View> inputs, List<View> outputs) {
        List<Buffer> copies = new ArrayList<>();
        List<View> dense = new ArrayList<>();
        for (View input : inputs) {
            View copy = View.of(launcher.allocate(input.dtype(), shape.elements()), shape);
            copies.add(copy.buffer());
            copying.copy(input, copy);
            dense.add(copy);
        }
        for (View output : outputs) {
            View copy = View.of(launcher.allocate(output.dtype(), shape.elements()), shape);
            copies.add(copy.buffer());
            dense.add(copy);
        }
        launch(program, scalars, LoopSpace.of(shape, dense), dense, inputs.size());
        for (int i = 0; i < outputs.size(); i++) {
            copying.copy(dense.get(inputs.size() + i), outputs.get(i));
        }
        copies.forEach(Buffer::release);
    }

    private void launch(
            Program program, long[] scalars, LoopSpace space, List<View> views, int reads) {
        int groupSize = launcher.limits().groupSize();
        boolean strided = space.layouts().contains(Layout.STRIDED);
        boolean rows = strided && space.inner() >= LONG_AXIS;
        Form form = new Form(rows, LoopSpace.isWide(space.elements(), views));
        // a dense kernel is the same for all ranks
        int rank = strided ? space.rank() : 0;
        List<DType> types = views.stream().map(View::dtype).toList();
        KernelSource kernel =
                kernels.computeIfAbsent(
                        new Key(program, types, rank, space.layouts(), form),
                        key -> source(key, reads, groupSize));

        long blocks = Positions.groups(space.inner(), groupSize);
        Words words = new Words().add(rows ? space.inner() : space.elements()).add(blocks);
        Buffer[] buffers = new Buffer[views.size()];
        for (int k = 0; k < buffers.length; k++) {
            buffers[k] = views.get(k).buffer();
            words.add(views.get(k).offset());
        }
        for (int axis = 0; axis < rank; axis++) {
            words.add(space.size(axis));
        }
        for (int k = 0; k < buffers.length; k++) {
            for (int axis = 0; axis < rank && space.layout(k) == Layout.STRIDED; axis++) {
                words.add(space.stride(k, axis));
            }
        }
        words.addScalars(program, scalars);
        long groups =
                rows
                        ? space.elements() / space.inner() * blocks
                        : Positions.groups(space.elements(), groupSize);
        launcher.launch(kernel, groups, buffers, words.toArray());
    }

    private static KernelSource source(Key key, int reads, int groupSize) {
        Program program = key.program();
        int operands = key.layouts().size();
        int rank = key.rank();
        int sizes = OFFSETS + operands;
        int strides = sizes + rank;
        String[] positions = new String[operands];
        for (int k = 0; k < operands; k++) {
            String offset = Positions.word(OFFSETS + k);
            switch (key.layouts().get(k)) {
                case UNIFORM -> positions[k] = offset;
                case CONTIGUOUS -> positions[k] = offset + " + i";
                case STRIDED -> {
                    positions[k] = offset + Positions.offset("p", rank, strides);
                    strides += rank;
                }
            }
        }
        ProgramText body =
                new ProgramText(
                        program,
                        "        ",
                        k -> Dialect.load(key.types().get(k), "x" + k, positions[k]),
                        "i",
                        strides);
        int words = strides + program.scalarTypes().size();

        StringBuilder text = new StringBuilder(Positions.types(key.form().wide()));
        text.append("DEFINE_WORDS(").append(words).append(")\n");
        text.append("KERNEL(KERNEL_NAME, ").append(groupSize).append(")(\n");
        for (int k = 0; k < operands; k++) {
            text.append(k < reads ? "        GLOBAL const " : "        GLOBAL ");
            text.append(Dialect.storage(key.types().get(k))).append(" *x").append(k).append(",\n");
        }
        text.append("        const WORDS(").append(words).append(") w) {\n");
        text.append(
                key.form().rows()
                        ? Positions.alongRows(rank, SIZE, BLOCKS, sizes, groupSize)
                        : Positions.flat(rank, SIZE, sizes, groupSize));
        text.append(body.statements());
        for (int out = 0; out < program.outputCount(); out++) {
            int k = reads + out;
            String store =
                    Dialect.store(key.types().get(k), "x" + k, positions[k], body.output(out));
            text.append("        ").append(store).append('\n');
        }
        text.append("    }\n}\n");
        return KernelSource.of("map", text.toString(), groupSize);
    }
}
