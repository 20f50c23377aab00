package org.gradus.cpu.reduction;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.gradus.cpu.CpuBuffer;
import org.gradus.cpu.CpuDevice;
import org.gradus.cpu.NaiveProgram;
import org.gradus.cpu.TestTensors;
import org.gradus.cpu.TestTensors.Layout;
import org.gradus.device.ReduceOp;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Program;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.Test;

class ReductionTest {
    private static final long[] NONE = {};

    private final CpuDevice device = new CpuDevice(2);
    private final TestTensors tensors = new TestTensors(device, 5);

    private record Case(Shape shape, int... axes) {}

    private static final List<Case> CASES =
            List.of(
                    new Case(Shape.scalar()),
                    new Case(Shape.of(1), 0),
                    new Case(Shape.of(5), 0),
                    new Case(Shape.of(5)),
                    new Case(Shape.of(3, 5), 0),
                    new Case(Shape.of(3, 5), 1),
                    new Case(Shape.of(3, 5), 0, 1),
                    new Case(Shape.of(4, 1, 6), 1),
                    new Case(Shape.of(2, 3, 5, 7), 0, 2),
                    new Case(Shape.of(2, 3, 5, 7), 1, 3),
                    new Case(Shape.of(7, 1030), 1),
                    new Case(Shape.of(2, 40_000), 1),
                    new Case(Shape.of(700, 3), 0),
                    new Case(Shape.of(9_000, 10), 0),
                    new Case(Shape.of(200, 1100), 0),
                    new Case(Shape.of(3, 150, 600), 1),
                    new Case(Shape.of(50_000, 2), 1),
                    new Case(Shape.of(100_003), 0),
                    new Case(Shape.of(4, 6, 500), 0, 2));

    private static boolean isOutput(ReduceOp op, DType type, Case c) {
        return !op.isPosition() || c.axes.length == 1;
    }

    private void check(
            ReduceOp op, Program program, Case c, List<View> inputs, DType result, Layout layout) {
        View out = tensors.empty(result, c.shape.rank() == 0 ? c.shape : keeping(c), layout);
        device.reduce(op, program, c.shape, NONE, inputs, out, c.axes);
        NaiveReduction naive = new NaiveReduction(op, program, c.shape, inputs, c.axes);
        for (int i = 0; i < out.elements(); i++) {
            String what =
                    op
                            + " of "
                            + program
                            + c.shape
                            + " over "
                            + java.util.Arrays.toString(c.axes)
                            + " at "
                            + i
                            + " from "
                            + inputs;
            if (op.isPosition()) {
                assertEquals(naive.position(i), TestTensors.getLong(out, i), what);
            } else if (result.isFloating()) {
                double expected = naive.value(i);
                double actual = TestTensors.get(out, i);
                double epsilon = result.bytes() == 2 ? 0x1p-7 : result == DType.F32 ? 1e-6 : 1e-14;
                double tolerance =
                        op == ReduceOp.SUM || op == ReduceOp.PRODUCT
                                ? epsilon * Math.max(naive.magnitude(i), Math.abs(expected))
                                : result.bytes() == 2 ? Math.abs(expected) * epsilon : 0;
                if (expected != actual && !(Math.abs(expected - actual) <= tolerance)) {
                    assertEquals(expected, actual, what);
                }
            } else {
                assertEquals(naive.whole(i), TestTensors.getLong(out, i), what);
            }
        }
    }

    private static Shape keeping(Case c) {
        Shape shape = c.shape;
        for (int axis : c.axes) {
            shape = shape.with(axis, 1);
        }
        return shape;
    }

    @Test
    void everyReductionOfFloatsMatchesTheNaiveOne() {
        Program program = Program.of(Expr.input(0, DType.F32));
        for (ReduceOp op : ReduceOp.values()) {
            for (Case c : CASES) {
                if (isOutput(op, DType.F32, c)) {
                    View in = finite(DType.F32, c.shape, Layout.CONTIGUOUS);
                    DType result = op.isPosition() ? DType.I64 : DType.F32;
                    check(op, program, c, List.of(in), result, Layout.CONTIGUOUS);
                }
            }
        }
    }

    @Test
    void everyTypeLayoutAndPrologueMatchesTheNaiveOne() {
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            DType type = DType.values()[random.nextInt(8)];
            ReduceOp op = ReduceOp.values()[random.nextInt(6)];
            Case c = CASES.get(random.nextInt(CASES.size() - 8));
            if (!isOutput(op, type, c)) {
                continue;
            }
            View a = finite(type, c.shape, Layout.values()[random.nextInt(8)]);
            View b = finite(type, c.shape, Layout.values()[random.nextInt(8)]);
            Expr x = Expr.input(0, type);
            Expr e = random.nextBoolean() ? x : x.maximum(Expr.input(1, type)).cast(type);
            boolean total = op == ReduceOp.SUM || op == ReduceOp.PRODUCT;
            DType result =
                    op.isPosition() || total && !type.isFloating()
                            ? DType.I64
                            : type.bytes() == 2 && random.nextBoolean() ? DType.F32 : type;
            Layout layout = Layout.values()[random.nextInt(5)];
            check(op, Program.of(e), c, List.of(a, b), result, layout);
        }
    }

    /** NaN and infinities make sums meaningless to compare, so only ordinary numbers. */
    private View finite(DType type, Shape shape, Layout layout) {
        View view = tensors.random(type, shape, layout);
        if (type.isFloating()) {
            Object array = CpuBuffer.of(view).array();
            Random random = new Random(shape.elements());
            for (int i = 0; i < view.buffer().length(); i++) {
                double value = random.nextInt(-8, 9) / 8.0 + (i % 7 == 0 ? 1 : 0);
                org.gradus.cpu.Elements.set(array, type, i, value);
            }
        }
        return view;
    }

    @Test
    void aNaNIsTheExtremeAndTheFirstOneThePosition() {
        for (DType type : List.of(DType.F32, DType.F64)) {
            Shape shape = Shape.of(2, 2000);
            View in = finite(type, shape, Layout.CONTIGUOUS);
            org.gradus.cpu.Elements.set(CpuBuffer.of(in).array(), type, 1501, Double.NaN);
            org.gradus.cpu.Elements.set(CpuBuffer.of(in).array(), type, 1701, Double.NaN);
            Program program = Program.of(Expr.input(0, type));
            for (ReduceOp op : ReduceOp.values()) {
                DType result = op.isPosition() ? DType.I64 : type;
                View out = tensors.empty(result, Shape.of(2, 1), Layout.CONTIGUOUS);
                device.reduce(op, program, shape, NONE, List.of(in), out, new int[] {1});
                if (op.isPosition()) {
                    assertEquals(1501, TestTensors.getLong(out, 0));
                } else {
                    assertEquals(Double.NaN, TestTensors.get(out, 0));
                }
                assertTrue(Double.isFinite(TestTensors.get(out, 1)));
                View columns = tensors.empty(result, Shape.of(1, 2000), Layout.CONTIGUOUS);
                device.reduce(op, program, shape, NONE, List.of(in), columns, new int[] {0});
                if (op.isPosition()) {
                    assertEquals(0, TestTensors.getLong(columns, 1501));
                } else {
                    assertEquals(Double.NaN, TestTensors.get(columns, 1501));
                }
            }
        }
    }

    @Test
    void equalElementsGiveTheFirstPosition() {
        Shape shape = Shape.of(70_000);
        View in = tensors.empty(DType.F32, shape, Layout.CONTIGUOUS);
        device.fill(in, 3);
        View out = tensors.empty(DType.I64, Shape.of(1), Layout.CONTIGUOUS);
        Program program = Program.of(Expr.input(0, DType.F32));
        for (ReduceOp op : List.of(ReduceOp.ARGMAX, ReduceOp.ARGMIN)) {
            device.reduce(op, program, shape, NONE, List.of(in), out, new int[] {0});
            assertEquals(0, TestTensors.getLong(out, 0));
        }
        device.fill(in, Double.NEGATIVE_INFINITY);
        device.reduce(ReduceOp.ARGMAX, program, shape, NONE, List.of(in), out, new int[] {0});
        assertEquals(0, TestTensors.getLong(out, 0));
    }

    @Test
    void nothingSumsToZeroAndHasNoExtreme() {
        Shape shape = Shape.of(3, 0);
        View in = tensors.empty(DType.F32, shape, Layout.CONTIGUOUS);
        View out = tensors.of(DType.F32, Shape.of(3, 1), 5, 5, 5);
        Program program = Program.of(Expr.input(0, DType.F32));
        int[] axes = {1};
        device.reduce(ReduceOp.SUM, program, shape, NONE, List.of(in), out, axes);
        assertArrayEquals(new double[] {0, 0, 0}, TestTensors.toDoubles(out));
        device.reduce(ReduceOp.PRODUCT, program, shape, NONE, List.of(in), out, axes);
        assertArrayEquals(new double[] {1, 1, 1}, TestTensors.toDoubles(out));
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                device.reduce(
                                        ReduceOp.MAXIMUM,
                                        program,
                                        shape,
                                        NONE,
                                        List.of(in),
                                        out,
                                        axes));
        assertTrue(e.getMessage().contains("size 0"), e.getMessage());
    }

    @Test
    void theErrorOfALongSumStaysSmall() {
        int n = 10_000_000;
        View tenth = tensors.of(DType.F32, Shape.of(1), 0.1);
        View in = tenth.expand(Shape.of(n));
        View out = tensors.empty(DType.F32, Shape.of(1), Layout.CONTIGUOUS);
        Program program = Program.of(Expr.input(0, DType.F32));
        device.reduce(ReduceOp.SUM, program, in.shape(), NONE, List.of(in), out, new int[] {0});
        assertEquals(0.1f * (double) n, TestTensors.get(out, 0), 1);
        View columns = new View(in.buffer(), Shape.of(n / 2, 2), new long[] {0, 0}, 0);
        View two = tensors.empty(DType.F32, Shape.of(1, 2), Layout.CONTIGUOUS);
        device.reduce(
                ReduceOp.SUM, program, columns.shape(), NONE, List.of(columns), two, new int[] {0});
        assertEquals(0.05f * (double) n, TestTensors.get(two, 1), 0.5);
    }

    @Test
    void resultsDoNotDependOnTheNumberOfThreads() {
        Case[] cases = {
            new Case(Shape.of(300_007), 0),
            new Case(Shape.of(30_000, 11), 0),
            new Case(Shape.of(400, 1300), 0),
            new Case(Shape.of(100, 2000), 1)
        };
        Expr x = Expr.input(0, DType.F32);
        Program program = Program.of(x.multiply(x));
        for (Case c : cases) {
            double[] expected = null;
            for (int threads = 1; threads <= 3; threads++) {
                try (CpuDevice other = new CpuDevice(threads)) {
                    TestTensors own = new TestTensors(other, 4);
                    View in = own.empty(DType.F32, c.shape, Layout.CONTIGUOUS);
                    float[] values = CpuBuffer.of(in).floats();
                    Random random = new Random(1);
                    for (int i = 0; i < values.length; i++) {
                        values[i] = (float) random.nextGaussian();
                    }
                    View out = own.empty(DType.F32, keeping(c), Layout.CONTIGUOUS);
                    other.reduce(ReduceOp.SUM, program, c.shape, NONE, List.of(in), out, c.axes);
                    double[] actual = TestTensors.toDoubles(out);
                    expected = expected == null ? actual : expected;
                    assertArrayEquals(expected, actual);
                }
            }
        }
    }

    /** Goes through all elements for each result. */
    private record NaiveReduction(
            ReduceOp op, double[] numbers, long[] wholes, Shape shape, int[] axes) {
        NaiveReduction(ReduceOp op, Program program, Shape shape, List<View> in, int[] axes) {
            this(
                    op,
                    new double[(int) shape.elements()],
                    new long[(int) shape.elements()],
                    shape,
                    axes);
            NaiveProgram naive = new NaiveProgram(program, NONE, in);
            for (int i = 0; i < numbers.length; i++) {
                NaiveProgram.Value value = naive.at(i)[0];
                boolean floating = program.outputTypes().getFirst().isFloating();
                numbers[i] = floating ? value.number() : value.whole();
                wholes[i] = value.whole();
            }
        }

        private int[] members(int result) {
            // the element with index 0 on reduced axes, and the steps along them
            int[] sizes = shape.sizes();
            long[] strides = shape.contiguousStrides();
            boolean[] isReduced = new boolean[sizes.length];
            int count = 1;
            for (int axis : axes) {
                isReduced[axis] = true;
                count *= sizes[axis];
            }
            int first = 0;
            for (int axis = sizes.length - 1; axis >= 0; axis--) {
                if (!isReduced[axis]) {
                    first += (int) (result % sizes[axis] * strides[axis]);
                    result /= sizes[axis];
                }
            }
            int[] members = new int[count];
            for (int i = 0; i < count; i++) {
                int rest = i;
                members[i] = first;
                for (int k = axes.length - 1; k >= 0; k--) {
                    members[i] += (int) (rest % sizes[axes[k]] * strides[axes[k]]);
                    rest /= sizes[axes[k]];
                }
            }
            return members;
        }

        double value(int result) {
            int[] members = members(result);
            double total =
                    op == ReduceOp.SUM ? 0 : op == ReduceOp.PRODUCT ? 1 : numbers[members[0]];
            for (int member : members) {
                double x = numbers[member];
                total =
                        switch (op) {
                            case SUM -> total + x;
                            case PRODUCT -> total * x;
                            case MAXIMUM -> Math.max(total, x);
                            default -> Math.min(total, x);
                        };
            }
            return total;
        }

        double magnitude(int result) {
            double sum = 0;
            for (int member : members(result)) {
                sum += Math.abs(numbers[member]);
            }
            return op == ReduceOp.SUM ? sum : 0;
        }

        long whole(int result) {
            int[] members = members(result);
            long total = op == ReduceOp.SUM ? 0 : op == ReduceOp.PRODUCT ? 1 : wholes[members[0]];
            for (int member : members) {
                long x = wholes[member];
                total =
                        switch (op) {
                            case SUM -> total + x;
                            case PRODUCT -> total * x;
                            case MAXIMUM -> Math.max(total, x);
                            default -> Math.min(total, x);
                        };
            }
            return total;
        }

        long position(int result) {
            int[] members = members(result);
            int best = 0;
            for (int i = 1; i < members.length; i++) {
                double x = numbers[members[i]];
                double y = numbers[members[best]];
                if (op == ReduceOp.ARGMAX ? x > y : x < y) {
                    best = i;
                }
            }
            return best;
        }
    }
}
