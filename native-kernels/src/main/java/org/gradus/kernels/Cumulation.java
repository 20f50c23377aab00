package org.gradus.kernels;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.gradus.device.Buffer;
import org.gradus.device.CumulateOp;
import org.gradus.device.View;
import org.gradus.dtype.DType;

/**
 * Running totals along an axis. A work-item goes along a line; where there are few and long lines
 * they are cut into chunks: their totals are computed first, then what comes before each of them.
 *
 * <p>Totals are kept in double precision where the device has it, integers in 64 bits.
 *
 * <p>Words: the number of lines and of chunks, the lengths of a line and of a chunk, stride and
 * offset of input and output, sizes and strides of the other axes.
 */
public final class Cumulation {
    private static final int LINES = 0;
    private static final int CHUNKS = 1;
    private static final int LENGTH = 2;
    private static final int CHUNK = 3;
    private static final int INPUT = 4;
    private static final int OUTPUT = 6;
    private static final int SIZES = 8;

    private static final int CHUNK_LENGTH = 256;
    private static final int LONG_LINE = 4 * CHUNK_LENGTH;
    private static final int MANY_LINES = 4096;

    /** The kernels of a running total. */
    private enum Step {
        /** Totals of chunks. */
        TOTAL,
        /** What comes before each chunk, in place of its total. */
        BEFORE,
        /** The running totals themselves. */
        RUN
    }

    private record Key(
            CumulateOp op, Step step, DType input, DType output, int rank, boolean chunked) {}

    private final Launcher launcher;
    private final Map<Key, KernelSource> kernels = new ConcurrentHashMap<>();

    /** Creates what computes running totals on a device. */
    public Cumulation(Launcher launcher) {
        this.launcher = launcher;
    }

    /** Computes as {@link org.gradus.device.Device#cumulate} says. */
    public void cumulate(CumulateOp op, View input, View output, int axis) {
        if (input.elements() == 0) {
            return;
        }
        int length = input.shape().size(axis);
        LoopSpace space =
                LoopSpace.of(
                        input.shape().with(axis, 1).sizes(),
                        List.of(input.strides(), output.strides()));
        long lines = space.elements();
        boolean chunked = length > LONG_LINE && lines < MANY_LINES;
        long chunks = chunked ? (length + CHUNK_LENGTH - 1) / CHUNK_LENGTH : 1;
        Words words = new Words().add(lines).add(chunks).add(length);
        words.add(chunked ? CHUNK_LENGTH : length);
        words.add(input.strides()[axis]).add(input.offset());
        words.add(output.strides()[axis]).add(output.offset());
        for (int other = 0; other < space.rank(); other++) {
            words.add(space.size(other));
        }
        for (int operand = 0; operand < 2; operand++) {
            for (int other = 0; other < space.rank(); other++) {
                words.add(space.stride(operand, other));
            }
        }
        long[] values = words.toArray();
        Key run = new Key(op, Step.RUN, input.dtype(), output.dtype(), space.rank(), chunked);
        if (!chunked) {
            launch(run, lines, new Buffer[] {input.buffer(), output.buffer()}, values);
            return;
        }
        DType accumulator = accumulator(input.dtype(), output.dtype());
        Buffer totals = launcher.allocate(accumulator, lines * chunks);
        Key total = new Key(op, Step.TOTAL, run.input(), run.output(), space.rank(), true);
        Key before = new Key(op, Step.BEFORE, run.input(), run.output(), space.rank(), true);
        launch(total, lines * chunks, new Buffer[] {input.buffer(), totals}, values);
        launch(before, lines, new Buffer[] {totals}, values);
        launch(run, lines * chunks, new Buffer[] {input.buffer(), output.buffer(), totals}, values);
        totals.release();
    }

    private void launch(Key key, long items, Buffer[] buffers, long[] words) {
        int groupSize = launcher.limits().groupSize();
        KernelSource kernel = kernels.computeIfAbsent(key, k -> source(k, words.length, groupSize));
        launcher.launch(kernel, Positions.groups(items, groupSize), buffers, words);
    }

    private DType accumulator(DType input, DType output) {
        if (!input.isFloating() && !output.isFloating()) {
            return DType.I64;
        }
        return launcher.limits().doublePrecision() ? DType.F64 : DType.F32;
    }

    private KernelSource source(Key key, int words, int groupSize) {
        DType accumulator = accumulator(key.input(), key.output());
        String type = Dialect.register(accumulator);
        boolean sum = key.op() == CumulateOp.SUM;
        String combined =
                accumulator.isFloating()
                        ? (sum ? "total + x" : "total * x")
                        : (sum ? "add_i64(total, x)" : "multiply_i64(total, x)");
        String items =
                key.step() == Step.BEFORE
                        ? "w.v[" + LINES + "]"
                        : "w.v[" + LINES + "] * w.v[" + CHUNKS + "]";
        StringBuilder text = new StringBuilder(Positions.types(true));
        text.append("DEFINE_WORDS(").append(words).append(")\n");
        text.append("KERNEL(KERNEL_NAME, ").append(groupSize).append(")(\n");
        if (key.step() != Step.BEFORE) {
            text.append("        GLOBAL const ").append(Dialect.storage(key.input()));
            text.append(" *input,\n");
        }
        if (key.step() == Step.RUN) {
            text.append("        GLOBAL ").append(Dialect.storage(key.output()));
            text.append(" *output,\n");
        }
        if (key.step() != Step.RUN || key.chunked()) {
            text.append("        GLOBAL ").append(type).append(" *totals,\n");
        }
        text.append("        const WORDS(").append(words).append(") w) {\n");
        text.append("    const ix i = GROUP_ID * ").append(groupSize).append(" + LOCAL_ID;\n");
        text.append("    if (i < ").append(items).append(") {\n");
        if (key.step() == Step.BEFORE) {
            text.append("        ").append(type).append(sum ? " total = 0;\n" : " total = 1;\n");
            text.append("        for (ix n = 0; n < w.v[").append(CHUNKS).append("]; n++) {\n");
            text.append("            const ix at = i * w.v[").append(CHUNKS).append("] + n;\n");
            text.append("            const ").append(type).append(" x = totals[at];\n");
            text.append("            totals[at] = total;\n");
            text.append("            total = ").append(combined).append(";\n        }\n");
        } else {
            text.append(alongChunk(key, type, accumulator, combined));
        }
        text.append("    }\n}\n");
        return KernelSource.of("cumulate", text.toString(), groupSize);
    }

    private static String alongChunk(Key key, String type, DType accumulator, String combined) {
        boolean run = key.step() == Step.RUN;
        String neutral = key.op() == CumulateOp.SUM ? "0" : "1";
        String value = Dialect.load(key.input(), "input", "from");
        StringBuilder text = new StringBuilder();
        text.append("        const ix line = i / w.v[").append(CHUNKS).append("];\n");
        text.append("        const ix chunk = i % w.v[").append(CHUNKS).append("];\n");
        text.append(Positions.define("        ", "p", "line", key.rank(), SIZES));
        text.append("        const ix first = chunk * w.v[").append(CHUNK).append("];\n");
        text.append("        const ix rest = w.v[").append(LENGTH).append("] - first;\n");
        text.append("        const ix count = rest < w.v[").append(CHUNK);
        text.append("] ? rest : w.v[").append(CHUNK).append("];\n");
        text.append(position("from", INPUT, Positions.offset("p", key.rank(), SIZES + key.rank())));
        if (run) {
            String strides = Positions.offset("p", key.rank(), SIZES + 2 * key.rank());
            text.append(position("to", OUTPUT, strides));
        }
        text.append("        ").append(type).append(" total = ");
        text.append(run && key.chunked() ? "totals[i]" : neutral).append(";\n");
        text.append("        for (ix n = 0; n < count; n++) {\n");
        text.append("            const ").append(type).append(" x = ");
        text.append(Dialect.cast(value, key.input(), accumulator)).append(";\n");
        text.append("            total = ").append(combined).append(";\n");
        if (run) {
            String result = Dialect.cast("total", accumulator, key.output());
            text.append("            ");
            text.append(Dialect.store(key.output(), "output", "to", result)).append('\n');
            text.append("            to += w.v[").append(OUTPUT).append("];\n");
        }
        text.append("            from += w.v[").append(INPUT).append("];\n        }\n");
        if (!run) {
            text.append("        totals[i] = total;\n");
        }
        return text.toString();
    }

    private static String position(String name, int stride, String others) {
        return "        ix "
                + name
                + " = w.v["
                + (stride + 1)
                + "] + first * w.v["
                + stride
                + "]"
                + others
                + ";\n";
    }
}
