package org.gradus.cpu.normalization;

import static org.gradus.cpu.Twins.writing;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.gradus.cpu.Twins;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class RowBlocksTest {
    @TestFactory
    Stream<DynamicTest> vectorCodeGivesTheBitsOfPlainCode() {
        Map<String, Twins.Run<RowBlocks>> all = new LinkedHashMap<>();
        all.put("sum", writing((k, x, n) -> keep(x, 4, sums -> k.sum(x[0], 3, n, sums))));
        all.put(
                "sumOfSquares",
                writing(
                        (k, x, n) ->
                                keep(x, 4, sums -> k.sumOfSquares(x[0], 3, x[1], 7, n, sums))));
        all.put(
                "normalize",
                writing(
                        (k, x, n) ->
                                k.normalize(x[0], 3, x[1], 7, x[1], 2, x[2], x[3], x[4], 5, n)));
        all.put(
                "addGradients",
                writing(
                        (k, x, n) -> {
                            float[] dw = x[3];
                            float[] db = x[4];
                            float[] w = x[2];
                            keep(
                                    x,
                                    8,
                                    sums ->
                                            k.addGradients(
                                                    x[0], 3, x[1], 1, x[0], 7, x[1], 2, w, dw, db,
                                                    n, sums));
                        }));
        all.put(
                "combine",
                writing((k, x, n) -> k.combine(x[0], 3, x[2], x[1], 1, x[3], x[4], 5, n)));
        return Twins.compare(new RowBlocks(), 128, VectorRowBlocks::new, all);
    }

    private interface Sums {
        void into(float[] sums);
    }

    /** Runs with sums of its own, and keeps so many of them where they are compared. */
    private static void keep(float[][] x, int count, Sums run) {
        float[] sums = new float[RowBlocks.ROOM];
        run.into(sums);
        System.arraycopy(sums, 0, x[0], 0, count);
    }
}
