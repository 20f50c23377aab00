package org.gradus.cpu.pointwise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.gradus.cpu.CpuDevice;
import org.gradus.cpu.NaiveProgram;
import org.gradus.cpu.TestTensors;
import org.gradus.cpu.TestTensors.Layout;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Op;
import org.gradus.expr.Program;
import org.gradus.expr.Scalars;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.Test;

class PointwiseTest {
    private static final List<DType> COMPUTE =
            List.of(DType.F32, DType.F64, DType.I32, DType.I64, DType.BOOL);

    private static final List<Shape> SHAPES =
            List.of(
                    Shape.scalar(),
                    Shape.of(1),
                    Shape.of(0),
                    Shape.of(3, 0, 2),
                    Shape.of(7),
                    Shape.of(15),
                    Shape.of(17),
                    Shape.of(1023),
                    Shape.of(1025),
                    Shape.of(3, 5, 7),
                    Shape.of(2, 1, 11, 1),
                    Shape.of(5, 401),
                    Shape.of(37, 1031));

    private final CpuDevice device = new CpuDevice(2);
    private final TestTensors tensors = new TestTensors(device, 1);

    private static Expr apply(Op op, Expr a, Expr b) {
        return switch (op) {
            case NEGATE -> a.negate();
            case ABSOLUTE -> a.abs();
            case SIGN -> a.sign();
            case RECIPROCAL -> a.reciprocal();
            case SQRT -> a.sqrt();
            case RSQRT -> a.rsqrt();
            case EXP -> a.exp();
            case EXPM1 -> a.expm1();
            case LOG -> a.log();
            case LOG1P -> a.log1p();
            case SIN -> a.sin();
            case COS -> a.cos();
            case TANH -> a.tanh();
            case ERF -> a.erf();
            case FLOOR -> a.floor();
            case CEIL -> a.ceil();
            case ROUND -> a.round();
            case NOT -> a.not();
            case ADD -> a.add(b);
            case SUBTRACT -> a.subtract(b);
            case MULTIPLY -> a.multiply(b);
            case DIVIDE -> a.divide(b);
            case REMAINDER -> a.remainder(b);
            case POWER -> a.power(b);
            case MINIMUM -> a.minimum(b);
            case MAXIMUM -> a.maximum(b);
            case AND -> a.and(b);
            case OR -> a.or(b);
            case XOR -> a.xor(b);
            case SHIFT_LEFT -> a.shiftLeft(b);
            case SHIFT_RIGHT -> a.shiftRight(b);
            case EQUAL -> a.equalTo(b);
            case LESS -> a.lessThan(b);
            case LESS_EQUAL -> a.lessOrEqual(b);
            default -> null;
        };
    }

    private static boolean isDefined(Op op, DType type) {
        return switch (op) {
            case NOT -> !type.isFloating();
            case AND, OR, XOR -> !type.isFloating();
            case SHIFT_LEFT, SHIFT_RIGHT -> type.isInteger();
            default -> true;
        };
    }

    /** How far a result may be from the double one, relative to it. */
    private static double tolerance(Op op, DType type) {
        double rounding = type == DType.F64 ? 0x1p-52 : 0x1p-23;
        return switch (op) {
            case RSQRT, EXP -> 2 * rounding;
            case EXPM1, LOG, LOG1P, TANH -> 4 * rounding;
            case ERF -> 16 * rounding;
            default -> type == DType.F64 ? 0 : rounding / 2;
        };
    }

    private void check(
            Program program,
            Shape shape,
            long[] arguments,
            List<View> in,
            List<View> out,
            double e) {
        NaiveProgram naive = new NaiveProgram(program, arguments, in);
        NaiveProgram.Value[][] expected = new NaiveProgram.Value[(int) shape.elements()][];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = naive.at(i);
        }
        device.map(program, shape, arguments, in, out);
        for (int i = 0; i < expected.length; i++) {
            for (int k = 0; k < out.size(); k++) {
                View view = out.get(k);
                String what =
                        program + " at " + i + " of " + shape + " into " + view + " from " + in;
                if (view.dtype().isFloating()) {
                    double x = expected[i][k].number();
                    double y = TestTensors.get(view, i);
                    // subnormal floats have few bits
                    double least = e == 0 ? 0 : 1e-42;
                    if (x != y && !(Math.abs(x - y) <= Math.max(Math.abs(x) * e, least))) {
                        assertEquals(x, y, what);
                    }
                } else {
                    assertEquals(expected[i][k].whole(), TestTensors.getLong(view, i), what);
                }
            }
        }
    }

    @Test
    void everyOperationInEveryTypeMatchesTheNaiveEvaluation() {
        for (Op op : Op.values()) {
            for (DType type : COMPUTE) {
                if (op.arity() == 0 || !isDefined(op, type)) {
                    continue;
                }
                Expr e = apply(op, Expr.input(0, type), Expr.input(1, type));
                if (e == null) {
                    continue;
                }
                for (Shape shape : List.of(Shape.of(1), Shape.of(33), Shape.of(1031))) {
                    List<View> in = new ArrayList<>();
                    for (int i = 0; i < op.arity(); i++) {
                        in.add(tensors.random(type, shape, Layout.CONTIGUOUS));
                    }
                    View out = tensors.empty(e.dtype(), shape, Layout.CONTIGUOUS);
                    check(Program.of(e), shape, new long[0], in, List.of(out), tolerance(op, type));
                }
            }
        }
    }

    @Test
    void everyTypeConvertsToEveryOther() {
        for (DType from : DType.values()) {
            for (DType to : DType.values()) {
                Shape shape = Shape.of(1100);
                View in = tensors.random(from, shape, Layout.CONTIGUOUS);
                View out = tensors.empty(to, shape, Layout.CONTIGUOUS);
                Program program = Program.of(Expr.input(0, from).cast(to));
                check(program, shape, new long[0], List.of(in), List.of(out), 0);
            }
        }
    }

    @Test
    void everyLayoutOfInputsAndOutputsIsRead() {
        Layout[] outputs = {
            Layout.CONTIGUOUS, Layout.TRANSPOSED, Layout.FLIPPED, Layout.GAPS, Layout.OFFSET
        };
        for (DType type : DType.values()) {
            Expr a = Expr.input(0, type);
            Expr b = Expr.input(1, type);
            Expr e = a.lessThan(b).select(a, b).cast(type);
            for (Shape shape : SHAPES) {
                for (Layout x : Layout.values()) {
                    View in = tensors.random(type, shape, x);
                    Layout y = Layout.values()[(x.ordinal() + shape.rank()) % 8];
                    View other = tensors.random(type, shape, y);
                    View out = tensors.empty(type, shape, outputs[x.ordinal() % 5]);
                    check(Program.of(e), shape, new long[0], List.of(in, other), List.of(out), 0);
                }
            }
        }
    }

    @Test
    void anOutputMayBeAnInput() {
        Expr a = Expr.input(0, DType.F32);
        Expr b = Expr.input(1, DType.F32);
        Shape shape = Shape.of(3, 1500);
        for (Layout layout : List.of(Layout.CONTIGUOUS, Layout.TRANSPOSED, Layout.FLIPPED)) {
            View x = tensors.random(DType.F32, shape, layout);
            View y = tensors.random(DType.F32, shape, layout);
            View z = tensors.empty(DType.F32, shape, layout);
            // x is overwritten before the last use of its old content, and kept in z as it was
            Program program = Program.of(a.add(b), a.multiply(b).add(a), a);
            check(program, shape, new long[0], List.of(x, y), List.of(x, y, z), 0);
        }
    }

    @Test
    void argumentsAndConstantsAreTheSameForAllElements() {
        for (DType type : List.of(DType.F32, DType.F64, DType.I32, DType.I64)) {
            Expr s = Expr.scalar(0, type).add(Expr.scalar(1, type)).multiply(3);
            Expr e = Expr.input(0, type).multiply(s).subtract(7);
            long[] arguments = {Scalars.encode(2.0, type), Scalars.encode(5.0, type)};
            for (Shape shape : SHAPES) {
                View in = tensors.random(type, shape, Layout.CONTIGUOUS);
                View out = tensors.empty(type, shape, Layout.CONTIGUOUS);
                View constant = tensors.empty(type, shape, Layout.CONTIGUOUS);
                List<View> outputs = List.of(out, constant);
                check(Program.of(e, s), shape, arguments, List.of(in), outputs, 0);
            }
        }
    }

    @Test
    void theIndexIsThePositionInTheShape() {
        for (Shape shape : SHAPES) {
            View out = tensors.empty(DType.I64, shape, Layout.TRANSPOSED);
            check(Program.of(Expr.index()), shape, new long[0], List.of(), List.of(out), 0);
        }
    }

    /** Only operations whose results are exact, so that results must be equal. */
    @Test
    void randomProgramsMatchTheNaiveEvaluation() {
        Op[] exact = {
            Op.NEGATE,
            Op.ABSOLUTE,
            Op.SIGN,
            Op.SQRT,
            Op.FLOOR,
            Op.ROUND,
            Op.ADD,
            Op.SUBTRACT,
            Op.MULTIPLY,
            Op.DIVIDE,
            Op.MINIMUM,
            Op.MAXIMUM,
            Op.EQUAL,
            Op.LESS,
            Op.LESS_EQUAL
        };
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Shape shape = SHAPES.get(random.nextInt(SHAPES.size() - 1));
            List<View> inputs = new ArrayList<>();
            List<Expr> nodes = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                DType type = DType.values()[random.nextInt(8)];
                Layout layout = Layout.values()[random.nextInt(8)];
                inputs.add(tensors.random(type, shape, layout));
                nodes.add(Expr.input(i, type));
            }
            nodes.add(Expr.constant(random.nextInt(5), DType.values()[random.nextInt(8)]));
            nodes.add(Expr.index());
            for (int i = 0; i < 12; i++) {
                Expr a = nodes.get(random.nextInt(nodes.size()));
                Expr b = nodes.get(random.nextInt(nodes.size()));
                Expr c = nodes.get(random.nextInt(nodes.size()));
                int choice = random.nextInt(exact.length + 2);
                nodes.add(
                        choice < exact.length
                                ? apply(exact[choice], a, b)
                                : choice == exact.length
                                        ? a.cast(DType.values()[random.nextInt(8)])
                                        : a.lessThan(b).select(b, c));
            }
            Expr[] outputs = new Expr[1 + random.nextInt(3)];
            List<View> out = new ArrayList<>();
            for (int i = 0; i < outputs.length; i++) {
                outputs[i] = nodes.get(nodes.size() - 1 - i);
                Layout layout = Layout.values()[random.nextInt(5)];
                out.add(tensors.empty(outputs[i].dtype(), shape, layout));
            }
            check(Program.of(outputs), shape, new long[0], inputs, out, 0);
        }
    }

    @Test
    void resultsDoNotDependOnTheNumberOfThreads() {
        Expr x = Expr.input(0, DType.F32);
        Program program = Program.of(x.exp().add(x.tanh()).multiply(x.erf()));
        Shape shape = Shape.of(100_003);
        double[] expected = null;
        for (int threads = 1; threads <= 3; threads++) {
            try (CpuDevice other = new CpuDevice(threads)) {
                TestTensors own = new TestTensors(other, 9);
                View in = own.random(DType.F32, shape, Layout.CONTIGUOUS);
                View out = own.empty(DType.F32, shape, Layout.CONTIGUOUS);
                other.map(program, shape, new long[0], List.of(in), List.of(out));
                double[] actual = TestTensors.toDoubles(out);
                expected = expected == null ? actual : expected;
                assertArrayEquals(expected, actual);
            }
        }
    }

    @Test
    void seventyInputsAreAddedUp() {
        Shape shape = Shape.of(5);
        List<View> inputs = new ArrayList<>();
        Expr sum = Expr.constant(0, DType.F32);
        for (int i = 0; i < 70; i++) {
            double[] values = new double[5];
            Arrays.fill(values, i);
            Layout layout = i % 2 == 0 ? Layout.CONTIGUOUS : Layout.SCALAR;
            View view = tensors.empty(DType.F32, shape, layout);
            device.fill(tensors.of(DType.F32, shape, values), 0);
            device.fill(new View(view.buffer(), Shape.of(5), new long[] {1}, 0), i);
            inputs.add(view);
            sum = sum.add(Expr.input(i, DType.F32));
        }
        View out = tensors.empty(DType.F32, shape, Layout.CONTIGUOUS);
        check(Program.of(sum), shape, new long[0], inputs, List.of(out), 0);
    }
}
