package org.gradus.cpu.convolution;

import static org.gradus.cpu.Twins.writing;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.gradus.cpu.Twins;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class CorrelationTest {
    /** Nine at once, three, and one. */
    private static final int[] TAPS = {0, 7, 9, 30, 1, 2, 3, 8, 14, 15, 21, 22, 23};

    @TestFactory
    Stream<DynamicTest> vectorCodeGivesTheBitsOfPlainCode() {
        Map<String, Twins.Run<Correlation>> all = new LinkedHashMap<>();
        all.put(
                "weigh",
                writing(
                        (k, x, n) -> {
                            k.weigh(x[0], new int[] {0, 7, 9, 30}, x[1], 4, 0.3f, n, x[2]);
                            Arrays.fill(x[2], n, Twins.LENGTH, 0);
                        }));
        all.put(
                "addProducts",
                writing(
                        (k, x, n) -> {
                            Arrays.fill(x[1], n, Twins.LENGTH, 0);
                            k.addProducts(x[0], TAPS, TAPS.length, x[1], n, x[2], 5);
                        }));
        return Twins.compare(new Correlation(), 256, VectorCorrelation::new, all);
    }
}
