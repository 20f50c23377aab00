package org.gradus.cpu.pooling;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.gradus.cpu.Twins;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class PairMaximumTest {
    @TestFactory
    Stream<DynamicTest> vectorCodeGivesTheBitsOfPlainCode() {
        Map<String, Twins.Run<PairMaximum>> all = new LinkedHashMap<>();
        all.put(
                "row",
                (k, x, n) -> {
                    x[0][31] = Float.NaN;
                    x[0][40] = Float.NaN;
                    x[0][41] = 1e9f;
                    x[0][60] = x[0][61];
                    long[] indices = new long[n];
                    k.row(x[0], 10, 510, n, 7, 500, x[1], 3, indices, 0);
                    return Arrays.hashCode(indices);
                });
        return Twins.compare(new PairMaximum(), 256, VectorPairMaximum::new, all);
    }
}
