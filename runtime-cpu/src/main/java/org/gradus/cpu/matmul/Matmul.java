package org.gradus.cpu.matmul;

import org.gradus.cpu.CpuBuffer;
import org.gradus.cpu.threads.Scratch;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.MatmulOptions;
import org.gradus.device.MatmulOptions.Activation;
import org.gradus.device.View;

/**
 * Matrix products of all floating types, as {@link org.gradus.device.Device#matmul} says.
 *
 * <p>Results do not depend on the number of threads.
 */
public final class Matmul {
    private static final int SCRATCH_SLOTS = 4;
    private static final int SLOT_A = 0;
    private static final int SLOT_B = 1;
    private static final int SLOT_C = 2;
    private static final int SLOT_BIAS = 3;

    /** From so many products on, each is left to one thread, unless it is large. */
    private static final int MANY = 4;

    private static final long LARGE_WORK = 32_000_000;

    /** The work of a task that computes several small products. */
    private static final long TASK_WORK = 300_000;

    private final WorkerPool pool;
    private final PackedProduct floats;
    private final DoubleProduct doubles;
    private final Scratch scratch = new Scratch(SCRATCH_SLOTS);

    /** Uses a pool's threads and the fastest micro-kernels of this processor. */
    public Matmul(WorkerPool pool) {
        this(pool, MicroKernels.ofProcessor());
    }

    /** Uses a pool's threads and the given micro-kernels. */
    public Matmul(WorkerPool pool, MicroKernels kernels) {
        this.pool = pool;
        floats = new PackedProduct(pool, kernels);
        doubles = new DoubleProduct(pool);
    }

    /**
     * Multiplies matrices; see {@link org.gradus.device.Device#matmul}.
     *
     * @param a {@code [..., m, k]}
     * @param b {@code [..., k, n]}
     * @param c {@code [..., m, n]}, overwritten
     */
    public void matmul(View a, View b, View c, MatmulOptions options) {
        if (c.elements() == 0) {
            return;
        }
        var products = Products.of(a, b, c);
        switch (c.dtype()) {
            case F32 ->
                    multiplyFloats(
                            products,
                            matrix(CpuBuffer.of(a).floats(), a),
                            matrix(CpuBuffer.of(b).floats(), b),
                            matrix(CpuBuffer.of(c).floats(), c),
                            epilogue(options));
            case F64 -> multiplyDoubles(products, a, b, c, options);
            case F16, BF16 -> multiplyHalves(products, a, b, c, options);
            default ->
                    throw new IllegalArgumentException(
                            "matrices of "
                                    + c.dtype()
                                    + " cannot be multiplied; convert them to a floating type");
        }
    }

    private static Matrix matrix(float[] data, View view) {
        int rank = view.shape().rank();
        return new Matrix(
                data,
                (int) view.offset(),
                (int) view.strides()[rank - 2],
                (int) view.strides()[rank - 1]);
    }

    private static Epilogue epilogue(MatmulOptions options) {
        float alpha = (float) options.alpha();
        float beta = (float) options.beta();
        boolean relu = options.activation() == Activation.RELU;
        Matrix bias =
                options.bias()
                        .map(
                                view ->
                                        new Matrix(
                                                CpuBuffer.of(view).floats(),
                                                (int) view.offset(),
                                                0,
                                                (int) view.strides()[0]))
                        .orElse(null);
        return new Epilogue(alpha, beta, bias, relu);
    }

    private void multiplyFloats(
            Products products, Matrix a, Matrix b, Matrix c, Epilogue epilogue) {
        int count = products.count();
        if (count < MANY || products.work() >= LARGE_WORK) {
            for (int i = 0; i < count; i++) {
                var start = products.start(i);
                floats.multiply(
                        products.rows(),
                        products.columns(),
                        products.depth(),
                        moved(a, start.a()),
                        moved(b, start.b()),
                        moved(c, start.c()),
                        epilogue);
            }
            return;
        }
        int together = Math.clamp(TASK_WORK / Math.max(products.work(), 1), 1, count);
        pool.run(
                PackedBlock.panels(count, together),
                (task, worker) -> {
                    int end = Math.min(count, (task + 1) * together);
                    for (int i = task * together; i < end; i++) {
                        var start = products.start(i);
                        floats.multiplySerially(
                                products.rows(),
                                products.columns(),
                                products.depth(),
                                moved(a, start.a()),
                                moved(b, start.b()),
                                moved(c, start.c()),
                                epilogue);
                    }
                });
    }

    private static Matrix moved(Matrix matrix, int distance) {
        return new Matrix(
                matrix.data(),
                matrix.offset() + distance,
                matrix.rowStride(),
                matrix.columnStride());
    }

    private void multiplyDoubles(Products products, View a, View b, View c, MatmulOptions options) {
        DoubleProduct.Bias bias =
                options.bias()
                        .map(
                                view ->
                                        new DoubleProduct.Bias(
                                                CpuBuffer.of(view).doubles(),
                                                (int) view.offset(),
                                                (int) view.strides()[0]))
                        .orElse(null);
        int count = products.count();
        for (int i = 0; i < count; i++) {
            var start = products.start(i);
            doubles.multiply(
                    products.rows(),
                    products.columns(),
                    products.depth(),
                    operand(a, start.a()),
                    operand(b, start.b()),
                    operand(c, start.c()),
                    options.alpha(),
                    options.beta(),
                    bias,
                    options.activation() == Activation.RELU);
        }
    }

    private static DoubleProduct.Operand operand(View view, int distance) {
        int rank = view.shape().rank();
        return new DoubleProduct.Operand(
                CpuBuffer.of(view).doubles(),
                (int) view.offset() + distance,
                (int) view.strides()[rank - 2],
                (int) view.strides()[rank - 1]);
    }

    /** Widens the operands of one product after the other, and rounds the result. */
    private void multiplyHalves(Products products, View a, View b, View c, MatmulOptions options) {
        int rows = products.rows();
        int columns = products.columns();
        int depth = products.depth();
        var widening = new Widening(pool, c.dtype());
        boolean relu = options.activation() == Activation.RELU;
        Matrix bias = null;
        if (options.bias().isPresent()) {
            View view = options.bias().get();
            float[] wideBias = scratch.floats(SLOT_BIAS, columns);
            var layout = new Matrix(wideBias, (int) view.offset(), 0, (int) view.strides()[0]);
            widening.widen(CpuBuffer.of(view).shorts(), layout, 1, columns);
            bias = new Matrix(wideBias, 0, 0, 1);
        }
        var epilogue = new Epilogue((float) options.alpha(), (float) options.beta(), bias, relu);
        float[] wideA = scratch.floats(SLOT_A, rows * depth);
        float[] wideB = scratch.floats(SLOT_B, depth * columns);
        float[] wideC = scratch.floats(SLOT_C, rows * columns);
        int count = products.count();
        for (int i = 0; i < count; i++) {
            var start = products.start(i);
            var fromA = moved(matrix(wideA, a), start.a());
            var fromB = moved(matrix(wideB, b), start.b());
            var toC = moved(matrix(wideC, c), start.c());
            widening.widen(CpuBuffer.of(a).shorts(), fromA, rows, depth);
            widening.widen(CpuBuffer.of(b).shorts(), fromB, depth, columns);
            if (options.beta() != 0) {
                widening.widen(CpuBuffer.of(c).shorts(), toC, rows, columns);
            }
            floats.multiply(
                    rows,
                    columns,
                    depth,
                    new Matrix(wideA, 0, depth, 1),
                    new Matrix(wideB, 0, columns, 1),
                    new Matrix(wideC, 0, columns, 1),
                    epilogue);
            widening.round(CpuBuffer.of(c).shorts(), toC, rows, columns);
        }
    }
}
