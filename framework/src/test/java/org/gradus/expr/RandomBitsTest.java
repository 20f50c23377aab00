package org.gradus.expr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.gradus.dtype.DType;
import org.junit.jupiter.api.Test;

class RandomBitsTest {
    @Test
    void referenceGivesTheKnownAnswersOfRandom123() {
        assertArrayEquals(
                new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
                Philox.block(new int[4], new int[2]));
        assertArrayEquals(
                new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
                Philox.block(new int[] {-1, -1, -1, -1}, new int[] {-1, -1}));
        assertArrayEquals(
                new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
                Philox.block(
                        new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                        new int[] {0xa4093822, 0x299f31d0}));
    }

    @Test
    void fourCountersShareABlock() {
        Expr bits = Expr.randomBits(Expr.scalar(0, DType.I64), Expr.scalar(1, DType.I64));
        int[] expected = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
        for (long word = 0; word < 4; word++) {
            Number value = Evaluator.evaluate(bits, List.of(), List.of(0L, word), 0);
            assertEquals(expected[(int) word], value.intValue());
        }
    }

    @Test
    void uniformIsTheUpperTwentyFourBits() {
        Expr uniform = Expr.uniform(Expr.constant(0, DType.I64), Expr.constant(1, DType.I64));
        assertEquals((0xe169c58dL >>> 8) * 0x1p-24, Evaluator.evaluate(uniform));
        assertEquals(DType.F32, uniform.dtype());
    }

    @Test
    void samplesHaveTheMomentsOfTheirDistributions() {
        // 4 standard errors of the mean and of the mean square of 20,000 samples.
        assertMoments(Sampling.UNIFORM, 1.0 / 2, 1.0 / 3, 0.0087, 7L, 0L);
        assertMoments(Sampling.NORMAL, 0, 1, 0.04, 7L, 0L);
        assertMoments(Sampling.BERNOULLI, 0.3, 0.3, 0.013, 7L, 5L, 0.3);
    }

    private static void assertMoments(
            PointwiseFunction function,
            double mean,
            double meanSquare,
            double tolerance,
            Number... scalars) {
        List<DType> types = List.of(DType.I64, DType.I64, DType.F32).subList(0, scalars.length);
        Expr sample = function.typed(List.of(), types).expression();
        int count = 20_000;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < count; i++) {
            double x = Evaluator.evaluate(sample, List.of(), List.of(scalars), i).doubleValue();
            assertTrue(Double.isFinite(x));
            sum += x;
            squares += x * x;
        }
        assertEquals(mean, sum / count, tolerance, function.name());
        assertEquals(meanSquare, squares / count, tolerance, function.name());
    }

    @Test
    void dropoutScalesWhatItKeepsAndItsGradientDrawsTheSameMask() {
        List<DType> scalarTypes = List.of(DType.I64, DType.I64, DType.F32);
        List<Number> scalars = List.of(3L, 40L, 0.25);
        Expr value = Sampling.DROPOUT.typed(List.of(DType.F32), scalarTypes).expression();
        Expr gradient =
                Sampling.DROPOUT
                        .pullback(0)
                        .typed(List.of(DType.F32, DType.F32), scalarTypes)
                        .expression();
        int kept = 0;
        for (int i = 0; i < 1000; i++) {
            double y = Evaluator.evaluate(value, List.of(6.0), scalars, i).doubleValue();
            double g = Evaluator.evaluate(gradient, List.of(6.0, 3.0), scalars, i).doubleValue();
            assertEquals(y == 0 ? 0 : 8, y, 1e-6);
            assertEquals(y / 2, g, 1e-6);
            kept += y == 0 ? 0 : 1;
        }
        assertEquals(750, kept, 4 * Math.sqrt(1000 * 0.25 * 0.75));
    }

    @Test
    void dropoutOfEverythingIsZeroEvenForInfiniteElements() {
        List<DType> scalarTypes = List.of(DType.I64, DType.I64, DType.F32);
        Expr value = Sampling.DROPOUT.typed(List.of(DType.F32), scalarTypes).expression();
        double infinity = Double.POSITIVE_INFINITY;
        Number y = Evaluator.evaluate(value, List.of(infinity), List.of(0L, 0L, 1.0), 0);
        assertEquals(0, y.doubleValue());
    }
}
