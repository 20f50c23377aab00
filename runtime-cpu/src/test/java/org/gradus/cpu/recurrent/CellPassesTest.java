package org.gradus.cpu.recurrent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.gradus.cpu.matmul.Matrix;
import org.gradus.cpu.vector.VectorProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

class CellPassesTest {
    private static final int ROWS = 3;
    private static final int DISTANCE = 50;
    private static final int STRIDE = 4 * DISTANCE + 3;
    private static final int OFFSET = 5;
    private static final int[] UNITS = {1, 2, 7, 8, 15, 16, 17, 32, 33, 47};

    /** Five matrices of random numbers, and all kinds of passes over them. */
    private static final class Operands {
        final Matrix[] m = new Matrix[5];

        Operands() {
            Random random = new Random(1);
            for (int i = 0; i < m.length; i++) {
                float[] values = new float[OFFSET + ROWS * STRIDE];
                for (int k = 0; k < values.length; k++) {
                    // also beyond where the sigmoid functions reach their limits
                    values[k] = (float) random.nextGaussian() * (k % 5 == 0 ? 40 : 1);
                }
                m[i] = new Matrix(values, OFFSET, STRIDE, 1);
            }
        }
    }

    private interface Pass {
        void run(CellPasses passes, Matrix[] m, int units);
    }

    private static Map<String, Pass> all() {
        int d = DISTANCE;
        Map<String, Pass> all = new LinkedHashMap<>();
        all.put("sum", (p, m, n) -> p.sum(m[0], m[1], m[2], m[3], ROWS, n));
        all.put("sigmoid", (p, m, n) -> p.sigmoid(m[0], ROWS, n));
        all.put("tanh", (p, m, n) -> p.tanh(m[0], m[1], ROWS, n));
        all.put("relu", (p, m, n) -> p.relu(m[0], ROWS, n));
        all.put("add", (p, m, n) -> p.add(m[0], m[1], ROWS, n));
        all.put("multiply", (p, m, n) -> p.multiply(m[0], m[1], ROWS, n));
        all.put("lstm", (p, m, n) -> p.lstm(m[0], d, m[1], m[2], ROWS, n));
        all.put("candidate", (p, m, n) -> p.candidate(m[0], m[1], m[2], m[3], m[4], ROWS, n));
        all.put("gru", (p, m, n) -> p.gru(m[0], d, m[1], m[2], ROWS, n));
        all.put("tanhGradient", (p, m, n) -> p.tanhGradient(m[0], m[1], m[2], ROWS, n));
        all.put("reluGradient", (p, m, n) -> p.reluGradient(m[0], m[1], m[2], ROWS, n));
        all.put(
                "lstmGradient",
                (p, m, n) -> p.lstmGradient(m[0], m[1], m[2], m[3], m[4], d, ROWS, n));
        all.put(
                "gruGradient",
                (p, m, n) -> p.gruGradient(m[0], m[1], m[2], m[3], m[4], d, ROWS, n));
        return all;
    }

    @TestFactory
    Stream<DynamicTest> vectorPassesGiveTheBitsOfPlainOnesAndTouchNothingElse() {
        return all().entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> compare(e.getValue())));
    }

    private static void compare(Pass pass) {
        assumeTrue(VectorProvider.available(), VectorProvider.description());
        for (int units : UNITS) {
            Operands plain = new Operands();
            Operands vector = new Operands();
            pass.run(new CellPasses(), plain.m, units);
            pass.run(new VectorCellPasses(), vector.m, units);
            for (int i = 0; i < plain.m.length; i++) {
                float[] expected = plain.m[i].data();
                assertArrayEquals(expected, vector.m[i].data(), units + " units, operand " + i);
            }
        }
    }

    @Test
    void sigmoidFunctionsAreAccurate() {
        int n = 4001;
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (i - n / 2) * 0.01f;
        }
        float[] sigmoid = x.clone();
        float[] tanh = new float[n];
        CellPasses passes = new CellPasses();
        passes.sigmoid(new Matrix(sigmoid, 0, n, 1), 1, n);
        passes.tanh(new Matrix(x, 0, n, 1), new Matrix(tanh, 0, n, 1), 1, n);
        for (int i = 0; i < n; i++) {
            double expected = 1 / (1 + Math.exp(-x[i]));
            assertEquals(expected, sigmoid[i], 3e-7 * expected);
            assertEquals(Math.tanh(x[i]), tanh[i], 5e-7 * Math.abs(Math.tanh(x[i])));
        }
    }

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void theVectorPassesTakeOverWhenTheyAreCompiled() {
        assumeTrue(VectorProvider.available(), VectorProvider.description());
        WarmingPasses warming = new WarmingPasses();
        assertEquals(CellPasses.class, warming.best().getClass());
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (warming.best().getClass() == CellPasses.class && System.nanoTime() < giveUp) {
            Thread.yield();
        }
        assertTrue(warming.best() instanceof VectorCellPasses, "still plain");
    }
}
