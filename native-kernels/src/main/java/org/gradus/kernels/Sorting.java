package org.gradus.kernels;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.gradus.device.Buffer;
import org.gradus.device.View;
import org.gradus.dtype.DType;

/**
 * Sorts along an axis by merging runs of doubling length. Elements become integer keys of the same
 * order, NaN the largest; for descending order the keys are complemented. In each step a work-item
 * finds the place of one element: its own in its run, plus that among the other run's elements.
 *
 * <p>Cost: one pass over the keys for each doubling beyond 16 elements, with a binary search each.
 */
public final class Sorting {
    private static final int RUN = 16;

    /** Words of all steps: the number of work-items, the length of a line, the width of a run. */
    private static final int ITEMS = 0;

    private static final int LENGTH = 1;
    private static final int WIDTH = 2;

    /** Offset and stride along the axis of the input, the values and the indices. */
    private static final int VIEWS = 3;

    private static final int SIZES = 9;

    private record Key(DType dtype, boolean descending, int rank) {}

    /** The kernels of a sort: what makes keys and short runs, what merges, what writes results. */
    private record Steps(KernelSource begin, KernelSource merge, KernelSource end) {}

    private final Launcher launcher;
    private final Map<Key, Steps> kernels = new ConcurrentHashMap<>();

    /** Creates what sorts on a device. */
    public Sorting(Launcher launcher) {
        this.launcher = launcher;
    }

    /** Sorts as {@link org.gradus.device.Device#sort} says. */
    public void sort(View input, View values, View indices, int axis, boolean descending) {
        if (input.elements() == 0) {
            return;
        }
        int groupSize = launcher.limits().groupSize();
        int length = input.shape().size(axis);
        List<View> views = List.of(input, values, indices);
        LoopSpace space =
                LoopSpace.of(
                        input.shape().with(axis, 1).sizes(),
                        views.stream().map(View::strides).toList());
        Steps steps =
                kernels.computeIfAbsent(
                        new Key(input.dtype(), descending, space.rank()),
                        key ->
                                new Steps(
                                        begin(key, groupSize),
                                        merge(groupSize),
                                        end(key, groupSize)));
        Words words = new Words().add(0).add(length).add(0);
        for (View view : views) {
            words.add(view.offset()).add(view.strides()[axis]);
        }
        for (int other = 0; other < space.rank(); other++) {
            words.add(space.size(other));
        }
        for (int operand = 0; operand < views.size(); operand++) {
            for (int other = 0; other < space.rank(); other++) {
                words.add(space.stride(operand, other));
            }
        }
        long[] arguments = words.toArray();

        long elements = input.elements();
        Buffer keys = launcher.allocate(DType.I64, elements);
        Buffer order = launcher.allocate(DType.I32, elements);
        Buffer otherKeys = launcher.allocate(DType.I64, elements);
        Buffer otherOrder = launcher.allocate(DType.I32, elements);
        long runs = space.elements() * ((length + RUN - 1) / RUN);
        launch(steps.begin(), runs, 0, arguments, input.buffer(), keys, order);
        for (long width = RUN; width < length; width *= 2) {
            launch(
                    steps.merge(),
                    elements,
                    width,
                    new long[] {0, length, 0},
                    keys,
                    order,
                    otherKeys,
                    otherOrder);
            Buffer swap = keys;
            keys = otherKeys;
            otherKeys = swap;
            swap = order;
            order = otherOrder;
            otherOrder = swap;
        }
        launch(
                steps.end(),
                elements,
                0,
                arguments,
                input.buffer(),
                order,
                values.buffer(),
                indices.buffer());
        List.of(keys, order, otherKeys, otherOrder).forEach(Buffer::release);
    }

    private void launch(
            KernelSource kernel, long items, long width, long[] arguments, Buffer... buffers) {
        long[] words = arguments.clone();
        words[ITEMS] = items;
        words[WIDTH] = width;
        launcher.launch(kernel, Positions.groups(items, kernel.groupSize()), buffers, words);
    }

    private static String beginning(int words, String arguments, int groupSize) {
        return Positions.types(true)
                + "DEFINE_WORDS("
                + words
                + ")\n"
                + "KERNEL(KERNEL_NAME, "
                + groupSize
                + ")(\n"
                + "        "
                + arguments
                + ",\n"
                + "        const WORDS("
                + words
                + ") w) {\n"
                + "    const ix item = GROUP_ID * "
                + groupSize
                + " + LOCAL_ID;\n"
                + "    if (item < w.v["
                + ITEMS
                + "]) {\n";
    }

    private static int words(int rank) {
        return SIZES + 4 * rank;
    }

    /** Returns the offset of a view's line, without what its place along the axis adds. */
    private static String line(int view, int rank) {
        return "w.v["
                + (VIEWS + 2 * view)
                + "]"
                + Positions.offset("p", rank, SIZES + (view + 1) * rank);
    }

    private static KernelSource begin(Key key, int groupSize) {
        DType dtype = key.dtype();
        boolean wide = dtype == DType.F64;
        // the order of doubles is that of their bits, which every device can tell
        String type = wide ? "i64" : Dialect.storage(dtype);
        String arguments = "GLOBAL const " + type + " *input, GLOBAL i64 *keys, GLOBAL i32 *order";
        String element = "start + (first + n) * w.v[" + (VIEWS + 1) + "]";
        String value = Dialect.load(wide ? DType.I64 : dtype, "input", element);
        String text =
                """
                /* integers of the order of the numbers: zeros are equal, NaN is the largest */
                FN i64 key_f32(float x) {
                    const i32 bits = x != x ? 0x7fc00000 : x == 0 ? 0 : (i32)f32_bits(x);
                    return bits ^ ((bits >> 31) & I32_MAX);
                }
                FN i64 key_f64(i64 bits) {
                    const i64 size = bits & I64_MAX;
                    const i64 one = size > C_I64(0x7ff0000000000000) ? C_I64(0x7ff8000000000000)
                        : size == 0 ? 0 : bits;
                    return one ^ ((one >> 63) & I64_MAX);
                }
                """
                        + beginning(words(key.rank()), arguments, groupSize)
                        + "        const ix length = w.v["
                        + LENGTH
                        + "];\n"
                        + "        const ix runs = (length + "
                        + (RUN - 1)
                        + ") / "
                        + RUN
                        + ";\n"
                        + "        const ix line = item / runs;\n"
                        + "        const ix first = item % runs * "
                        + RUN
                        + ";\n"
                        + "        const ix count = length - first < "
                        + RUN
                        + " ? length - first : "
                        + RUN
                        + ";\n"
                        + Positions.define("        ", "p", "line", key.rank(), SIZES)
                        + "        const ix start = "
                        + line(0, key.rank())
                        + ";\n"
                        + "        const ix to = line * length + first;\n"
                        + "        for (ix n = 0; n < count; n++) {\n"
                        + "            const i64 key = "
                        + (key.descending() ? "~" : "")
                        + (wide ? "key_f64(" : dtype.isFloating() ? "key_f32(" : "(i64)(")
                        + value
                        + ");\n"
                        + "            ix at = to + n;\n"
                        + "            for (; at > to && keys[at - 1] > key; at--) {\n"
                        + "                keys[at] = keys[at - 1];\n"
                        + "                order[at] = order[at - 1];\n"
                        + "            }\n"
                        + "            keys[at] = key;\n"
                        + "            order[at] = (i32)(first + n);\n"
                        + "        }\n    }\n}\n";
        return KernelSource.of("sort_runs", text, groupSize);
    }

    private static KernelSource merge(int groupSize) {
        String arguments =
                "GLOBAL const i64 *keys, GLOBAL const i32 *order,\n"
                        + "        GLOBAL i64 *merged_keys, GLOBAL i32 *merged_order";
        String text =
                beginning(3, arguments, groupSize)
                        + "        const ix length = w.v["
                        + LENGTH
                        + "];\n"
                        + "        const ix width = w.v["
                        + WIDTH
                        + "];\n"
                        + """
                                const ix line = item / length * length;
                                const ix i = item - line;
                                const ix start = i / (2 * width) * (2 * width);
                                const ix middle = start + width < length ? start + width : length;
                                const ix end = middle + width < length ? middle + width : length;
                                const i32 is_left = i < middle;
                                const i64 key = keys[item];
                                /* of equal keys those of the left run come first */
                                ix low = is_left ? middle : start;
                                ix high = is_left ? end : middle;
                                const ix other = low;
                                while (low < high) {
                                    const ix half_way = low + (high - low) / 2;
                                    const i64 x = keys[line + half_way];
                                    if (x < key || (!is_left && x == key)) {
                                        low = half_way + 1;
                                    } else {
                                        high = half_way;
                                    }
                                }
                                const ix before = low - other;
                                const ix to = line + start + before + i - (is_left ? start : middle);
                                merged_keys[to] = key;
                                merged_order[to] = order[item];
                            }
                        }
                        """;
        return KernelSource.of("sort_merge", text, groupSize);
    }

    private static KernelSource end(Key key, int groupSize) {
        String type = key.dtype() == DType.F64 ? "i64" : Dialect.storage(key.dtype());
        String arguments =
                "GLOBAL const "
                        + type
                        + " *input, GLOBAL const i32 *order,\n"
                        + "        GLOBAL "
                        + type
                        + " *values, GLOBAL i64 *indices";
        String text =
                beginning(words(key.rank()), arguments, groupSize)
                        + "        const ix line = item / w.v["
                        + LENGTH
                        + "];\n"
                        + "        const ix n = item % w.v["
                        + LENGTH
                        + "];\n"
                        + Positions.define("        ", "p", "line", key.rank(), SIZES)
                        + "        const i64 from = order[item];\n"
                        + "        values["
                        + line(1, key.rank())
                        + " + n * w.v["
                        + (VIEWS + 3)
                        + "]] =\n"
                        + "            input["
                        + line(0, key.rank())
                        + " + from * w.v["
                        + (VIEWS + 1)
                        + "]];\n"
                        + "        indices["
                        + line(2, key.rank())
                        + " + n * w.v["
                        + (VIEWS + 5)
                        + "]] = from;\n    }\n}\n";
        return KernelSource.of("sort_end", text, groupSize);
    }
}
