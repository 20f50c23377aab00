package org.gradus.expr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.gradus.dtype.DType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation's and every standard function's derivatives against finite differences. */
class GradientCheckTest {
    private static final int POINTS = 200;

    /** A function, its scalars, and the interval from which its inputs are drawn. */
    private record Case(PointwiseFunction function, double low, double high, double... scalars) {
        @Override
        public String toString() {
            return function.name();
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case(Arithmetic.ADD, -5, 5),
                new Case(Arithmetic.SUBTRACT, -5, 5),
                new Case(Arithmetic.MULTIPLY, -5, 5),
                new Case(Arithmetic.DIVIDE, 0.2, 5),
                new Case(Arithmetic.REMAINDER, 0.3, 5),
                new Case(Arithmetic.REMAINDER, -5, -0.3),
                new Case(Arithmetic.POWER, 0.2, 4),
                new Case(Arithmetic.MINIMUM, -5, 5),
                new Case(Arithmetic.MAXIMUM, -5, 5),
                new Case(Arithmetic.NEGATE, -5, 5),
                new Case(Arithmetic.ABS, -5, 5),
                new Case(Arithmetic.SIGN, -5, 5),
                new Case(Arithmetic.RECIPROCAL, 0.2, 5),
                new Case(Arithmetic.RECIPROCAL, -5, -0.2),
                new Case(Arithmetic.SQUARE, -5, 5),
                new Case(Arithmetic.SQRT, 0.2, 5),
                new Case(Arithmetic.RSQRT, 0.2, 5),
                new Case(Arithmetic.EXP, -5, 5),
                new Case(Arithmetic.EXPM1, -5, 5),
                new Case(Arithmetic.LOG, 0.2, 5),
                new Case(Arithmetic.LOG1P, -0.8, 5),
                new Case(Arithmetic.SIN, -5, 5),
                new Case(Arithmetic.COS, -5, 5),
                new Case(Arithmetic.TAN, -1.2, 1.2),
                new Case(Arithmetic.SINH, -5, 5),
                new Case(Arithmetic.COSH, -5, 5),
                new Case(Arithmetic.TANH, -4, 4),
                new Case(Arithmetic.ERF, -3, 3),
                new Case(Arithmetic.FLOOR, -5, 5),
                new Case(Arithmetic.CEIL, -5, 5),
                new Case(Arithmetic.ROUND, -5, 5),
                new Case(Arithmetic.CLAMP, -5, 5, -1, 2),
                new Case(Arithmetic.LERP, -5, 5, 0.3),
                new Case(Arithmetic.LERP, -5, 5, 0.8),
                new Case(Activations.RELU, -5, 5),
                new Case(Activations.RELU6, -5, 9),
                new Case(Activations.LEAKY_RELU, -5, 5, 0.1),
                new Case(Activations.PRELU, -5, 5),
                new Case(Activations.ELU, -5, 5, 1.5),
                new Case(Activations.SELU, -5, 5),
                new Case(Activations.CELU, -5, 5, 1.5),
                new Case(Activations.GELU, -4, 4),
                new Case(Activations.GELU_TANH, -4, 4),
                new Case(Activations.SIGMOID, -8, 8),
                new Case(Activations.SILU, -8, 8),
                new Case(Activations.SOFTPLUS, -8, 8),
                new Case(Activations.LOG_SIGMOID, -8, 8),
                new Case(Activations.MISH, -8, 8),
                new Case(Activations.SOFTSIGN, -5, 5),
                new Case(Activations.HARD_TANH, -5, 5),
                new Case(Activations.HARD_SIGMOID, -5, 5),
                new Case(Activations.HARD_SWISH, -5, 5),
                new Case(Logic.WHERE, -5, 5),
                new Case(Logic.WHERE.bind(2), -5, 5, 0.7),
                new Case(Arithmetic.POWER.bind(1), 0.2, 5, 2.5),
                new Case(Arithmetic.POWER.bind(0), -2, 3, 2.5),
                new Case(powerOf(0), -3, 3),
                new Case(powerOf(1), -3, 3),
                new Case(powerOf(2), -3, 3),
                new Case(powerOf(3), -3, 3),
                new Case(powerOf(-3), 0.3, 3),
                new Case(PointwiseFunction.of("chain", GradientCheckTest::chain), 0.1, 2),
                new Case(PointwiseFunction.of("shared", GradientCheckTest::shared), -2, 2));
    }

    private static PointwiseFunction powerOf(double exponent) {
        return PointwiseFunction.of("power of " + exponent, x -> x.power(exponent));
    }

    /** Casts between floating types, quotients, and selects inside of functions. */
    private static Expr chain(Expr x, Expr y) {
        Expr inner = x.greaterThan(y).select(x.divide(y), y.sqrt().negate());
        return inner.cast(DType.F64).tanh().multiply(y.log()).add(x.sin().exp().rsqrt());
    }

    private static Expr shared(Expr x, Expr y) {
        Expr square = x.multiply(y).square();
        return square.multiply(square).subtract(square.divide(square.add(1))).maximum(x.add(y));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void firstDerivativesAgreeWithFiniteDifferences(Case test) {
        PointwiseFunction function = test.function();
        for (double[] point : points(test)) {
            for (int i = 0; i < function.inputs(); i++) {
                double expected = 1.7 * slope(test, function, point, i);
                double actual = value(test, function.pullback(i), append(point, 1.7));
                assertClose(expected, actual, function.pullback(i), point);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void secondDerivativesAgreeWithFiniteDifferences(Case test) {
        for (int i = 0; i < test.function().inputs(); i++) {
            PointwiseFunction pullback = test.function().pullback(i);
            for (double[] point : points(test)) {
                double[] withGradient = append(point, 1.7);
                for (int j = 0; j < pullback.inputs(); j++) {
                    double expected = 0.6 * slope(test, pullback, withGradient, j);
                    double actual = value(test, pullback.pullback(j), append(withGradient, 0.6));
                    assertClose(expected, actual, pullback.pullback(j), withGradient);
                }
            }
        }
    }

    /** Random points, none near where one of the functions has a kink or a step. */
    private static List<double[]> points(Case test) {
        Random random = new Random(1);
        List<double[]> points = new ArrayList<>();
        while (points.size() < POINTS) {
            double[] x =
                    random.doubles(test.function().inputs(), test.low(), test.high()).toArray();
            double[] critical = {x[0], x[x.length - 1], x[0] - x[x.length - 1]};
            boolean smooth = Arrays.stream(critical).noneMatch(GradientCheckTest::isNearHalves);
            boolean whole = test.function() == Arithmetic.REMAINDER && isNearHalves(x[0] / x[1]);
            if (x.length == 1 ? !isNearHalves(x[0]) : smooth && !whole) {
                points.add(x);
            }
        }
        return points;
    }

    private static boolean isNearHalves(double x) {
        return Math.abs(2 * x - Math.rint(2 * x)) < 0.01;
    }

    /** Central difference of fourth order: an error of about 1e-12 for values of about 1. */
    private static double slope(Case test, PointwiseFunction f, double[] point, int input) {
        double h = 5e-4;
        double near =
                value(test, f, moved(point, input, h)) - value(test, f, moved(point, input, -h));
        double far =
                value(test, f, moved(point, input, 2 * h))
                        - value(test, f, moved(point, input, -2 * h));
        return (8 * near - far) / (12 * h);
    }

    private static double[] moved(double[] point, int input, double step) {
        double[] result = point.clone();
        result[input] += step;
        return result;
    }

    private static double[] append(double[] point, double value) {
        double[] result = Arrays.copyOf(point, point.length + 1);
        result[point.length] = value;
        return result;
    }

    private static double value(Case test, PointwiseFunction function, double[] point) {
        Expr expression =
                function.typed(
                                Collections.nCopies(function.inputs(), DType.F64),
                                Collections.nCopies(function.scalars(), DType.F64))
                        .expression();
        List<Double> scalars = Arrays.stream(test.scalars()).boxed().toList();
        List<Double> inputs = Arrays.stream(point).boxed().toList();
        return Evaluator.evaluate(expression, inputs, scalars, 0).doubleValue();
    }

    private static void assertClose(
            double expected, double actual, PointwiseFunction function, double[] point) {
        assertTrue(Double.isFinite(actual), () -> function + " at " + Arrays.toString(point));
        assertEquals(
                expected,
                actual,
                1e-6 * (1 + Math.abs(expected)),
                () -> function + " at " + Arrays.toString(point));
    }
}
