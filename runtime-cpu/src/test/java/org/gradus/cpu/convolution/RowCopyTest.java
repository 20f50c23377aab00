package org.gradus.cpu.convolution;

import static org.gradus.cpu.Twins.writing;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.gradus.cpu.Twins;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class RowCopyTest {
    @TestFactory
    Stream<DynamicTest> vectorCodeGivesTheBitsOfPlainCode() {
        Map<String, Twins.Run<RowCopy>> all = new LinkedHashMap<>();
        all.put("copy", writing((k, x, n) -> k.copy(x[0], 3, 110, 3, n, x[1], 5, 120)));
        all.put("add", writing((k, x, n) -> k.add(x[0], 3, 110, 3, n, x[1], 5, 120)));
        all.put("halve", writing((k, x, n) -> k.halve(x[0], 3, 210, 3, n, x[1], 5, 120)));
        all.put(
                "alternate",
                writing((k, x, n) -> k.alternate(x[0], 3, 400, 110, 3, n, x[1], 5, 220)));
        return Twins.compare(new RowCopy(), 256, VectorRowCopy::new, all);
    }
}
