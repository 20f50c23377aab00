package org.gradus.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.gradus.device.Buffer;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/**
 * Picks elements along an axis by their index, and adds elements to where they were picked from.
 *
 * <p>To add is the same every time: one work-item owns a line of the target along the axis, or a
 * part of it, and goes through the line's sources in order. An index out of bounds is left in
 * {@link Launcher#indexFault}; nothing is read or written for it.
 */
public final class Indexing {
    private static final int SIZE = 0;
    private static final int AXIS = 1;
    private static final int AXIS_SIZE = 2;
    private static final int AXIS_STRIDE = 3;

    /** Offsets of the source, the index and the target. */
    private static final int OFFSETS = 4;

    private static final int GATHER_SIZES = 7;

    /** Adding needs the strides of source and index along the axis, its length and the parts. */
    private static final int SOURCE_STRIDE = 7;

    private static final int INDEX_STRIDE = 8;
    private static final int LENGTH = 9;
    private static final int PARTS = 10;
    private static final int PART_SIZE = 11;
    private static final int SCATTER_SIZES = 12;

    /** The targets of a line that a part has at least. */
    private static final int SMALLEST_PART = 16;

    /** The work-items per processor below which lines are cut into parts. */
    private static final int ITEMS_PER_UNIT = 32;

    private record Key(DType dtype, int rank, boolean adding, boolean wide) {}

    private final Launcher launcher;
    private final Map<Key, KernelSource> kernels = new ConcurrentHashMap<>();

    /** Creates what picks and adds on a device. */
    public Indexing(Launcher launcher) {
        this.launcher = launcher;
    }

    /** Picks as {@link org.gradus.device.Device#gather} says. */
    public void gather(View source, int axis, View index, View target) {
        if (target.elements() == 0) {
            return;
        }
        Shape shape = target.shape();
        int groupSize = launcher.limits().groupSize();
        long[] sourceStrides = source.strides().clone();
        long axisStride = sourceStrides[axis];
        // the position along the axis comes from the index alone
        sourceStrides[axis] = 0;
        LoopSpace space =
                LoopSpace.of(
                        shape.sizes(), List.of(sourceStrides, index.strides(), target.strides()));
        List<View> views = List.of(source, index, target);
        boolean wide = LoopSpace.isWide(space.elements(), views);
        KernelSource kernel =
                kernels.computeIfAbsent(
                        new Key(source.dtype(), space.rank(), false, wide),
                        key -> gatherSource(key, groupSize));
        Words words = new Words().add(space.elements()).add(axis);
        words.add(source.shape().size(axis)).add(axisStride);
        addSpace(words, views, space, false);
        launcher.launch(
                kernel,
                Positions.groups(space.elements(), groupSize),
                buffers(source, index, target),
                words.toArray());
    }

    /** Adds as {@link org.gradus.device.Device#scatterAdd} says. */
    public void scatterAdd(View source, int axis, View index, View target) {
        if (source.elements() == 0) {
            return;
        }
        int groupSize = launcher.limits().groupSize();
        int[] sizes = source.shape().with(axis, 1).sizes();
        LoopSpace space =
                LoopSpace.of(sizes, List.of(source.strides(), index.strides(), target.strides()));
        List<View> views = List.of(source, index, target);
        long lines = space.elements();
        long targets = target.shape().size(axis);
        long wanted = (long) launcher.limits().units() * ITEMS_PER_UNIT;
        long parts =
                Math.clamp(wanted / Math.max(lines, 1), 1, Math.max(1, targets / SMALLEST_PART));
        boolean wide = LoopSpace.isWide(lines * parts, views);
        KernelSource kernel =
                kernels.computeIfAbsent(
                        new Key(source.dtype(), space.rank(), true, wide),
                        key -> scatterSource(key, groupSize));
        Words words = new Words().add(lines * parts).add(axis);
        words.add(targets).add(target.strides()[axis]);
        views.forEach(view -> words.add(view.offset()));
        words.add(source.strides()[axis]).add(index.strides()[axis]);
        words.add(source.shape().size(axis)).add(parts).add((targets + parts - 1) / parts);
        addSpace(words, views, space, true);
        launcher.launch(
                kernel,
                Positions.groups(lines * parts, groupSize),
                buffers(source, index, target),
                words.toArray());
    }

    private Buffer[] buffers(View source, View index, View target) {
        return new Buffer[] {
            source.buffer(), index.buffer(), target.buffer(), launcher.indexFault()
        };
    }

    private static void addSpace(
            Words words, List<View> views, LoopSpace space, boolean hasOffsets) {
        if (!hasOffsets) {
            views.forEach(view -> words.add(view.offset()));
        }
        for (int axis = 0; axis < space.rank(); axis++) {
            words.add(space.size(axis));
        }
        for (int operand = 0; operand < views.size(); operand++) {
            for (int axis = 0; axis < space.rank(); axis++) {
                words.add(space.stride(operand, axis));
            }
        }
    }

    private static String beginning(Key key, int words, String type, int groupSize) {
        return Positions.types(key.wide())
                + "DEFINE_WORDS("
                + words
                + ")\n"
                + IndexFault.CHECK
                + "KERNEL(KERNEL_NAME, "
                + groupSize
                + ")(\n"
                + "        GLOBAL const "
                + type
                + " *source, GLOBAL const i64 *index,\n"
                + "        GLOBAL "
                + type
                + " *target, GLOBAL i32 *fault,\n"
                + "        const WORDS("
                + words
                + ") w) {\n";
    }

    private static String offset(Key key, int operand, int sizes) {
        int strides = sizes + (operand + 1) * key.rank();
        return Positions.word(OFFSETS + operand) + Positions.offset("p", key.rank(), strides);
    }

    private static String checked(String indent) {
        return indent
                + "if (index_is_valid(at, w.v["
                + AXIS_SIZE
                + "], w.v["
                + AXIS
                + "], fault)) {\n";
    }

    private static KernelSource gatherSource(Key key, int groupSize) {
        int words = GATHER_SIZES + 4 * key.rank();
        List<String> lines = new ArrayList<>();
        lines.add("        const i64 at = index[" + offset(key, 1, GATHER_SIZES) + "];");
        lines.add(checked("        ").stripTrailing());
        lines.add("            target[" + offset(key, 2, GATHER_SIZES) + "] =");
        lines.add(
                "                source["
                        + offset(key, 0, GATHER_SIZES)
                        + " + (ix)at * "
                        + Positions.word(AXIS_STRIDE)
                        + "];");
        lines.add("        }");
        lines.add("    }");
        lines.add("}");
        String text =
                beginning(key, words, Dialect.storage(key.dtype()), groupSize)
                        + Positions.flat(key.rank(), SIZE, GATHER_SIZES, groupSize)
                        + String.join("\n", lines)
                        + "\n";
        return KernelSource.of("gather", text, groupSize);
    }

    private static KernelSource scatterSource(Key key, int groupSize) {
        DType dtype = key.dtype();
        int words = SCATTER_SIZES + 4 * key.rank();
        String sum =
                dtype.isFloating()
                        ? "a + b"
                        : dtype == DType.BOOL ? "a | b" : "add_" + dtype.computeType() + "(a, b)";
        String text =
                beginning(key, words, Dialect.storage(dtype), groupSize)
                        + "    const ix item = (ix)GROUP_ID * "
                        + groupSize
                        + " + LOCAL_ID;\n"
                        + "    if (item < "
                        + Positions.word(SIZE)
                        + ") {\n"
                        + "        const ix part = item % "
                        + Positions.word(PARTS)
                        + ";\n"
                        + "        const ix i = item / "
                        + Positions.word(PARTS)
                        + ";\n"
                        + "        const i64 first = part * w.v["
                        + PART_SIZE
                        + "];\n"
                        + "        const i64 end = first + w.v["
                        + PART_SIZE
                        + "];\n"
                        + Positions.define("        ", "p", "i", key.rank(), SCATTER_SIZES)
                        + "        ix from = "
                        + offset(key, 0, SCATTER_SIZES)
                        + ";\n"
                        + "        ix from_index = "
                        + offset(key, 1, SCATTER_SIZES)
                        + ";\n"
                        + "        const ix to = "
                        + offset(key, 2, SCATTER_SIZES)
                        + ";\n"
                        + "        for (ix n = 0; n < "
                        + Positions.word(LENGTH)
                        + "; n++) {\n"
                        + "            const i64 at = index[from_index];\n"
                        + checked("            ")
                        + "                if (at >= first && at < end) {\n"
                        + "                    const ix place = to + (ix)at * "
                        + Positions.word(AXIS_STRIDE)
                        + ";\n"
                        + "                    const "
                        + Dialect.register(dtype)
                        + " a = "
                        + Dialect.load(dtype, "target", "place")
                        + ";\n"
                        + "                    const "
                        + Dialect.register(dtype)
                        + " b = "
                        + Dialect.load(dtype, "source", "from")
                        + ";\n"
                        + "                    "
                        + Dialect.store(dtype, "target", "place", sum)
                        + "\n                }\n            }\n"
                        + "            from += "
                        + Positions.word(SOURCE_STRIDE)
                        + ";\n"
                        + "            from_index += "
                        + Positions.word(INDEX_STRIDE)
                        + ";\n"
                        + "        }\n    }\n}\n";
        return KernelSource.of("scatter_add", text, groupSize);
    }
}
