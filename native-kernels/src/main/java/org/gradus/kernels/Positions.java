package org.gradus.kernels;

/**
 * The text by which kernels turn a row-major linear index into a position along each axis, and a
 * position into an offset. Sizes and strides are words of the launch; {@code ix} is the type of
 * indices and {@code ux} its unsigned twin.
 */
final class Positions {
    private Positions() {}

    /** Returns the definition of the index types: of 64 bits where a kernel needs them. */
    static String types(boolean wide) {
        return wide ? "#define ix i64\n#define ux u64\n" : "#define ix i32\n#define ux u32\n";
    }

    /**
     * Returns statements that define the position along each of some axes.
     *
     * @param name of the positions: {@code p} defines {@code p0}, {@code p1}, ...
     * @param linear the expression of the linear index over these axes
     * @param firstSize the word of the outermost axis's size
     */
    static String define(String indent, String name, String linear, int axes, int firstSize) {
        StringBuilder text = new StringBuilder();
        if (axes == 0) {
            return "";
        }
        String rest = name + "_rest" + axes;
        line(text, indent, "const ux " + rest + " = (ux)(" + linear + ");");
        for (int axis = axes - 1; axis > 0; axis--) {
            String size = "(ux)w.v[" + (firstSize + axis) + "]";
            String outer = name + "_rest" + axis;
            line(text, indent, "const ux " + outer + " = " + rest + " / " + size + ";");
            line(
                    text,
                    indent,
                    "const ix "
                            + name
                            + axis
                            + " = (ix)("
                            + rest
                            + " - "
                            + outer
                            + " * "
                            + size
                            + ");");
            rest = outer;
        }
        line(text, indent, "const ix " + name + "0 = (ix)" + rest + ";");
        return text.toString();
    }

    /**
     * Returns the sum of positions times strides, the first term of which is a {@code +}; empty for
     * no axes.
     *
     * @param firstStride the word of the outermost axis's stride
     */
    static String offset(String name, int axes, int firstStride) {
        StringBuilder text = new StringBuilder();
        for (int axis = 0; axis < axes; axis++) {
            text.append(" + ").append(name).append(axis);
            text.append(" * ").append(word(firstStride + axis));
        }
        return text.toString();
    }

    /** Returns the expression of a word as an index. */
    static String word(int position) {
        return "(ix)w.v[" + position + "]";
    }

    /**
     * Returns the beginning of a kernel whose work-items have one element each: {@code i} is its
     * linear index and {@code p0}, {@code p1}, ... its position.
     *
     * @param size the word of the number of elements
     */
    static String flat(int axes, int size, int firstSize, int groupSize) {
        return "    const ix i = (ix)GROUP_ID * "
                + groupSize
                + " + LOCAL_ID;\n"
                + "    if (i < "
                + word(size)
                + ") {\n"
                + define("        ", "p", "i", axes, firstSize);
    }

    /**
     * Returns the beginning of a kernel whose groups go along the innermost axis, and so share the
     * position along the others.
     *
     * @param size the word of the innermost axis's size
     * @param blocks the word of the number of groups that it takes
     */
    static String alongRows(int axes, int size, int blocks, int firstSize, int groupSize) {
        String last = "p" + (axes - 1);
        return "    const ix row = (ix)(GROUP_ID / w.v["
                + blocks
                + "]);\n"
                + "    const ix "
                + last
                + " = (ix)(GROUP_ID % w.v["
                + blocks
                + "]) * "
                + groupSize
                + " + LOCAL_ID;\n"
                + define("    ", "p", "row", axes - 1, firstSize)
                + "    if ("
                + last
                + " < "
                + word(size)
                + ") {\n"
                + "        const ix i = row * "
                + word(size)
                + " + "
                + last
                + ";\n";
    }

    /** Returns the smallest number of groups whose work-items are at least as many as asked for. */
    static long groups(long items, int groupSize) {
        return Math.max(1, (items + groupSize - 1) / groupSize);
    }

    private static void line(StringBuilder text, String indent, String line) {
        text.append(indent).append(line).append('\n');
    }
}
