package org.gradus.kernels;

import java.util.List;
import org.gradus.device.ReduceOp;
import org.gradus.dtype.DType;
import org.gradus.expr.Program;

/**
 * The text of a reduction with a pointwise program before it.
 *
 * <p>Words: the number of results, of elements per result and per chunk; the distance between
 * chunks in the output; offsets of the output and the inputs; sizes of the kept and the reduced
 * axes; strides of the output, the inputs and the linear index on the kept axes, and of all but the
 * output on the reduced ones; scalars.
 */
final class ReductionText {
    private static final int RESULTS = 0;
    private static final int ELEMENTS = 1;
    private static final int CHUNK = 2;
    private static final int CHUNK_STRIDE = 3;
    private static final int OFFSETS = 4;

    /** Sums add so many elements before they are added to the total. */
    private static final int BLOCK = 32;

    private final ReduceOp op;
    private final Program program;
    private final DType accumulator;
    private final List<DType> inputs;
    private final DType output;
    private final int keptAxes;
    private final int reducedAxes;
    private final int groupSize;
    private final boolean indexed;
    private final int keptSizes;
    private final int reducedSizes;
    private final int keptStrides;
    private final int reducedStrides;
    private final int scalars;

    ReductionText(
            ReduceOp op,
            Program program,
            DType accumulator,
            List<DType> inputs,
            DType output,
            int keptAxes,
            int reducedAxes,
            int groupSize) {
        this.op = op;
        this.program = program;
        this.accumulator = accumulator;
        this.inputs = inputs;
        this.output = output;
        this.keptAxes = keptAxes;
        this.reducedAxes = reducedAxes;
        this.groupSize = groupSize;
        this.indexed = ProgramText.usesIndex(program);
        int operands = inputs.size() + (indexed ? 1 : 0);
        this.keptSizes = OFFSETS + 1 + inputs.size();
        this.reducedSizes = keptSizes + keptAxes;
        this.keptStrides = reducedSizes + reducedAxes;
        this.reducedStrides = keptStrides + (operands + 1) * keptAxes;
        this.scalars = reducedStrides + operands * reducedAxes;
    }

    /**
     * Returns the kernel.
     *
     * @param byGroup whether a group reduces the elements of one result, else a work-item
     * @param partial whether positions are stored beside the values
     * @param merging whether positions come with the input, in a second one
     * @param wide whether indices have 64 bits
     */
    KernelSource source(boolean byGroup, boolean partial, boolean merging, boolean wide) {
        String type = Dialect.register(accumulator);
        int words = scalars + program.scalarTypes().size();
        boolean position = op.isPosition();
        StringBuilder text = new StringBuilder(Positions.types(wide));
        text.append("DEFINE_WORDS(").append(words).append(")\n");
        text.append("#define acc ").append(type).append('\n');
        text.append(combination());
        text.append("KERNEL(KERNEL_NAME, ").append(groupSize).append(")(\n");
        text.append("        GLOBAL ").append(Dialect.storage(output)).append(" *y,\n");
        if (partial) {
            text.append("        GLOBAL i64 *y_position,\n");
        }
        for (int k = 0; k < inputs.size(); k++) {
            text.append("        GLOBAL const ").append(Dialect.storage(inputs.get(k)));
            text.append(" *x").append(k).append(",\n");
        }
        text.append("        const WORDS(").append(words).append(") w) {\n");
        text.append(byGroup ? groupBeginning(position) : itemBeginning());
        text.append(Positions.define("    ", "p", "m", keptAxes, keptSizes));
        for (int k = 0; k < inputs.size() + (indexed ? 1 : 0); k++) {
            String offset = k < inputs.size() ? Positions.word(OFFSETS + 1 + k) : "0";
            text.append("    const ix b").append(k).append(" = ").append(offset);
            text.append(Positions.offset("p", keptAxes, keptStrides + (k + 1) * keptAxes));
            text.append(";\n");
        }
        text.append("    const ix end = chunk + 1 < chunks ? (chunk + 1) * ")
                .append(Positions.word(CHUNK))
                .append(" : ")
                .append(Positions.word(ELEMENTS))
                .append(";\n");
        text.append(loop(byGroup, merging));
        if (byGroup) {
            text.append(position ? groupPosition() : groupValue());
        } else if (position) {
            text.append("    const i64 best = total_position;\n");
        }
        text.append(byGroup ? "    if (LOCAL_ID == 0) {\n" : "    if (inside) {\n");
        String at =
                Positions.word(OFFSETS)
                        + Positions.offset("p", keptAxes, keptStrides)
                        + " + chunk * "
                        + Positions.word(CHUNK_STRIDE);
        text.append("        const ix to = ").append(at).append(";\n");
        String value =
                position && !partial
                        ? Dialect.cast("best", DType.I64, output)
                        : Dialect.cast("total", accumulator, output);
        text.append("        ").append(Dialect.store(output, "y", "to", value)).append('\n');
        if (partial) {
            text.append("        y_position[to] = best;\n");
        }
        text.append("    }\n}\n");
        return KernelSource.of("reduce", text.toString(), groupSize);
    }

    private static String chunks() {
        return "    const ix chunks = ("
                + Positions.word(ELEMENTS)
                + " + "
                + Positions.word(CHUNK)
                + " - 1) / ("
                + Positions.word(CHUNK)
                + " > 0 ? "
                + Positions.word(CHUNK)
                + " : 1);\n";
    }

    private String groupBeginning(boolean position) {
        return "    LOCAL_ARRAY(acc, s, "
                + groupSize
                + ");\n"
                + (position ? "    LOCAL_ARRAY(i64, s_position, " + groupSize + ");\n" : "")
                + chunks()
                + "    const ix chunk = (ix)(GROUP_ID / w.v["
                + RESULTS
                + "]);\n"
                + "    const ix m = (ix)(GROUP_ID % w.v["
                + RESULTS
                + "]);\n";
    }

    private String itemBeginning() {
        return chunks()
                + "    const ix blocks = ("
                + Positions.word(RESULTS)
                + " + "
                + (groupSize - 1)
                + ") / "
                + groupSize
                + ";\n"
                + "    const ix chunk = (ix)(GROUP_ID / blocks);\n"
                + "    const ix item = (ix)(GROUP_ID % blocks) * "
                + groupSize
                + " + LOCAL_ID;\n"
                + "    const i32 inside = item < "
                + Positions.word(RESULTS)
                + ";\n"
                // those beyond the end reduce the last result once more and drop it
                + "    const ix m = inside ? item : "
                + Positions.word(RESULTS)
                + " - 1;\n";
    }

    private String loop(boolean byGroup, boolean merging) {
        String first = "chunk * " + Positions.word(CHUNK) + (byGroup ? " + LOCAL_ID" : "");
        int step = byGroup ? groupSize : 1;
        StringBuilder text = new StringBuilder();
        text.append("    acc total = ").append(neutral()).append(";\n");
        if (op.isPosition()) {
            text.append("    i64 total_position = -1;\n");
            text.append("    for (ix r = ").append(first).append("; r < end; r += ").append(step);
            text.append(") {\n").append(element("        "));
            text.append("        const i64 at = ");
            text.append(
                    merging
                            ? "x1[b1" + Positions.offset("q", reducedAxes, stridesOf(1)) + "]"
                            : "r");
            text.append(";\n        if (is_before(x, at, total, total_position)) {\n");
            text.append("            total = x;\n            total_position = at;\n        }\n");
            text.append("    }\n");
        } else if (op == ReduceOp.SUM && accumulator.isFloating()) {
            text.append("    for (ix r = ").append(first).append("; r < end;) {\n");
            text.append("        acc part = 0;\n");
            text.append("        for (i32 n = 0; n < ").append(BLOCK);
            text.append(" && r < end; n++, r += ").append(step).append(") {\n");
            text.append(element("            "));
            text.append("            part = combine(part, x);\n        }\n");
            text.append("        total = combine(total, part);\n    }\n");
        } else {
            text.append("    for (ix r = ").append(first).append("; r < end; r += ").append(step);
            text.append(") {\n").append(element("        "));
            text.append("        total = combine(total, x);\n    }\n");
        }
        return text.toString();
    }

    private int stridesOf(int operand) {
        return reducedStrides + operand * reducedAxes;
    }

    /** Returns statements that define {@code x}, the element at {@code r}. */
    private String element(String indent) {
        String index =
                "b" + inputs.size() + Positions.offset("q", reducedAxes, stridesOf(inputs.size()));
        ProgramText body =
                new ProgramText(
                        program,
                        indent,
                        k ->
                                Dialect.load(
                                        inputs.get(k),
                                        "x" + k,
                                        "b" + k + Positions.offset("q", reducedAxes, stridesOf(k))),
                        index,
                        scalars);
        String value = Dialect.cast(body.output(0), program.outputTypes().get(0), accumulator);
        return Positions.define(indent, "q", "r", reducedAxes, reducedSizes)
                + body.statements()
                + indent
                + "const acc x = "
                + value
                + ";\n";
    }

    private String neutral() {
        boolean floating = accumulator.isFloating();
        return switch (op) {
            case SUM, ARGMAX, ARGMIN -> "0";
            case PRODUCT -> "1";
            case MAXIMUM -> floating ? "-" + infinity() : "I64_MIN";
            case MINIMUM -> floating ? infinity() : "I64_MAX";
        };
    }

    private String infinity() {
        return accumulator == DType.F64 ? "F64_INFINITY" : "F32_INFINITY";
    }

    private String combination() {
        String suffix = accumulator.toString();
        boolean floating = accumulator.isFloating();
        return switch (op) {
            case SUM -> combine(floating ? "a + b" : "add_i64(a, b)");
            case PRODUCT -> combine(floating ? "a * b" : "multiply_i64(a, b)");
            case MAXIMUM -> combine("maximum_" + suffix + "(a, b)");
            case MINIMUM -> combine("minimum_" + suffix + "(a, b)");
            case ARGMAX, ARGMIN -> {
                String order = op == ReduceOp.ARGMAX ? ">" : "<";
                String body =
                        floating
                                ? """
                                    const i32 a_nan = a != a;
                                    const i32 b_nan = b != b;
                                    const i32 same = a == b || (a_nan && b_nan);
                                    const i32 beyond = !b_nan && (a_nan || a %s b);
                                """
                                : """
                                    const i32 same = a == b;
                                    const i32 beyond = a %s b;
                                """;
                yield "/* NaN comes before all, and of equal ones the first; -1 is none */\n"
                        + "FN i32 is_before(acc a, i64 a_at, acc b, i64 b_at) {\n"
                        + body.formatted(order)
                        + "    return a_at >= 0 && (b_at < 0 || beyond || (same && a_at < b_at));\n"
                        + "}\n";
            }
        };
    }

    private static String combine(String expression) {
        return "FN acc combine(acc a, acc b) { return " + expression + "; }\n";
    }

    private String groupValue() {
        return "    s[LOCAL_ID] = total;\n    BARRIER();\n"
                + "    for (i32 n = "
                + groupSize / 2
                + "; n > 0; n >>= 1) {\n"
                + "        if (LOCAL_ID < n) {\n"
                + "            s[LOCAL_ID] = combine(s[LOCAL_ID], s[LOCAL_ID + n]);\n"
                + "        }\n        BARRIER();\n    }\n"
                + "    total = s[0];\n";
    }

    private String groupPosition() {
        return "    s[LOCAL_ID] = total;\n    s_position[LOCAL_ID] = total_position;\n"
                + "    BARRIER();\n"
                + "    for (i32 n = "
                + groupSize / 2
                + "; n > 0; n >>= 1) {\n"
                + "        if (LOCAL_ID < n && is_before(s[LOCAL_ID + n],"
                + " s_position[LOCAL_ID + n],\n"
                + "                s[LOCAL_ID], s_position[LOCAL_ID])) {\n"
                + "            s[LOCAL_ID] = s[LOCAL_ID + n];\n"
                + "            s_position[LOCAL_ID] = s_position[LOCAL_ID + n];\n"
                + "        }\n        BARRIER();\n    }\n"
                + "    total = s[0];\n    const i64 best = s_position[0];\n";
    }
}
