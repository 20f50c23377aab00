package org.gradus.opencl;

import java.nio.file.Path;
import java.util.List;
import org.gradus.device.CtcKernels;
import org.gradus.device.CtcKernels.Targets;
import org.gradus.device.CumulateOp;
import org.gradus.device.MatmulOptions;
import org.gradus.device.ReduceOp;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Program;
import org.gradus.opencl.Twins.Below;
import org.gradus.opencl.Twins.Spec;
import org.gradus.shape.Shape;

/**
 * Runs every kernel once or twice on few elements and compares it with the CPU: what {@link
 * OclgrindTest} starts in a process of its own, on the simulator.
 */
final class OclgrindRun {
    private static final long MEMORY = 100 << 20;

    private OclgrindRun() {}

    /**
     * Runs all, prints the name of the device, and ends with an error where a result is wrong.
     *
     * @param arguments the folder for compiled kernels
     */
    public static void main(String[] arguments) {
        OpenClDevice device = TestDevice.open(MEMORY, Path.of(arguments[0]));
        System.out.println(device.capabilities().description());
        Twins twins = new Twins(device);
        copies(twins);
        reductions(twins);
        products(twins);
        indexing(twins);
        ConvolutionTest.tiny().forEach(c -> ConvolutionTest.check(twins, c));
        PoolingTest.tiny().forEach(c -> PoolingTest.check(twins, c));
        families(twins);
        AttentionTest.tiny().forEach(c -> AttentionTest.check(device, c, DType.F32, 2e-5));
        RecurrentTest.tiny().forEach(c -> RecurrentTest.check(device, c, DType.F32, 3e-5));
        alignments(twins);
        families(twins.storing(DType.BF16));
        ConvolutionTest.tiny()
                .limit(1)
                .forEach(c -> ConvolutionTest.check(twins.storing(DType.F16), c));
        twins.close();
        device.close();
    }

    private static void families(Twins twins) {
        NormalizationTest.checkChannels(twins, 3, 2, 5);
        NormalizationTest.checkChannels(twins, 4, 3, 1);
        NormalizationTest.checkRows(twins, 3, 5);
        NormalizationTest.checkRootMeanSquares(twins, 3, 5);
        SoftmaxTest.check(twins, 5, 6);
        MultiTensorTest.check(twins, 3, 5);
    }

    private static void alignments(Twins twins) {
        Spec logs = Spec.of(DType.F32, 4, 6, 3);
        Spec each = Spec.of(DType.F32, 6);
        twins.check(
                "ctc",
                1e-5,
                (on, v) -> {
                    CtcKernels ctc = twins.kernels(on, CtcKernels.class);
                    Targets targets = new Targets(v.get(1), v.get(2), v.get(3), 0);
                    ctc.likelihoods(v.get(0), targets, v.get(4), v.get(5));
                    ctc.gradient(v.get(6), v.get(0), targets, v.get(4), v.get(5), v.get(7));
                },
                logs,
                Spec.of(DType.I64, 6, 2).with(new Below(3)),
                Spec.of(DType.I64, 6).with(new Below(5)),
                Spec.of(DType.I64, 6).with(new Below(4)),
                each,
                Spec.of(DType.F32, 6, 4, 5),
                each,
                logs);
    }

    private static void copies(Twins twins) {
        for (DType type : List.of(DType.BOOL, DType.BF16, DType.F32, DType.I64)) {
            Spec plain = Spec.of(type, 2, 3, 5);
            twins.check(
                    "copy",
                    0,
                    (on, v) -> on.copyStrided(v.get(0), v.get(1)),
                    plain.transposed(),
                    plain.spread());
            twins.check("fill", 0, (on, v) -> on.fill(v.get(0), 1), plain.spread());
        }
        Expr x = Expr.input(0, DType.F32);
        Expr y = Expr.input(1, DType.F32);
        Program program = Program.of(x.multiply(y).add(1.5), x.maximum(y));
        Spec matrix = Spec.of(DType.F32, 3, 70);
        for (Spec first : List.of(matrix, matrix.transposed(), matrix.repeated(0))) {
            twins.check(
                    "map",
                    1e-6,
                    (on, v) ->
                            on.map(
                                    program,
                                    matrix.shape(),
                                    new long[0],
                                    v.subList(0, 2),
                                    v.subList(2, 4)),
                    first,
                    matrix,
                    matrix,
                    matrix);
        }
    }

    private static void reductions(Twins twins) {
        Program identity = Program.of(Expr.input(0, DType.F32));
        Shape shape = Shape.of(4, 70, 3);
        for (ReduceOp op : ReduceOp.values()) {
            for (int axis = 0; axis < 3; axis++) {
                int[] axes = {axis};
                twins.check(
                        op + " over axis " + axis,
                        1e-4,
                        (on, v) ->
                                on.reduce(
                                        op,
                                        identity,
                                        shape,
                                        new long[0],
                                        List.of(v.get(0)),
                                        v.get(1),
                                        axes),
                        Spec.of(DType.F32, shape.sizes()),
                        Spec.of(op.isPosition() ? DType.I64 : DType.F32, sizes(shape, axis)));
            }
        }
        for (CumulateOp op : CumulateOp.values()) {
            Spec matrix = Spec.of(DType.F32, 3, 9);
            twins.check(
                    op.toString(),
                    1e-4,
                    (on, v) -> on.cumulate(op, v.get(0), v.get(1), 1),
                    matrix,
                    matrix.transposed());
        }
    }

    private static int[] sizes(Shape shape, int reduced) {
        return shape.with(reduced, 1).sizes();
    }

    private static void products(Twins twins) {
        for (int n : new int[] {1, 5}) {
            Spec a = Spec.of(DType.F32, 2, 3, 7);
            Spec b = Spec.of(DType.F32, 2, 7, n);
            twins.check(
                    "product",
                    1e-5,
                    (on, v) ->
                            on.matmul(
                                    v.get(0),
                                    v.get(1),
                                    v.get(2),
                                    MatmulOptions.DEFAULT.withBias(v.get(3))),
                    a.transposed(),
                    b,
                    Spec.of(DType.F32, 2, 3, n),
                    Spec.of(DType.F32, n));
        }
        Window window =
                new Window(new int[] {3, 2}, new int[] {2, 1}, new int[] {1, 0}, new int[] {1, 2});
        Spec image = Spec.of(DType.F32, 1, 2, 5, 6);
        int positions = window.outputSize(0, 5) * window.outputSize(1, 6);
        Spec columns = Spec.of(DType.F32, 1, 2 * window.elements(), positions);
        twins.check("unfold", 0, (on, v) -> on.unfold(v.get(0), window, v.get(1)), image, columns);
        twins.check("fold", 1e-5, (on, v) -> on.fold(v.get(0), window, v.get(1)), columns, image);
    }

    private static void indexing(Twins twins) {
        Spec table = Spec.of(DType.F32, 5, 3);
        Spec index = Spec.of(DType.I64, 7, 3).with(new Below(5));
        Spec rows = Spec.of(DType.F32, 7, 3);
        twins.check(
                "gather",
                0,
                (on, v) -> on.gather(v.get(0), 0, v.get(1), v.get(2)),
                table,
                index,
                rows);
        twins.check(
                "scatter",
                1e-6,
                (on, v) -> on.scatterAdd(v.get(0), 0, v.get(1), v.get(2)),
                rows,
                index,
                table);
        for (boolean descending : new boolean[] {false, true}) {
            twins.check(
                    "sort",
                    0,
                    (on, v) -> on.sort(v.get(0), v.get(1), v.get(2), 1, descending),
                    Spec.of(DType.F32, 2, 37),
                    Spec.of(DType.F32, 2, 37),
                    Spec.of(DType.I64, 2, 37));
        }
    }
}
