package org.gradus.cpu.reduction;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.gradus.cpu.Twins;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class RowKernelsTest {
    @TestFactory
    Stream<DynamicTest> vectorCodeGivesTheBitsOfPlainCode() {
        Map<String, Twins.Run<RowKernels>> all = new LinkedHashMap<>();
        all.put("sum", (k, x, n) -> k.sum(x[0], 3, n));
        all.put("dot", (k, x, n) -> k.dot(x[0], 3, x[1], 5, n));
        all.put("maximum", (k, x, n) -> k.maximum(x[0], 3, n));
        all.put("minimum", (k, x, n) -> k.minimum(x[0], 3, n));
        return Twins.compare(new RowKernels(), 128, VectorRowKernels::new, all);
    }
}
