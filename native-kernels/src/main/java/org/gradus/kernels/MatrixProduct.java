package org.gradus.kernels;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.gradus.device.Buffer;
import org.gradus.device.MatmulOptions;
import org.gradus.device.View;
import org.gradus.dtype.DType;

/**
 * Multiplies matrices: a group computes a tile of the output from tiles of the factors in local
 * memory, and a work-item 8 by 8 elements of it in registers.
 *
 * <p>Cost: 2 m n k operations; each factor is read from memory once for every 64 rows or columns of
 * the output. 16-bit types are widened when their tiles are loaded, and accumulated in {@code F32}.
 */
public final class MatrixProduct {
    private static final int TILE = 64;
    private static final int SMALL_TILE = 16;
    private static final int DEPTH = 16;
    private static final int BLOCK = 8;

    /** The strides of the batch axes are arguments; more than so many are copied together. */
    private static final int MAX_BATCH_AXES = 16;

    /** Along which axis a matrix's elements are neighbours: a work-item's load follows it. */
    private enum Order {
        BY_ROWS,
        BY_COLUMNS,
        OTHER;

        static Order of(View matrix) {
            int rank = matrix.shape().rank();
            if (matrix.strides()[rank - 1] == 1) {
                return BY_ROWS;
            }
            return matrix.strides()[rank - 2] == 1 ? BY_COLUMNS : OTHER;
        }

        /** Returns the distance between rows: a number where it is known. */
        String rowStride(int word) {
            return this == BY_COLUMNS ? "1" : "w.v[" + word + "]";
        }

        /** Returns the distance between columns. */
        String columnStride(int word) {
            return this == BY_ROWS ? "1" : "w.v[" + word + "]";
        }
    }

    /**
     * What a kernel's text depends on.
     *
     * @param a the type of the first factor
     * @param aOrder how its elements lie
     * @param bias its type, or null
     * @param batchAxes the axes that are left of the leading ones
     * @param narrow whether the output has few columns
     */
    private record Key(
            DType a,
            DType b,
            DType c,
            DType bias,
            Order aOrder,
            Order bOrder,
            boolean beta,
            MatmulOptions.Activation activation,
            int batchAxes,
            boolean narrow) {}

    private final Launcher launcher;
    private final Map<Key, KernelSource> kernels = new ConcurrentHashMap<>();

    /** Creates what multiplies on a device. */
    public MatrixProduct(Launcher launcher) {
        this.launcher = launcher;
    }

    /** Multiplies as {@link org.gradus.device.Device#matmul} says. */
    public void matmul(View a, View b, View c, MatmulOptions options) {
        if (c.elements() == 0) {
            return;
        }
        int rank = c.shape().rank();
        int leading = rank - 2;
        int[] sizes = new int[leading];
        for (int axis = 0; axis < leading; axis++) {
            sizes[axis] = c.shape().size(axis);
        }
        LoopSpace batch = LoopSpace.of(sizes, List.of(a.strides(), b.strides(), c.strides()));
        if (batch.rank() > MAX_BATCH_AXES) {
            throw new IllegalArgumentException(
                    "a product of matrices has at most "
                            + MAX_BATCH_AXES
                            + " leading axes that cannot be merged, not "
                            + batch.rank());
        }
        long m = c.shape().size(-2);
        long n = c.shape().size(-1);
        long k = a.shape().size(-1);
        boolean narrow = n <= SMALL_TILE;
        View bias = options.bias().orElse(null);
        Key key =
                new Key(
                        a.dtype(),
                        b.dtype(),
                        c.dtype(),
                        bias == null ? null : bias.dtype(),
                        Order.of(a),
                        Order.of(b),
                        options.beta() != 0,
                        options.activation(),
                        batch.rank(),
                        narrow);
        KernelSource kernel = kernels.computeIfAbsent(key, MatrixProduct::source);

        DType compute = accumulator(c.dtype());
        Words words = new Words().add(m).add(n).add(k);
        addMatrix(words, a, rank);
        addMatrix(words, b, rank);
        addMatrix(words, c, rank);
        words.add(bias == null ? 0 : bias.offset()).add(bias == null ? 0 : bias.strides()[0]);
        words.add(options.alpha(), compute).add(options.beta(), compute);
        for (int axis = 0; axis < batch.rank(); axis++) {
            words.add(batch.size(axis));
        }
        for (int operand = 0; operand < 3; operand++) {
            for (int axis = 0; axis < batch.rank(); axis++) {
                words.add(batch.stride(operand, axis));
            }
        }
        long tiles = Positions.groups(m, TILE) * Positions.groups(n, narrow ? SMALL_TILE : TILE);
        Buffer[] buffers = new Buffer[bias == null ? 3 : 4];
        buffers[0] = a.buffer();
        buffers[1] = b.buffer();
        buffers[2] = c.buffer();
        if (bias != null) {
            buffers[3] = bias.buffer();
        }
        launcher.launch(kernel, tiles * batch.elements(), buffers, words.toArray());
    }

    private static void addMatrix(Words words, View view, int rank) {
        words.add(view.offset()).add(view.strides()[rank - 2]).add(view.strides()[rank - 1]);
    }

    private static DType accumulator(DType dtype) {
        return dtype == DType.F64 ? DType.F64 : DType.F32;
    }

    private static KernelSource source(Key key) {
        DType compute = accumulator(key.c());
        int columns = key.narrow() ? SMALL_TILE : TILE;
        int groupSize = TILE / BLOCK * (columns / BLOCK);
        int words = 16 + 4 * key.batchAxes();
        StringBuilder text = new StringBuilder();
        text.append("#define ix i64\n#define ux u64\n");
        text.append("#define real ").append(Dialect.register(compute)).append('\n');
        text.append("#define real8 ").append(Dialect.register(compute)).append("8\n");
        text.append("#define to_real(x) ((real)(x))\n");
        for (String function : List.of("zero", "fma", "load", "store")) {
            text.append("#define ").append(function).append("_real8 ").append(function);
            text.append('_').append(Dialect.register(compute)).append("8\n");
        }
        text.append("#define ROWS ").append(TILE).append('\n');
        text.append("#define COLUMNS ").append(columns).append('\n');
        text.append("#define DEPTH ").append(DEPTH).append('\n');
        text.append("#define GROUP ").append(groupSize).append('\n');
        text.append("#define LOAD_A(i) ").append(Dialect.load(key.a(), "a", "i")).append('\n');
        text.append("#define LOAD_B(i) ").append(Dialect.load(key.b(), "b", "i")).append('\n');
        Order a = key.aOrder();
        Order b = key.bOrder();
        text.append("#define A_BY_ROWS ").append(a == Order.BY_ROWS ? 1 : 0).append('\n');
        text.append("#define B_BY_ROWS ").append(b == Order.BY_ROWS ? 1 : 0).append('\n');
        text.append("#define A_ROW ").append(a.rowStride(4)).append('\n');
        text.append("#define A_STEP ").append(a.columnStride(5)).append('\n');
        text.append("#define B_STEP ").append(b.rowStride(7)).append('\n');
        text.append("#define B_COLUMN ").append(b.columnStride(8)).append('\n');
        text.append("DEFINE_WORDS(").append(words).append(")\n");
        text.append("KERNEL(KERNEL_NAME, GROUP)(\n");
        text.append("        GLOBAL const ").append(Dialect.storage(key.a())).append(" *a,\n");
        text.append("        GLOBAL const ").append(Dialect.storage(key.b())).append(" *b,\n");
        text.append("        GLOBAL ").append(Dialect.storage(key.c())).append(" *c,\n");
        if (key.bias() != null) {
            text.append("        GLOBAL const ").append(Dialect.storage(key.bias()));
            text.append(" *bias,\n");
        }
        text.append("        const WORDS(").append(words).append(") w) {\n");
        text.append(
                "    const i64 tiles = ((w.v[0] + ROWS - 1) / ROWS)"
                        + " * ((w.v[1] + COLUMNS - 1) / COLUMNS);\n"
                        + "    const i64 batch = GROUP_ID / tiles;\n");
        text.append(Positions.define("    ", "p", "batch", key.batchAxes(), 16));
        for (int operand = 0; operand < 3; operand++) {
            text.append("    const i64 ").append("abc".charAt(operand)).append("_at = w.v[");
            text.append(3 + 3 * operand).append(']');
            int strides = 16 + (operand + 1) * key.batchAxes();
            text.append(Positions.offset("p", key.batchAxes(), strides)).append(";\n");
        }
        text.append(Dialect.read("matmul.cl"));
        text.append(store(key, compute));
        text.append("            }\n        }\n    }\n}\n");
        return KernelSource.of("matmul", text.toString(), groupSize);
    }

    /** Returns what is done to an element of the product, {@code x}, at {@code row, column}. */
    private static String store(Key key, DType compute) {
        StringBuilder text = new StringBuilder();
        String indent = "                ";
        text.append(indent).append("const i64 to = c_at + row * w.v[10] + column * w.v[11];\n");
        text.append(indent).append("real y = ").append(Dialect.word(14, compute));
        text.append(" * x[j];\n");
        if (key.beta()) {
            text.append(indent).append("y += ").append(Dialect.word(15, compute)).append(" * ");
            text.append("to_real(").append(Dialect.load(key.c(), "c", "to")).append(");\n");
        }
        if (key.bias() != null) {
            text.append(indent).append("y += to_real(");
            text.append(Dialect.load(key.bias(), "bias", "w.v[12] + column * w.v[13]"));
            text.append(");\n");
        }
        if (key.activation() == MatmulOptions.Activation.RELU) {
            text.append(indent).append("y = maximum_").append(compute).append("(y, 0);\n");
        }
        text.append(indent).append(Dialect.store(key.c(), "c", "to", "y")).append('\n');
        return text.toString();
    }
}
