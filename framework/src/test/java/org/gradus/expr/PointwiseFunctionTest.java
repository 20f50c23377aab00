package org.gradus.expr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.gradus.dtype.DType;
import org.junit.jupiter.api.Test;

class PointwiseFunctionTest {
    private static PointwiseFunction.Typed typed(PointwiseFunction function, DType... inputs) {
        return function.typed(List.of(inputs), List.of());
    }

    @Test
    void resultIsStoredInThePromotedTypeOfTheInputs() {
        assertEquals(DType.BF16, typed(Activations.RELU, DType.BF16).dtype());
        assertEquals(DType.BF16, typed(Arithmetic.ADD, DType.BF16, DType.I64).dtype());
        assertEquals(DType.F32, typed(Arithmetic.ADD, DType.BF16, DType.F16).dtype());
        assertEquals(DType.U8, typed(Arithmetic.ADD, DType.U8, DType.U8).dtype());
        assertEquals(DType.F64, typed(Arithmetic.POWER, DType.F16, DType.F64).dtype());
        assertEquals(DType.F16, typed(Logic.WHERE, DType.BOOL, DType.F16, DType.F16).dtype());
    }

    @Test
    void functionsOfRealNumbersAndComparisonsChooseTheirOwnType() {
        assertEquals(DType.F32, typed(Arithmetic.EXP, DType.U8).dtype());
        assertEquals(DType.F32, typed(Arithmetic.DIVIDE, DType.I32, DType.I64).dtype());
        assertEquals(DType.F64, typed(Arithmetic.DIVIDE, DType.I32, DType.F64).dtype());
        assertEquals(DType.BOOL, typed(Logic.LESS, DType.F16, DType.F16).dtype());
        PointwiseFunction toFloat = PointwiseFunction.of("float", x -> x.cast(DType.F32));
        assertEquals(DType.F32, typed(toFloat, DType.BF16).dtype());
    }

    @Test
    void scalarOfTheSameKindDoesNotWidenTheResult() {
        PointwiseFunction addScalar = Arithmetic.ADD.bind(1);
        assertEquals(DType.BF16, addScalar.typed(List.of(DType.BF16), List.of(DType.F32)).dtype());
        assertEquals(DType.I32, addScalar.typed(List.of(DType.I32), List.of(DType.I32)).dtype());
        assertEquals(DType.F32, addScalar.typed(List.of(DType.I32), List.of(DType.F32)).dtype());
    }

    @Test
    void sixteenBitResultIsRounded() {
        Expr third = typed(Arithmetic.DIVIDE, DType.BF16, DType.BF16).expression();
        assertEquals(0x1.56p-2, Evaluator.evaluate(third, 1, 3));
    }

    @Test
    void pullbackHasTheTypeOfItsInput() {
        PointwiseFunction pullback = Arithmetic.MULTIPLY.pullback(0);
        assertEquals("multiply.gradient0", pullback.name());
        assertEquals(3, pullback.inputs());
        assertEquals(DType.BF16, typed(pullback, DType.BF16, DType.F32, DType.F32).dtype());
        assertEquals(DType.F32, typed(pullback, DType.F32, DType.F16, DType.F32).dtype());
        assertEquals(DType.BF16, typed(pullback, DType.BF16, DType.BF16, DType.BF16).dtype());
        PointwiseFunction add = Arithmetic.ADD.pullback(0);
        assertEquals(DType.BF16, typed(add, DType.BF16, DType.BF16, DType.BF16).dtype());
    }

    @Test
    void typedFunctionsAndPullbacksAreMadeOnce() {
        assertSame(typed(Activations.GELU, DType.F32), typed(Activations.GELU, DType.F32));
        assertSame(Activations.GELU.pullback(0), Activations.GELU.pullback(0));
        List<Expr> derivatives =
                IntStream.range(0, 100)
                        .parallel()
                        .mapToObj(i -> typed(Activations.MISH, DType.F64).derivative(0))
                        .toList();
        derivatives.forEach(derivative -> assertSame(derivatives.get(0), derivative));
    }

    @Test
    void gradientsOfAnyOrderFollow() {
        PointwiseFunction cube = PointwiseFunction.of("cube", x -> x.square().multiply(x));
        PointwiseFunction third = cube.pullback(0).pullback(0).pullback(0);
        assertEquals("cube.gradient0.gradient0.gradient0", third.name());
        Expr e = typed(third, DType.F64, DType.F64, DType.F64, DType.F64).expression();
        assertEquals(6 * 2 * 3 * 5, Evaluator.evaluate(e, 0.7, 2, 3, 5), 1e-12);
        PointwiseFunction byGradient = cube.pullback(0).pullback(1);
        Expr slope = typed(byGradient, DType.F64, DType.F64, DType.F64).expression();
        assertEquals(3 * 4 * 5, Evaluator.evaluate(slope, 2, 100, 5), 1e-12);
    }

    @Test
    void pullbackAppliesToOtherExpressions() {
        Expr x = Expr.input(1, DType.F64);
        Expr g = Expr.input(0, DType.F64);
        Expr e = Arithmetic.MULTIPLY.pullback(1).apply(x.exp(), x, g.add(1));
        assertEquals(Math.exp(2) * 4, Evaluator.evaluate(e, 3, 2), 1e-12);
    }

    @Test
    void constantInputsAreKnown() {
        PointwiseFunction.Typed where = typed(Logic.WHERE, DType.BOOL, DType.F32, DType.F32);
        assertTrue(where.isConstantIn(0));
        assertFalse(where.isConstantIn(1));
        assertTrue(typed(Arithmetic.ADD, DType.F32, DType.I32).isConstantIn(1));
        assertTrue(typed(Arithmetic.FLOOR, DType.F32).isConstantIn(0));
        assertTrue(typed(Logic.LESS, DType.F32, DType.F32).isConstantIn(0));
    }

    @Test
    void inputsThatAreNotReadNeedNotBeKept() {
        PointwiseFunction.Typed add =
                typed(Arithmetic.ADD.pullback(0), DType.F32, DType.F32, DType.F32);
        assertFalse(add.reads(0));
        assertFalse(add.reads(1));
        assertTrue(add.reads(2));
        PointwiseFunction.Typed multiply =
                typed(Arithmetic.MULTIPLY.pullback(0), DType.F32, DType.F32, DType.F32);
        assertFalse(multiply.reads(0));
        assertTrue(multiply.reads(1));
    }

    @Test
    void inputsThatNoDerivativeReadsNeedNotBeKept() {
        PointwiseFunction.Typed multiply = typed(Arithmetic.MULTIPLY, DType.F32, DType.F32);
        assertTrue(multiply.pullbacksRead(0));
        PointwiseFunction.Typed byInteger = typed(Arithmetic.MULTIPLY, DType.F32, DType.I32);
        assertFalse(byInteger.pullbacksRead(0));
        assertTrue(byInteger.pullbacksRead(1));
        assertFalse(typed(Arithmetic.ADD, DType.F32, DType.F32).pullbacksRead(1));
    }

    @Test
    void costIsThatOfTheProgram() {
        assertEquals(3, typed(Arithmetic.ADD, DType.F32, DType.F32).size());
        assertFalse(typed(Arithmetic.ADD, DType.F32, DType.F32).isExpensive());
        assertTrue(typed(Activations.GELU, DType.F32).isExpensive());
    }

    @Test
    void onlyRandomFunctionsDependOnThePosition() {
        List<DType> scalars = List.of(DType.I64, DType.I64, DType.F32);
        assertTrue(Sampling.DROPOUT.typed(List.of(DType.F32), scalars).isPositional());
        assertTrue(
                Sampling.DROPOUT
                        .pullback(0)
                        .typed(List.of(DType.F32, DType.F32), scalars)
                        .isPositional());
        assertFalse(typed(Activations.GELU, DType.F32).isPositional());
    }

    @Test
    void givenDerivativeReplacesTheSymbolicOne() {
        PointwiseFunction straightThrough = Arithmetic.ROUND.withDerivative(x -> x.literal(1));
        assertTrue(typed(straightThrough, DType.F32).derivative(0).isConstant(1));
        assertTrue(typed(Arithmetic.ROUND, DType.F32).isConstantIn(0));
        Expr gradient = typed(straightThrough.pullback(0), DType.F32, DType.F32).expression();
        assertEquals(7, Evaluator.evaluate(gradient, 0.3, 7));
    }

    @Test
    void boundInputBecomesTheLastScalar() {
        PointwiseFunction subtract = Arithmetic.SUBTRACT.bind(0);
        assertEquals(1, subtract.inputs());
        assertEquals(1, subtract.scalars());
        Expr e = subtract.typed(List.of(DType.F32), List.of(DType.F32)).expression();
        assertEquals(7, Evaluator.evaluate(e, List.of(3.0), List.of(10.0), 0).doubleValue());
        PointwiseFunction lerp = Arithmetic.LERP.bind(1);
        Expr between = lerp.typed(List.of(DType.F32), List.of(DType.F32, DType.F32)).expression();
        Number value = Evaluator.evaluate(between, List.of(2.0), List.of(0.25, 10.0), 0);
        assertEquals(4, value.doubleValue());
    }

    @Test
    void boundFunctionKeepsGivenDerivatives() {
        PointwiseFunction f =
                PointwiseFunction.of("f", (a, b) -> a.multiply(b))
                        .withDerivative(1, (x, s) -> x.get(0).multiply(3));
        PointwiseFunction.Typed bound = f.bind(0).typed(List.of(DType.F32), List.of(DType.F32));
        Number slope = Evaluator.evaluate(bound.derivative(0), List.of(5.0), List.of(2.0), 0);
        assertEquals(6, slope.doubleValue());
    }

    @Test
    void wrongNumbersOfArgumentsAreNamed() {
        IllegalArgumentException wrong =
                assertThrows(
                        IllegalArgumentException.class, () -> typed(Arithmetic.ADD, DType.F32));
        assertEquals("add takes 2 inputs and 0 scalars, not 1 and 0", wrong.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Arithmetic.ADD.pullback(2));
        assertThrows(IllegalArgumentException.class, () -> Arithmetic.ADD.pullback(-1));
        assertThrows(
                IllegalArgumentException.class, () -> typed(Activations.RELU, DType.F32).reads(1));
    }
}
