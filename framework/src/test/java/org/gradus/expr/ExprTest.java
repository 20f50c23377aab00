package org.gradus.expr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.gradus.dtype.DType;
import org.junit.jupiter.api.Test;

class ExprTest {
    private final Expr x = Expr.input(0, DType.F32);
    private final Expr whole = Expr.input(0, DType.I32);
    private final Expr truth = Expr.input(0, DType.BOOL);

    @Test
    void arithmeticIsDoneInTheComputeTypeOfThePromotedOperands() {
        Expr half = Expr.input(0, DType.BF16);
        assertEquals(DType.F32, half.add(half).dtype());
        assertEquals(DType.I32, Expr.input(0, DType.U8).negate().dtype());
        assertEquals(DType.I32, truth.add(truth).dtype());
        assertEquals(DType.F32, whole.exp().dtype());
        assertEquals(DType.F64, Expr.input(0, DType.F64).add(half).dtype());
        assertEquals(DType.BOOL, half.lessThan(whole).dtype());
        assertEquals(DType.F32, whole.power(whole).dtype());
    }

    @Test
    void literalsKeepTheirValue() {
        assertEquals(3.5, Evaluator.evaluate(whole.add(0.5), 3));
        assertEquals(3, Evaluator.evaluate(truth.add(2), 1));
        assertEquals(DType.I64, whole.multiply(1e10).dtype());
        assertEquals(DType.I32, whole.multiply(2).dtype());
        assertEquals(300, Evaluator.evaluate(Expr.input(0, DType.U8).add(100), 200));
        assertTrue(Evaluator.evaluate(whole.lessThan(0.5), 0) == 1);
    }

    @Test
    void literalsOfASinglePrecisionAreRounded() {
        assertEquals((double) 0.1f, Expr.constant(0.1, DType.F32).constantValue());
        assertEquals(0.1, Expr.constant(0.1, DType.F64).constantValue());
        assertEquals((double) 0.1f, Expr.constant(0.1, DType.F32).cast(DType.F64).constantValue());
        assertEquals(-2, Expr.constant(-2.9, DType.F32).cast(DType.I32).constantValue());
        assertTrue(Expr.constant(7, DType.F32).cast(DType.BOOL).isConstant(1));
        assertThrows(IllegalStateException.class, x::constantValue);
    }

    @Test
    void castToTheSameTypeIsTheExpressionItself() {
        assertSame(x, x.cast(DType.F32));
    }

    @Test
    void bitsOfFloatingNumbersAreRefused() {
        assertThrows(IllegalArgumentException.class, x::not);
        IllegalArgumentException wrong =
                assertThrows(IllegalArgumentException.class, () -> x.and(whole));
        assertEquals(
                "and needs bool or integer operands, not f32; compare or cast them first",
                wrong.getMessage());
        assertThrows(IllegalArgumentException.class, () -> x.select(x, x));
        assertThrows(IllegalArgumentException.class, () -> x.exp().withOperands(List.of()));
    }

    @Test
    void integersTruncateAndGuardAgainstZero() {
        Expr other = Expr.input(1, DType.I32);
        assertEquals(-2, Evaluator.evaluate(whole.divide(other), -7, 3));
        assertEquals(0, Evaluator.evaluate(whole.divide(other), -7, 0));
        assertEquals(2, Evaluator.evaluate(whole.remainder(other), -7, 3));
        assertEquals(-2, Evaluator.evaluate(whole.remainder(other), 7, -3));
    }

    @Test
    void textIsInPrefixForm() {
        assertEquals("add(input0:f32, 2.0)", x.add(2).toString());
        assertEquals("cast<bf16>(exp(input0:f32))", x.exp().cast(DType.BF16).toString());
        Expr deep = x;
        for (int i = 0; i < 1000; i++) {
            deep = deep.square();
        }
        assertTrue(deep.toString().length() < 10_000);
    }
}
