package org.gradus.opencl;

import java.util.ArrayList;
import java.util.List;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Program;
import org.gradus.expr.Scalars;
import org.gradus.opencl.Twins.Near1;
import org.gradus.opencl.Twins.Normal;
import org.gradus.opencl.Twins.Spec;
import org.gradus.opencl.Twins.Special;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every operation of the pointwise language on every type, against the CPU. */
class PointwiseTest {
    private static final int N = 997;

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

    private static void map(
            String what, double tolerance, Twins.Data data, List<DType> inputs, Expr... outputs) {
        Program program = Program.of(outputs);
        List<Spec> specs = new ArrayList<>();
        inputs.forEach(type -> specs.add(Spec.of(type, N).with(data)));
        program.outputTypes().forEach(type -> specs.add(Spec.of(type, N)));
        map(what, tolerance, program, new long[0], inputs.size(), specs);
    }

    private static void map(
            String what,
            double tolerance,
            Program program,
            long[] scalars,
            int inputs,
            List<Spec> specs) {
        Shape shape = specs.get(0).shape();
        twins.check(
                what,
                tolerance,
                (on, views) ->
                        on.map(
                                program,
                                shape,
                                scalars,
                                views.subList(0, inputs),
                                views.subList(inputs, views.size())),
                specs.toArray(Spec[]::new));
    }

    private static boolean missing(DType type) {
        return type == DType.F64 && !device.capabilities().dtypes().contains(type);
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F64", "F16", "BF16"})
    void exactFloatingOperationsAreEqualBitForBit(DType type) {
        if (missing(type)) {
            return;
        }
        Expr x = Expr.input(0, type);
        Expr y = Expr.input(1, type);
        map(
                "exact " + type,
                0,
                new Special(),
                List.of(type, type),
                x.negate(),
                x.abs(),
                x.sign(),
                x.floor(),
                x.ceil(),
                x.round(),
                x.add(y),
                x.subtract(y),
                x.multiply(y),
                x.minimum(y),
                x.maximum(y),
                x.equalTo(y),
                x.lessThan(y),
                x.lessOrEqual(y),
                x.lessThan(y).select(x, y));
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F64"})
    void roundedFloatingOperationsAreClose(DType type) {
        if (missing(type)) {
            return;
        }
        double tolerance = type == DType.F64 ? 1e-13 : 2e-6;
        Expr x = Expr.input(0, type);
        Expr y = Expr.input(1, type);
        List<DType> two = List.of(type, type);
        map(
                "unary " + type,
                tolerance,
                new Normal(),
                two,
                x.reciprocal(),
                x.exp(),
                x.expm1(),
                x.sin(),
                x.cos(),
                x.tanh(),
                x.erf(),
                x.divide(y),
                x.remainder(y));
        map(
                "positive " + type,
                tolerance,
                new Near1(),
                two,
                x.sqrt(),
                x.rsqrt(),
                x.log(),
                x.log1p(),
                x.power(y));
        map(
                "special " + type,
                tolerance,
                new Special(),
                two,
                x.sqrt(),
                x.log(),
                x.exp(),
                x.tanh(),
                x.erf(),
                x.divide(y),
                x.reciprocal());
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"I32", "I64", "U8"})
    void integersWrapAndDivideByZero(DType type) {
        Expr x = Expr.input(0, type);
        Expr y = Expr.input(1, type);
        List<DType> two = List.of(type, type);
        map(
                "arithmetic " + type,
                0,
                new Special(),
                two,
                x.negate(),
                x.abs(),
                x.sign(),
                x.add(y),
                x.subtract(y),
                x.multiply(y),
                x.divide(y),
                x.remainder(y),
                x.minimum(y),
                x.maximum(y));
        map(
                "bits " + type,
                0,
                new Special(),
                two,
                x.not(),
                x.and(y),
                x.or(y),
                x.xor(y),
                x.shiftLeft(y),
                x.shiftRight(y),
                x.equalTo(y),
                x.lessThan(y),
                x.lessOrEqual(y));
    }

    @Test
    void truthValues() {
        Expr x = Expr.input(0, DType.BOOL);
        Expr y = Expr.input(1, DType.BOOL);
        map(
                "truth",
                0,
                new Normal(),
                List.of(DType.BOOL, DType.BOOL),
                x.not(),
                x.and(y),
                x.or(y),
                x.xor(y),
                x.equalTo(y),
                x.cast(DType.F32));
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void conversionsSaturateTruncateAndRound(DType from) {
        if (missing(from)) {
            return;
        }
        Expr x = Expr.input(0, from);
        List<Expr> casts = new ArrayList<>();
        for (DType to : DType.values()) {
            if (!missing(to)) {
                casts.add(x.cast(to));
            }
        }
        map("cast " + from, 0, new Special(), List.of(from), casts.toArray(Expr[]::new));
    }

    @Test
    void literalsAreExact() {
        List<Expr> literals = new ArrayList<>();
        Expr x = Expr.input(0, DType.F32);
        for (double value :
                new double[] {
                    0.1,
                    -0.0,
                    Double.NaN,
                    Double.POSITIVE_INFINITY,
                    Double.NEGATIVE_INFINITY,
                    Float.MIN_VALUE,
                    Float.MAX_VALUE,
                    1e-40
                }) {
            literals.add(Expr.constant(value, DType.F32).add(x.multiply(0)));
            literals.add(Expr.constant(value, DType.F32));
        }
        literals.add(Expr.constant(Integer.MIN_VALUE, DType.I32));
        literals.add(Expr.constant(-7, DType.I64).subtract(Expr.index()));
        literals.add(Expr.constant(1, DType.F32).divide(x));
        map("literals", 0, new Near1(), List.of(DType.F32), literals.toArray(Expr[]::new));
    }

    @Test
    void randomBitsAreTheSameEverywhere() {
        Expr key = Expr.scalar(0, DType.I64);
        Expr start = Expr.scalar(1, DType.I64);
        Expr bits = Expr.randomBits(key, Expr.index().add(start));
        Expr uniform = Expr.uniform(key, Expr.index().add(start));
        map(
                "random",
                0,
                Program.of(bits, uniform),
                new long[] {0x123456789abcdefL, 0xfffffff0L},
                0,
                List.of(Spec.of(DType.I32, N), Spec.of(DType.F32, N)));
    }

    @Test
    void scalarsOfEveryType() {
        Expr x = Expr.input(0, DType.F32);
        Program program =
                Program.of(
                        x.multiply(Expr.scalar(0, DType.F32)),
                        Expr.scalar(1, DType.I64).add(Expr.index()),
                        x.cast(DType.I32).add(Expr.scalar(2, DType.I32)));
        map(
                "scalars",
                0,
                program,
                new long[] {Scalars.encode(0.1, DType.F32), 1L << 40, -5},
                1,
                List.of(
                        Spec.of(DType.F32, 5, 7),
                        Spec.of(DType.F32, 5, 7),
                        Spec.of(DType.I64, 5, 7),
                        Spec.of(DType.I32, 5, 7)));
    }

    @Test
    void anyStrides() {
        Program program =
                Program.of(
                        Expr.input(0, DType.F32)
                                .multiply(Expr.input(1, DType.F32))
                                .add(Expr.index().cast(DType.F32)));
        for (int[] sizes :
                new int[][] {
                    {1}, {7, 5}, {3, 129}, {2, 3, 70}, {5, 1, 3, 2}, {2, 1, 2, 2, 3, 2, 2, 2, 3}
                }) {
            Spec plain = Spec.of(DType.F32, sizes);
            List<Spec> layouts =
                    List.of(
                            plain,
                            plain.transposed(),
                            plain.spread(),
                            plain.flipped(),
                            plain.repeated(0),
                            plain.repeated(sizes.length - 1));
            for (Spec a : layouts) {
                for (Spec out : layouts.subList(0, 4)) {
                    map("strides", 0, program, new long[0], 2, List.of(a, plain.transposed(), out));
                }
            }
        }
    }

    @Test
    void moreStridesThanArgumentsHold() {
        Spec plain = Spec.of(DType.F32, 2, 3, 2, 3, 2, 3, 2, 2);
        Expr sum = Expr.input(0, DType.F32);
        List<Spec> specs = new ArrayList<>(List.of(plain.transposed()));
        for (int i = 1; i < 14; i++) {
            sum = sum.multiply(2).add(Expr.input(i, DType.F32));
            specs.add(i % 2 == 0 ? plain.spread() : plain.transposed());
        }
        specs.add(plain.transposed());
        map("many strides", 0, Program.of(sum), new long[0], 14, specs);
    }

    @Test
    void anOutputMayBeAnInput() {
        Program program = Program.of(Expr.input(0, DType.F32).add(1));
        twins.check(
                "in place",
                0,
                (on, views) -> {
                    View view = views.get(0);
                    on.map(program, view.shape(), new long[0], List.of(view), List.of(view));
                },
                Spec.of(DType.F32, 33, 5).transposed());
    }

    @Test
    void nothingIsDoneForNoElements() {
        Program program = Program.of(Expr.input(0, DType.F32).add(1));
        map(
                "empty",
                0,
                program,
                new long[0],
                1,
                List.of(Spec.of(DType.F32, 0, 3), Spec.of(DType.F32, 0, 3)));
    }
}
