package org.gradus.cpu.softmax;

import static org.gradus.cpu.Twins.writing;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.gradus.cpu.Twins;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class SoftmaxRowsTest {
    @TestFactory
    Stream<DynamicTest> vectorCodeGivesTheBitsOfPlainCode() {
        Map<String, Twins.Run<SoftmaxRows>> all = new LinkedHashMap<>();
        all.put("largest", (k, x, n) -> k.largest(x[0], 3, n));
        all.put("largestOfZeros", (k, x, n) -> k.largest(zeros(x[0]), 3, n));
        all.put(
                "largestBesideNaN",
                (k, x, n) -> {
                    for (int i = 0; i < x[0].length; i += 3) {
                        x[0][i] = Float.NaN;
                    }
                    return k.largest(x[0], 3, n);
                });
        all.put("exponentials", (k, x, n) -> k.exponentials(x[0], 3, 50, x[1], 1, n));
        all.put("sumOfExponentials", (k, x, n) -> k.sumOfExponentials(x[0], 3, 50, n));
        all.put("scale", writing((k, x, n) -> k.scale(x[0], 3, 0.3f, x[1], 1, n)));
        all.put("subtract", writing((k, x, n) -> k.subtract(x[0], 3, 0.3f, x[1], 1, n)));
        all.put(
                "softmaxGradient",
                writing((k, x, n) -> k.softmaxGradient(x[0], 3, 0.3f, x[1], 1, x[2], 7, n)));
        all.put(
                "logSoftmaxGradient",
                writing((k, x, n) -> k.logSoftmaxGradient(x[0], 3, 0.3f, x[1], 1, x[2], 7, n)));
        all.put(
                "scaledExponentials",
                writing((k, x, n) -> k.scaledExponentials(x[0], 3, 50, 0.3f, x[1], 1, n)));
        return Twins.compare(new SoftmaxRows(), 128, VectorSoftmaxRows::new, all);
    }

    /** Zeros of either sign. */
    private static float[] zeros(float[] x) {
        for (int i = 0; i < x.length; i++) {
            x[i] = i % 5 < 3 ? -0f : 0f;
        }
        return x;
    }
}
