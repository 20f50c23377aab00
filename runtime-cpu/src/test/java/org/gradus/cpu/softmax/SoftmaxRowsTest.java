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
}
