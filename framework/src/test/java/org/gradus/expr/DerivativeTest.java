package org.gradus.expr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.gradus.dtype.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DerivativeTest {
    private static final double INFINITY = Double.POSITIVE_INFINITY;

    private final Expr x = Expr.input(0, DType.F32);
    private final Expr y = Expr.input(1, DType.F32);

    private static double slope(PointwiseFunction function, int input, double... point) {
        List<DType> types = Collections.nCopies(point.length, DType.F32);
        return Evaluator.evaluate(function.typed(types, List.of()).derivative(input), point);
    }

    private static double gradient(PointwiseFunction function, int input, double... arguments) {
        PointwiseFunction pullback = function.pullback(input);
        List<DType> types = Collections.nCopies(arguments.length, DType.F32);
        return Evaluator.evaluate(pullback.typed(types, List.of()).expression(), arguments);
    }

    // ---- conventions

    @Test
    void absHasDerivativeZeroAtZero() {
        assertEquals(0, slope(Arithmetic.ABS, 0, 0));
    }

    @Test
    void equalOperandsShareTheGradientOfMaximumAndMinimum() {
        for (PointwiseFunction f : List.of(Arithmetic.MAXIMUM, Arithmetic.MINIMUM)) {
            assertEquals(0.5, slope(f, 0, 3, 3));
            assertEquals(0.5, slope(f, 1, 3, 3));
        }
        assertEquals(0.5, Evaluator.evaluate(Derivative.of(x.maximum(0), 0), 0));
    }

    @Test
    void maximumAndMinimumGiveTheGradientToTheOneChosen() {
        assertEquals(0, slope(Arithmetic.MAXIMUM, 0, 2, 3));
        assertEquals(1, slope(Arithmetic.MAXIMUM, 1, 2, 3));
        assertEquals(1, slope(Arithmetic.MINIMUM, 0, 2, 3));
        assertEquals(0, slope(Arithmetic.MINIMUM, 1, 2, 3));
    }

    @Test
    void rectifiersHaveTheirDerivativeAtTheKink() {
        assertEquals(0, slope(Activations.RELU, 0, 0));
        assertEquals(0, slope(Activations.RELU6, 0, 0));
        assertEquals(0, slope(Activations.RELU6, 0, 6));
        assertEquals(0, slope(Activations.HARD_TANH, 0, 1));
        assertEquals(0, slope(Activations.HARD_SIGMOID, 0, -3));
        assertEquals(1, slope(Activations.HARD_SWISH, 0, 3));
        PointwiseFunction leaky =
                PointwiseFunction.of(
                        "leaky",
                        a -> Activations.LEAKY_RELU.apply(List.of(a), List.of(a.literal(0.25))));
        assertEquals(0.25, slope(leaky, 0, 0));
    }

    @Test
    void clampHasDerivativeOneAtItsLimits() {
        PointwiseFunction clamp =
                PointwiseFunction.of(
                        "clamp",
                        a ->
                                Arithmetic.CLAMP.apply(
                                        List.of(a), List.of(a.literal(-1), a.literal(2))));
        assertEquals(1, slope(clamp, 0, -1));
        assertEquals(1, slope(clamp, 0, 2));
        assertEquals(0, slope(clamp, 0, -1.5));
    }

    @Test
    void sqrtHasInfiniteDerivativeAtZero() {
        assertEquals(INFINITY, slope(Arithmetic.SQRT, 0, 0));
    }

    @Test
    void powerIsFlatWhereTheExponentIsZeroOrTheBaseIsZero() {
        assertEquals(0, slope(Arithmetic.POWER, 0, 0, 0));
        assertEquals(1, slope(Arithmetic.POWER, 0, 0, 1));
        assertEquals(0, slope(Arithmetic.POWER, 1, 0, 0));
        assertEquals(0, slope(Arithmetic.POWER, 1, 0, 2));
        assertEquals(-INFINITY, slope(Arithmetic.POWER, 1, 0, -1));
        assertEquals(-12, slope(Arithmetic.POWER, 0, -2, 3) * -1);
    }

    @Test
    void remainderFollowsTheDividendAndStepsWithTheDivisor() {
        assertEquals(1, slope(Arithmetic.REMAINDER, 0, -7, 3));
        assertEquals(3, slope(Arithmetic.REMAINDER, 1, -7, 3));
    }

    @Test
    void curvatureAtZeroOfSigmoidAndSoftplusIsExactInSpiteOfTheBranches() {
        assertEquals(0.25, slope(Activations.SIGMOID, 0, 0));
        assertEquals(0.5, slope(Activations.SOFTPLUS, 0, 0));
        assertEquals(0.5, slope(Activations.LOG_SIGMOID, 0, 0));
        PointwiseFunction gradient = Activations.SOFTPLUS.pullback(0);
        assertEquals(0.25, slope(gradient, 0, 0, 1), 1e-7);
        assertEquals(0, slope(Activations.SIGMOID.pullback(0), 0, 0, 1), 1e-7);
    }

    // ---- what is constant

    @Test
    void whatDoesNotDependOnTheInputHasTheLiteralZeroAsDerivative() {
        Expr integer = Expr.input(2, DType.I32);
        Expr scalar = Expr.scalar(0, DType.F32);
        List<Expr> constants =
                List.of(
                        y.exp().multiply(scalar),
                        x.floor().add(x.sign()).multiply(x.round()).subtract(x.ceil()),
                        x.cast(DType.I32).cast(DType.F32).sin(),
                        x.lessThan(y).select(y, scalar),
                        x.lessThan(y).cast(DType.F32),
                        x.multiply(0).multiply(0).floor().power(y),
                        Expr.uniform(Expr.scalar(0, DType.I64), Expr.index()),
                        x.lessThan(y));
        for (Expr constant : constants) {
            assertTrue(Derivative.of(constant, 0).isConstant(0), constant::toString);
        }
        assertTrue(Derivative.of(integer.cast(DType.F32).square(), 2).isConstant(0));
    }

    @Test
    void zerosAndOnesDisappear() {
        assertEquals(Program.of(y.cast(DType.F32)), Program.of(Derivative.of(x.multiply(y), 0)));
        assertTrue(Derivative.of(x.add(y).subtract(3), 0).isConstant(1));
        assertTrue(Derivative.of(y.subtract(x), 0).isConstant(-1));
        assertTrue(Derivative.of(x.multiply(2).add(x.multiply(3)), 0).isConstant(5));
        assertEquals(Program.of(y), Program.of(Derivative.pullback(x.add(3), 0, 1)));
    }

    @Test
    void derivativeHasTheComputeTypeOfTheExpression() {
        Expr half = Expr.input(0, DType.BF16);
        assertEquals(DType.F32, Derivative.of(half.square().cast(DType.BF16), 0).dtype());
        assertEquals(DType.F64, Derivative.of(half.cast(DType.F64).square(), 0).dtype());
        assertEquals(DType.F32, Derivative.of(half, 0).dtype());
    }

    @Test
    void squareIsDerivedWithoutPowers() {
        assertEquals(
                Program.of(x.multiply(2).multiply(y)),
                Program.of(Derivative.pullback(x.power(2), 0, 1)));
    }

    @Test
    void derivativeIsLinearInTheSizeOfTheExpression() {
        assertLinear(e -> e.multiply(e.sin()).add(e.lessOrEqual(1).select(0, e)).divide(e.exp()));
        assertLinear(e -> e.lessOrEqual(0).select(0, e).sqrt());
        assertLinear(e -> e.lessOrEqual(0).select(e.literal(0), e.multiply(e)).multiply(y));
    }

    private void assertLinear(UnaryOperator<Expr> layer) {
        int[] sizes = new int[3];
        Expr e = x;
        for (int depth = 1; depth <= 60; depth++) {
            e = layer.apply(e);
            if (depth % 20 == 0) {
                Program program = Program.of(Derivative.of(e, 0));
                sizes[depth / 20 - 1] = program.instructions().size();
            }
        }
        assertEquals(sizes[1] - sizes[0], sizes[2] - sizes[1]);
    }

    // ---- no NaN from branches not taken

    @ParameterizedTest
    @ValueSource(doubles = {-1e4, -200, -89, -40, -1e-30, -0.0, 0, 1e-30, 40, 89, 200, 1e4})
    void smoothActivationsAreFiniteWithTheirFirstAndSecondDerivatives(double point) {
        List<PointwiseFunction> activations =
                List.of(
                        Activations.SIGMOID,
                        Activations.SILU,
                        Activations.SOFTPLUS,
                        Activations.LOG_SIGMOID,
                        Activations.MISH,
                        Activations.GELU,
                        Activations.GELU_TANH,
                        Activations.SELU,
                        Activations.SOFTSIGN,
                        Activations.HARD_SWISH,
                        Arithmetic.TANH,
                        Arithmetic.ERF);
        for (PointwiseFunction activation : activations) {
            Expr value = activation.typed(List.of(DType.F32), List.of()).expression();
            assertTrue(Double.isFinite(Evaluator.evaluate(value, point)), activation::name);
            assertTrue(Double.isFinite(slope(activation, 0, point)), activation::name);
            double second = slope(activation.pullback(0), 0, point, 1);
            assertTrue(Double.isFinite(second), activation::name);
        }
    }

    @Test
    void sigmoidKeepsItsRelativeAccuracyInTheTails() {
        assertEquals(1, slope(Activations.SIGMOID, 0, -40) / Math.exp(-40), 1e-6);
        assertEquals(1, slope(Activations.SIGMOID, 0, 40) / Math.exp(-40), 1e-6);
        assertEquals(1, slope(Activations.SOFTPLUS, 0, -40) / Math.exp(-40), 1e-6);
    }

    @Test
    void branchNotTakenDoesNotMatterEvenInsideOfOtherFunctions() {
        // sqrt, log and the quotient are infinite at 0, where the rectifier stops the gradient.
        Expr rectified = x.lessOrEqual(0).select(0, x);
        Expr twice = rectified.multiply(rectified.add(1));
        Expr wide = rectified.cast(DType.F64);
        for (Expr e :
                List.of(
                        rectified.sqrt(),
                        rectified.log(),
                        rectified.rsqrt().negate(),
                        rectified.subtract(3).minimum(y.literal(-3)).add(3).sqrt(),
                        twice.log(),
                        wide.reciprocal())) {
            assertEquals(0, Evaluator.evaluate(Derivative.of(e, 0), -1), e::toString);
        }
        Expr safe = x.greaterThan(0).select(x.log(), x.literal(0)).exp();
        assertEquals(0, Evaluator.evaluate(Derivative.of(safe, 0), 0));
        assertEquals(1, Evaluator.evaluate(Derivative.of(safe, 0), 3), 1e-6);
    }

    @Test
    void infiniteGradientsDoNotPassAClosedGate() {
        for (double bad : new double[] {INFINITY, Double.NaN}) {
            assertEquals(0, gradient(Activations.RELU, 0, -1, bad));
            assertEquals(0, gradient(Activations.HARD_TANH, 0, 4, bad));
            assertEquals(0, gradient(Arithmetic.MAXIMUM, 0, 1, 2, bad));
            assertEquals(0, gradient(Logic.WHERE, 2, 1, 5, 6, bad));
            assertEquals(0, gradient(Logic.WHERE, 1, 0, 5, 6, bad));
        }
        assertEquals(7, gradient(Logic.WHERE, 1, 1, 5, INFINITY, 7));
    }
}
