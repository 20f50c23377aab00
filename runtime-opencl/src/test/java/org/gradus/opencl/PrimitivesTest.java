package org.gradus.opencl;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.gradus.device.Buffer;
import org.gradus.device.CumulateOp;
import org.gradus.device.MatmulOptions;
import org.gradus.device.MatmulOptions.Activation;
import org.gradus.device.ReduceOp;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Program;
import org.gradus.opencl.Twins.Below;
import org.gradus.opencl.Twins.Near1;
import org.gradus.opencl.Twins.Spec;
import org.gradus.opencl.Twins.Special;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The primitives but for pointwise programs, at awkward sizes and strides, against the CPU. */
class PrimitivesTest {
    private static OpenClDevice device;
    private static Twins twins;

    @BeforeAll
    static void open() {
        device = TestDevice.open();
        twins = new Twins(device);
    }

    @AfterAll
    static void close() {
        if (device != null) {
            twins.close();
            device.close();
        }
    }

    private static boolean missing(DType type) {
        return type == DType.F64 && !device.capabilities().dtypes().contains(type);
    }

    // ---- copies

    @ParameterizedTest
    @EnumSource(DType.class)
    void copiesAndFillsOfAnyLayout(DType type) {
        if (missing(type)) {
            return;
        }
        Spec plain = Spec.of(type, 3, 5, 67).with(new Special());
        for (Spec from : List.of(plain, plain.transposed(), plain.flipped(), plain.repeated(1))) {
            for (Spec to : List.of(plain, plain.spread())) {
                twins.check("copy", 0, (on, v) -> on.copyStrided(v.get(0), v.get(1)), from, to);
            }
        }
        for (Spec to : List.of(plain, plain.spread(), plain.transposed())) {
            double value = type == DType.BOOL ? 1 : type == DType.U8 ? 200 : -3;
            twins.check("fill", 0, (on, v) -> on.fill(v.get(0), value), to);
        }
    }

    @Test
    void fillsWithNumbersThatAreNotFinite() {
        for (DType type : List.of(DType.F32, DType.F16, DType.BF16)) {
            for (double value : new double[] {Double.NaN, Double.NEGATIVE_INFINITY, 0.1}) {
                twins.check("fill", 0, (on, v) -> on.fill(v.get(0), value), Spec.of(type, 9));
            }
        }
    }

    // ---- reductions

    private static void reduce(
            ReduceOp op, Program program, Spec input, DType output, double tolerance, int... axes) {
        Shape shape = input.shape();
        Spec result = Spec.of(output, shape.keeping(axes).sizes());
        twins.check(
                op + " of " + input + " over " + java.util.Arrays.toString(axes),
                tolerance,
                (on, v) ->
                        on.reduce(
                                op, program, shape, new long[0], List.of(v.get(0)), v.get(1), axes),
                input,
                result);
    }

    @ParameterizedTest
    @EnumSource(ReduceOp.class)
    void reducesOverAnyAxes(ReduceOp op) {
        Program identity = Program.of(Expr.input(0, DType.F32));
        DType output = op.isPosition() ? DType.I64 : DType.F32;
        double tolerance = op == ReduceOp.SUM || op == ReduceOp.PRODUCT ? 1e-4 : 0;
        Spec plain = Spec.of(DType.F32, 5, 70, 3);
        for (Spec input : List.of(plain, plain.transposed(), plain.flipped(), plain.spread())) {
            for (int axis = 0; axis < 3; axis++) {
                reduce(op, identity, input, output, tolerance, axis);
            }
            if (!op.isPosition()) {
                reduce(op, identity, input, output, tolerance, 0, 1, 2);
                reduce(op, identity, input, output, tolerance, 0, 2);
            }
        }
        // by groups, by work-items, and cut into chunks
        reduce(op, identity, Spec.of(DType.F32, 600, 5, 130), output, tolerance, 0);
        reduce(op, identity, Spec.of(DType.F32, 300, 140), output, tolerance, 1);
        reduce(op, identity, Spec.of(DType.F32, 2500, 7), output, 1e-4, 0);
        reduce(
                op,
                identity,
                Spec.of(DType.F32, 300_007).with(new Near1()),
                output,
                op == ReduceOp.PRODUCT ? Double.POSITIVE_INFINITY : 1e-5,
                0);
    }

    @Test
    void nanWinsAndTheFirstOfEqualOnesIsFound() {
        Program identity = Program.of(Expr.input(0, DType.F32));
        Spec special = Spec.of(DType.F32, 40, 9).with(new Special());
        for (int axis = 0; axis < 2; axis++) {
            for (ReduceOp op : List.of(ReduceOp.MAXIMUM, ReduceOp.MINIMUM)) {
                reduce(op, identity, special, DType.F32, 0, axis);
            }
            for (ReduceOp op : List.of(ReduceOp.ARGMAX, ReduceOp.ARGMIN)) {
                reduce(op, identity, special, DType.I64, 0, axis);
            }
        }
        reduce(
                ReduceOp.ARGMAX,
                identity,
                Spec.of(DType.F32, 200, 3).with(new Special()),
                DType.I64,
                0,
                0);
        Program whole = Program.of(Expr.input(0, DType.I32));
        Spec equal = Spec.of(DType.I32, 200_000).with(new Below(5));
        reduce(ReduceOp.ARGMAX, whole, equal, DType.I64, 0, 0);
        reduce(ReduceOp.ARGMIN, whole, equal, DType.I64, 0, 0);
    }

    @Test
    void integersAndNarrowTypesAccumulateWide() {
        for (DType type : List.of(DType.U8, DType.I32, DType.I64, DType.BOOL)) {
            Program identity = Program.of(Expr.input(0, type));
            Spec input = Spec.of(type, 90, 11);
            reduce(ReduceOp.SUM, identity, input, DType.I64, 0, 0);
            reduce(ReduceOp.MAXIMUM, identity, input, type, 0, 1);
        }
        for (DType type : List.of(DType.F16, DType.BF16)) {
            Program identity = Program.of(Expr.input(0, type));
            reduce(ReduceOp.SUM, identity, Spec.of(type, 90, 11), DType.F32, 1e-5, 0);
            reduce(ReduceOp.SUM, identity, Spec.of(type, 90, 11), type, 1e-2, 1);
        }
        if (!missing(DType.F64)) {
            Program identity = Program.of(Expr.input(0, DType.F64));
            reduce(ReduceOp.SUM, identity, Spec.of(DType.F64, 90, 11), DType.F64, 1e-13, 0);
        }
    }

    @Test
    void reducesTheResultsOfAProgram() {
        Expr x = Expr.input(0, DType.F32);
        Program squares = Program.of(x.square().add(Expr.index().cast(DType.F32)));
        reduce(ReduceOp.SUM, squares, Spec.of(DType.F32, 6, 80).transposed(), DType.F32, 1e-6, 1);
        reduce(ReduceOp.SUM, squares, Spec.of(DType.F32, 6, 80), DType.F32, 1e-6, 0);
        reduce(ReduceOp.SUM, squares, Spec.of(DType.F32, 0, 8), DType.F32, 0, 0);
        reduce(ReduceOp.PRODUCT, squares, Spec.of(DType.F32, 3, 0), DType.F32, 0, 1);
    }

    // ---- products

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F64", "F16", "BF16"})
    void multipliesMatricesOfAllLayouts(DType type) {
        if (missing(type)) {
            return;
        }
        double tolerance = type == DType.F64 ? 1e-12 : type == DType.F32 ? 2e-5 : 3e-2;
        for (int[] mnk :
                new int[][] {{1, 1, 1}, {3, 5, 7}, {65, 63, 17}, {70, 130, 33}, {20, 10, 100}}) {
            Spec a = Spec.of(type, mnk[0], mnk[2]);
            Spec b = Spec.of(type, mnk[2], mnk[1]);
            Spec c = Spec.of(type, mnk[0], mnk[1]);
            for (Spec left : List.of(a, a.transposed())) {
                for (Spec right : List.of(b, b.transposed(), b.spread())) {
                    product("product", tolerance, MatmulOptions.DEFAULT, left, right, c);
                }
            }
            product("to strides", tolerance, MatmulOptions.DEFAULT, a, b, c.transposed());
        }
    }

    private static void product(
            String what, double tolerance, MatmulOptions options, Spec a, Spec b, Spec c) {
        twins.check(
                what + " " + a + " " + b,
                tolerance,
                (on, v) -> on.matmul(v.get(0), v.get(1), v.get(2), options),
                a,
                b,
                c);
    }

    @Test
    void multipliesBatches() {
        Spec a = Spec.of(DType.F32, 2, 3, 9, 20);
        Spec b = Spec.of(DType.F32, 2, 3, 20, 12);
        Spec c = Spec.of(DType.F32, 2, 3, 9, 12);
        for (Spec left : List.of(a, a.repeated(0), a.repeated(1), a.transposed())) {
            for (Spec right : List.of(b, b.repeated(0).repeated(1))) {
                product("batch", 1e-5, MatmulOptions.DEFAULT, left, right, c);
            }
        }
    }

    @Test
    void addsBiasAndWhatWasThereAndRectifies() {
        for (int n : new int[] {10, 65}) {
            twins.check(
                    "epilogue",
                    1e-5,
                    (on, v) ->
                            on.matmul(
                                    v.get(0),
                                    v.get(1),
                                    v.get(2),
                                    new MatmulOptions(
                                            0.5, 2, Optional.of(v.get(3)), Activation.RELU)),
                    Spec.of(DType.F32, 33, 40),
                    Spec.of(DType.F32, 40, n),
                    Spec.of(DType.F32, 33, n),
                    Spec.of(DType.F32, n).spread());
            // with nothing to multiply, the rest still counts
            twins.check(
                    "no inner size",
                    1e-5,
                    (on, v) ->
                            on.matmul(
                                    v.get(0),
                                    v.get(1),
                                    v.get(2),
                                    new MatmulOptions(
                                            1, 0, Optional.of(v.get(3)), Activation.NONE)),
                    Spec.of(DType.F32, 33, 0),
                    Spec.of(DType.F32, 0, n),
                    Spec.of(DType.F32, 33, n),
                    Spec.of(DType.F32, n));
        }
    }

    // ---- indices

    @ParameterizedTest
    @EnumSource(DType.class)
    void gathersAndScatters(DType type) {
        if (missing(type)) {
            return;
        }
        Spec table = Spec.of(type, 4, 50, 6);
        Spec picked = Spec.of(type, 4, 30, 6);
        Spec index = Spec.of(DType.I64, 4, 30, 6).with(new Below(50));
        for (Spec source : List.of(table, table.transposed())) {
            for (Spec which : List.of(index, index.repeated(2), index.repeated(0).repeated(2))) {
                twins.check(
                        "gather",
                        0,
                        (on, v) -> on.gather(v.get(0), 1, v.get(1), v.get(2)),
                        source,
                        which,
                        picked.transposed());
                twins.check(
                        "scatter",
                        0,
                        (on, v) -> on.scatterAdd(v.get(2), 1, v.get(1), v.get(0)),
                        source.with(new Near1()),
                        which,
                        picked.with(new Near1()));
            }
        }
        twins.check(
                "scatter to one line",
                0,
                (on, v) -> on.scatterAdd(v.get(0), 0, v.get(1), v.get(2)),
                Spec.of(type, 5000).with(new Near1()),
                Spec.of(DType.I64, 5000).with(new Below(300)),
                Spec.of(type, 300));
    }

    @Test
    void anIndexOutOfBoundsIsReportedAtTheNextWait() {
        Buffer table = device.allocate(DType.F32, 10);
        Buffer index = device.allocate(DType.I64, 4);
        Buffer target = device.allocate(DType.F32, 4);
        View indices = View.of(index, Shape.of(4));
        device.fill(View.of(table, Shape.of(10)), 1);
        device.fill(indices, 10);
        device.gather(View.of(table, Shape.of(10)), 0, indices, View.of(target, Shape.of(4)));
        var gather = assertThrows(IndexOutOfBoundsException.class, device::synchronize);
        assertTrue(gather.getMessage().contains("index 10 "), gather.getMessage());
        assertTrue(gather.getMessage().contains("axis 0 of size 10"), gather.getMessage());
        device.synchronize();
        device.fill(indices, -3);
        device.scatterAdd(View.of(target, Shape.of(4)), 0, indices, View.of(table, Shape.of(10)));
        var scatter =
                assertThrows(
                        IndexOutOfBoundsException.class,
                        () ->
                                device.download(
                                        table,
                                        0,
                                        java.lang.foreign.MemorySegment.ofArray(new float[10])));
        assertTrue(scatter.getMessage().contains("index -3 "), scatter.getMessage());
        device.synchronize();
        List.of(table, index, target).forEach(Buffer::release);
    }

    // ---- windows

    @Test
    void unfoldsAndFolds() {
        windows(
                new int[] {11},
                new Window(new int[] {3}, new int[] {2}, new int[] {1}, new int[] {2}));
        windows(
                new int[] {7, 6},
                new Window(new int[] {3, 2}, new int[] {1, 2}, new int[] {1, 0}, new int[] {1, 3}));
        windows(
                new int[] {4, 5, 3},
                new Window(
                        new int[] {2, 3, 1},
                        new int[] {2, 1, 1},
                        new int[] {0, 2, 1},
                        new int[] {1, 2, 1}));
    }

    private static void windows(int[] spatial, Window window) {
        int[] sizes = new int[spatial.length + 2];
        sizes[0] = 2;
        sizes[1] = 3;
        int positions = 1;
        for (int axis = 0; axis < spatial.length; axis++) {
            sizes[axis + 2] = spatial[axis];
            positions *= window.outputSize(axis, spatial[axis]);
        }
        for (DType type : List.of(DType.F32, DType.BF16)) {
            Spec image = Spec.of(type, sizes);
            Spec columns = Spec.of(type, 2, 3 * window.elements(), positions);
            double tolerance = type == DType.F32 ? 1e-6 : 4e-2;
            for (Spec from : List.of(image, image.transposed())) {
                twins.check(
                        "unfold",
                        0,
                        (on, v) -> on.unfold(v.get(0), window, v.get(1)),
                        from,
                        columns.transposed());
            }
            for (Spec from : List.of(columns, columns.spread())) {
                twins.check(
                        "fold",
                        tolerance,
                        (on, v) -> on.fold(v.get(0), window, v.get(1)),
                        from,
                        image.transposed());
            }
        }
    }

    // ---- along an axis

    @Test
    void cumulates() {
        for (CumulateOp op : CumulateOp.values()) {
            for (DType type : List.of(DType.F32, DType.I32, DType.I64)) {
                Spec input = Spec.of(type, 3, 40, 2).with(new Near1());
                for (int axis = 0; axis < 3; axis++) {
                    cumulate(op, input.transposed(), input, axis);
                }
                Spec line = Spec.of(type, 5003);
                cumulate(op, line.with(new Below(2)), line, 0);
            }
        }
    }

    private static void cumulate(CumulateOp op, Spec input, Spec output, int axis) {
        twins.check(
                op + " " + input,
                1e-6,
                (on, v) -> on.cumulate(op, v.get(0), v.get(1), axis),
                input,
                output);
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void sortsStably(DType type) {
        if (missing(type)) {
            return;
        }
        for (int[] sizes : new int[][] {{1}, {17}, {3, 50, 2}, {1000}}) {
            for (int axis = 0; axis < sizes.length; axis++) {
                Spec input = Spec.of(type, sizes).with(new Special());
                for (boolean descending : new boolean[] {false, true}) {
                    sort(input.transposed(), axis, descending);
                    sort(input, axis, descending);
                }
            }
        }
    }

    private static void sort(Spec input, int axis, boolean descending) {
        int[] sizes = input.shape().sizes();
        twins.check(
                "sort " + input + " descending " + descending,
                0,
                (on, v) -> on.sort(v.get(0), v.get(1), v.get(2), axis, descending),
                input,
                Spec.of(input.dtype(), sizes),
                Spec.of(DType.I64, sizes).transposed());
    }
}
