package org.gradus.kernels;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.gradus.device.Buffer;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.kernels.LoopSpace.Layout;

/** Copies elements between views, bit by bit, and sets elements to a value. */
public final class Copying {
    /** From this size on, groups go along the innermost axis. */
    private static final int LONG_AXIS = 64;

    private static final int SIZE = 0;
    private static final int BLOCKS = 1;
    private static final int TARGET = 2;
    private static final int SOURCE = 3;
    private static final int SIZES = 4;

    private record Key(int bytes, int rank, boolean fill, boolean rows, boolean wide) {}

    private final Launcher launcher;
    private final Map<Key, KernelSource> kernels = new ConcurrentHashMap<>();

    /** Creates what copies on a device. */
    public Copying(Launcher launcher) {
        this.launcher = launcher;
    }

    /** Copies as {@link org.gradus.device.Device#copyStrided} says. */
    public void copy(View source, View target) {
        run(source, target, 0);
    }

    /** Sets all elements of a view as {@link org.gradus.device.Device#fill} says. */
    public void fill(View target, double value) {
        run(null, target, bits(target.dtype(), value));
    }

    /** Returns the bits of an element of the given value. */
    private static long bits(DType dtype, double value) {
        float single = (float) value;
        return switch (dtype) {
            case F64 -> Double.doubleToRawLongBits(value);
            case F32 -> Float.floatToRawIntBits(single);
            case F16 -> Float.floatToFloat16(single);
            case BF16 -> brainFloat(single);
            case BOOL -> value != 0 ? 1 : 0;
            case U8, I32, I64 -> (long) value;
        };
    }

    /** Rounds to the nearest even number of 8 bits of precision; NaN stays NaN. */
    private static long brainFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        return Float.isNaN(value) ? 0x7fc0 : bits + 0x7fff + (bits >>> 16 & 1) >>> 16;
    }

    private void run(View source, View target, long value) {
        if (target.elements() == 0) {
            return;
        }
        boolean fill = source == null;
        List<View> views = fill ? List.of(target) : List.of(target, source);
        LoopSpace space = LoopSpace.of(target.shape(), views);
        int groupSize = launcher.limits().groupSize();
        boolean strided = space.layouts().stream().anyMatch(layout -> layout != Layout.CONTIGUOUS);
        boolean rows = strided && space.inner() >= LONG_AXIS;
        int rank = strided ? space.rank() : 0;
        boolean wide = LoopSpace.isWide(space.elements(), views);
        KernelSource kernel =
                kernels.computeIfAbsent(
                        new Key(target.dtype().bytes(), rank, fill, rows, wide),
                        key -> source(key, groupSize));

        long blocks = Positions.groups(space.inner(), groupSize);
        Words words = new Words().add(rows ? space.inner() : space.elements()).add(blocks);
        words.add(target.offset()).add(fill ? value : source.offset());
        for (int axis = 0; axis < rank; axis++) {
            words.add(space.size(axis));
        }
        for (int k = 0; k < views.size(); k++) {
            for (int axis = 0; axis < rank; axis++) {
                words.add(space.stride(k, axis));
            }
        }
        long groups =
                rows
                        ? space.elements() / space.inner() * blocks
                        : Positions.groups(space.elements(), groupSize);
        Buffer[] buffers = views.stream().map(View::buffer).toArray(Buffer[]::new);
        launcher.launch(kernel, groups, buffers, words.toArray());
    }

    private static KernelSource source(Key key, int groupSize) {
        String type =
                switch (key.bytes()) {
                    case 1 -> "u8";
                    case 2 -> "u16";
                    case 4 -> "u32";
                    default -> "u64";
                };
        int rank = key.rank();
        int words = SIZES + rank * (key.fill() ? 2 : 3);
        String to = Positions.offset("p", rank, SIZES + rank);
        String from = Positions.offset("p", rank, SIZES + 2 * rank);
        String dense = rank == 0 ? " + i" : "";
        String value =
                key.fill()
                        ? "(" + type + ")w.v[" + SOURCE + "]"
                        : "source[" + Positions.word(SOURCE) + dense + from + "]";
        String text =
                Positions.types(key.wide())
                        + "DEFINE_WORDS("
                        + words
                        + ")\n"
                        + "KERNEL(KERNEL_NAME, "
                        + groupSize
                        + ")(\n"
                        + "        GLOBAL "
                        + type
                        + " *target,\n"
                        + (key.fill() ? "" : "        GLOBAL const " + type + " *source,\n")
                        + "        const WORDS("
                        + words
                        + ") w) {\n"
                        + (key.rows()
                                ? Positions.alongRows(rank, SIZE, BLOCKS, SIZES, groupSize)
                                : Positions.flat(rank, SIZE, SIZES, groupSize))
                        + "        target["
                        + Positions.word(TARGET)
                        + dense
                        + to
                        + "] = "
                        + value
                        + ";\n    }\n}\n";
        return KernelSource.of(key.fill() ? "fill" : "copy", text, groupSize);
    }
}
