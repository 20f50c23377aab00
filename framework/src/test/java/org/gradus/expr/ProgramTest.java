package org.gradus.expr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.gradus.dtype.DType;
import org.junit.jupiter.api.Test;

class ProgramTest {
    private final Expr x = Expr.input(0, DType.F32);
    private final Expr y = Expr.input(1, DType.F32);

    @Test
    void equalComputationsGiveEqualPrograms() {
        Program first = Program.of(x.add(y).exp(), x.multiply(2));
        Program second =
                Program.of(
                        Expr.input(0, DType.F32).add(Expr.input(1, DType.F32)).exp(),
                        Expr.input(0, DType.F32).multiply(2));
        assertEquals(first, second);
        assertEquals(first.hashCode(), second.hashCode());
        assertNotEquals(first, Program.of(x.multiply(2), x.add(y).exp()));
        assertNotEquals(first, Program.of(x.add(y).exp(), x.multiply(3)));
    }

    @Test
    void orderOfCommutingOperandsDoesNotMatter() {
        Expr a = x.exp();
        assertEquals(Program.of(x.add(y)), Program.of(y.add(x)));
        assertEquals(
                Program.of(a.multiply(y).equalTo(a.add(2))),
                Program.of(y.multiply(x.exp()).equalTo(x.exp().add(2))));
        assertNotEquals(Program.of(x.subtract(y)), Program.of(y.subtract(x)));
    }

    @Test
    void orderOfBuildingDoesNotMatter() {
        Program.Builder builder = new Program.Builder();
        builder.add(y.sin());
        int second = builder.add(y.multiply(x));
        int first = builder.add(x.subtract(y));
        builder.output(first, DType.F32);
        builder.output(second, DType.F32);
        assertEquals(Program.of(x.subtract(y), x.multiply(y)), builder.build());
    }

    @Test
    void commonSubexpressionsAreComputedOnce() {
        Program program = Program.of(x.add(y).exp().multiply(y.add(x).exp()));
        assertEquals(5, program.instructions().size());
    }

    @Test
    void unusedInstructionsVanish() {
        Program.Builder builder = new Program.Builder();
        builder.add(x.exp().log1p());
        builder.output(builder.add(y.negate()), DType.F32);
        Program program = builder.build();
        assertEquals(2, program.instructions().size());
        assertEquals(List.of(DType.F32, DType.F32), program.inputTypes());
        assertEquals(1, program.output(0));
    }

    @Test
    void inputsAndScalarsAreReplacedByResultsOfTheBuilder() {
        Program.Builder builder = new Program.Builder();
        int inner = builder.add(y.exp());
        Expr scaled = x.multiply(Expr.scalar(0, DType.F32));
        int[] replacements = {inner, inner};
        int outer = builder.add(scaled, replacements, new int[] {builder.scalar(2, DType.F32)});
        builder.output(outer, DType.F32);
        assertEquals(Program.of(y.exp().multiply(Expr.scalar(2, DType.F32))), builder.build());
    }

    @Test
    void trivialOperationsAreSimplifiedAway() {
        Program identity = Program.of(x);
        Expr condition = x.lessThan(y);
        List<Expr> identities =
                List.of(
                        x.multiply(1),
                        x.literal(1).multiply(x),
                        x.divide(1),
                        x.subtract(0),
                        x.negate().negate(),
                        x.maximum(x),
                        x.cast(DType.F32),
                        condition.select(x, x));
        for (Expr e : identities) {
            assertEquals(identity, Program.of(e), e::toString);
        }
        assertEquals(Program.of(condition.select(x, y)), Program.of(condition.not().select(y, x)));
    }

    @Test
    void simplificationsAreExact() {
        // x - (-0) and x + 0 turn -0 into 0, and 0 * x may be NaN.
        for (Expr e : List.of(x.subtract(-0.0), x.add(0), x.multiply(0), x.subtract(x))) {
            assertTrue(Program.of(e).instructions().size() > 1, e::toString);
        }
        assertEquals(2, Program.of(x.equalTo(x)).instructions().size());
    }

    @Test
    void wideningCastsAreFreeAndRoundingOnesAreKept() {
        Expr half = Expr.input(0, DType.BF16);
        assertEquals(1, Program.of(half.cast(DType.F32)).instructions().size());
        Program rounded = Program.of(x.cast(DType.BF16).cast(DType.F32));
        assertEquals(2, rounded.instructions().size());
        assertEquals(Op.CAST, rounded.instructions().get(1).op());
        assertEquals(DType.BF16, rounded.instructions().get(1).dtype());
        assertEquals(List.of(DType.F32), rounded.outputTypes());
    }

    @Test
    void typesOfUnusedArgumentsAreF32() {
        Program program = Program.of(Expr.input(2, DType.I64).add(Expr.scalar(1, DType.I64)));
        assertEquals(List.of(DType.F32, DType.F32, DType.I64), program.inputTypes());
        assertEquals(List.of(DType.F32, DType.I64), program.scalarTypes());
    }

    @Test
    void oneInputCannotHaveTwoTypes() {
        Expr other = Expr.input(0, DType.F64);
        IllegalArgumentException wrong =
                assertThrows(IllegalArgumentException.class, () -> Program.of(x.add(other)));
        assertTrue(wrong.getMessage().startsWith("input 0 is used both as f32 and as f64"));
    }

    @Test
    void textShowsOneInstructionPerLine() {
        assertEquals(
                """
                %0 = input f32 0
                %1 = constant f32 2.0
                %2 = subtract f32 %0 %1
                output f32 %2
                """,
                Program.of(x.subtract(2)).toString());
    }
}
