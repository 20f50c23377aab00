package org.gradus.expr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.gradus.dtype.DType;
import org.junit.jupiter.api.Test;

/** Values of the standard functions against their textbook formulas and known values. */
class StandardFunctionsTest {
    private static final double[] POINTS = {-9, -3, -1.2, -0.4, -1e-3, 0, 1e-3, 0.7, 1, 2.5, 6, 11};

    private static double value(PointwiseFunction function, double... inputs) {
        List<DType> types = Collections.nCopies(function.inputs(), DType.F64);
        return Evaluator.evaluate(function.typed(types, List.of()).expression(), inputs);
    }

    private static double value(PointwiseFunction function, double x, List<Double> scalars) {
        List<DType> types = Collections.nCopies(scalars.size(), DType.F64);
        Expr expression = function.typed(List.of(DType.F64), types).expression();
        return Evaluator.evaluate(expression, List.of(x), scalars, 0).doubleValue();
    }

    private static void assertIs(DoubleUnaryOperator formula, PointwiseFunction function) {
        for (double x : POINTS) {
            assertEquals(formula.applyAsDouble(x), value(function, x), 1e-12, function + " " + x);
        }
    }

    @Test
    void activationsAreTheirFormulas() {
        DoubleUnaryOperator sigmoid = x -> 1 / (1 + Math.exp(-x));
        DoubleUnaryOperator softplus = x -> Math.log(1 + Math.exp(x));
        DoubleUnaryOperator elu = x -> x > 0 ? x : Math.exp(x) - 1;
        assertIs(x -> Math.max(x, 0), Activations.RELU);
        assertIs(x -> Math.clamp(x, 0.0, 6.0), Activations.RELU6);
        assertIs(x -> Math.clamp(x, -1.0, 1.0), Activations.HARD_TANH);
        assertIs(x -> Math.clamp(x / 6 + 0.5, 0.0, 1.0), Activations.HARD_SIGMOID);
        assertIs(x -> x * Math.clamp(x / 6 + 0.5, 0.0, 1.0), Activations.HARD_SWISH);
        assertIs(sigmoid, Activations.SIGMOID);
        assertIs(x -> x * sigmoid.applyAsDouble(x), Activations.SILU);
        assertIs(softplus, Activations.SOFTPLUS);
        assertIs(x -> Math.log(sigmoid.applyAsDouble(x)), Activations.LOG_SIGMOID);
        assertIs(x -> x * Math.tanh(softplus.applyAsDouble(x)), Activations.MISH);
        assertIs(x -> x / (1 + Math.abs(x)), Activations.SOFTSIGN);
        for (double x : POINTS) {
            double expected = elu.applyAsDouble(x);
            assertEquals(x > 0 ? x : 2 * expected, value(Activations.ELU, x, List.of(2.0)), 1e-12);
            assertEquals(
                    x > 0 ? x : 2 * elu.applyAsDouble(x / 2),
                    value(Activations.CELU, x, List.of(2.0)),
                    1e-12);
            assertEquals(
                    x > 0 ? x : 0.1 * x, value(Activations.LEAKY_RELU, x, List.of(0.1)), 1e-12);
            assertEquals(x > 0 ? x : 0.1 * x, value(Activations.PRELU, x, 0.1), 1e-12);
        }
    }

    @Test
    void activationsHaveTheValuesPublishedWithThem() {
        // torch.nn.functional in double precision
        assertEquals(0.8413447460685429, value(Activations.GELU, 1), 1e-12);
        assertEquals(-0.15865525393145707, value(Activations.GELU, -1), 1e-12);
        assertEquals(0.8411919906082768, value(Activations.GELU_TANH, 1), 1e-12);
        assertEquals(1.0507009873554805, value(Activations.SELU, 1), 1e-12);
        assertEquals(-1.1113307378125625, value(Activations.SELU, -1), 1e-12);
        assertEquals(0.8650983882673103, value(Activations.MISH, 1), 1e-12);
    }

    @Test
    void hyperbolicFunctionsAreAccurateNearZero() {
        assertEquals(1e-10, value(Arithmetic.SINH, 1e-10), 1e-24);
        assertIs(Math::sinh, Arithmetic.SINH.withDerivative(x -> x));
        assertEquals(Math.cosh(2), value(Arithmetic.COSH, 2), 1e-14);
        assertEquals(Math.tan(1.3), value(Arithmetic.TAN, 1.3), 1e-13);
    }

    @Test
    void arithmeticFollowsPyTorchAtTheEdges() {
        assertEquals(2, value(Arithmetic.REMAINDER, -7, 3));
        assertEquals(-2, value(Arithmetic.REMAINDER, 7, -3));
        assertEquals(2, value(Arithmetic.ROUND, 2.5));
        assertEquals(3, value(Arithmetic.CLAMP, 5, List.of(4.0, 3.0)));
        PointwiseFunction lerp = Arithmetic.LERP.bind(1);
        assertEquals(0.1, value(lerp, 1e17, List.of(1.0, 0.1)));
        assertEquals(1e17, value(lerp, 1e17, List.of(0.0, 0.1)));
        List<DType> integers = List.of(DType.I32, DType.I32);
        Expr quotient = Arithmetic.DIVIDE.typed(integers, List.of()).expression();
        assertEquals(3.5, Evaluator.evaluate(quotient, 7, 2));
    }

    @Test
    void logicIsOfTruthValues() {
        assertEquals(1, value(Logic.AND, 2, -1));
        assertEquals(0, value(Logic.AND, 2, 0));
        assertEquals(1, value(Logic.OR, 0, 0.5));
        assertEquals(0, value(Logic.XOR, 1, 2));
        assertEquals(1, value(Logic.NOT, 0));
        assertEquals(1, value(Logic.IS_NAN, Double.NaN));
        assertEquals(0, value(Logic.IS_NAN, Double.POSITIVE_INFINITY));
        assertEquals(0, value(Logic.IS_FINITE, Double.NEGATIVE_INFINITY));
        assertEquals(0, value(Logic.IS_FINITE, Double.NaN));
        assertEquals(1, value(Logic.IS_FINITE, 1e300));
        assertEquals(4, value(Logic.WHERE, 0, 3, 4));
    }

    @Test
    void comparisonsWithNaNAreFalseButNotEqual() {
        double nan = Double.NaN;
        for (PointwiseFunction comparison :
                List.of(
                        Logic.EQUAL,
                        Logic.LESS,
                        Logic.LESS_OR_EQUAL,
                        Logic.GREATER,
                        Logic.GREATER_OR_EQUAL)) {
            assertEquals(0, value(comparison, 1, nan), comparison::name);
        }
        assertEquals(1, value(Logic.NOT_EQUAL, nan, nan));
        assertEquals(1, value(Logic.GREATER, 2, 1));
        assertEquals(1, value(Logic.GREATER_OR_EQUAL, 2, 2));
        assertEquals(0, value(Logic.LESS, 2, 2));
    }

    @Test
    void notANumberPassesThroughEveryActivation() {
        for (PointwiseFunction activation :
                List.of(
                        Activations.RELU,
                        Activations.RELU6,
                        Activations.SELU,
                        Activations.GELU,
                        Activations.GELU_TANH,
                        Activations.SIGMOID,
                        Activations.SILU,
                        Activations.SOFTPLUS,
                        Activations.LOG_SIGMOID,
                        Activations.MISH,
                        Activations.SOFTSIGN,
                        Activations.HARD_TANH,
                        Activations.HARD_SIGMOID,
                        Activations.HARD_SWISH)) {
            assertTrue(Double.isNaN(value(activation, Double.NaN)), activation::name);
        }
        assertTrue(Double.isNaN(value(Arithmetic.CLAMP, Double.NaN, List.of(0.0, 1.0))));
    }
}
