package org.gradus.cpu.matmul;

import static org.gradus.cpu.Twins.writing;

import java.util.Map;
import java.util.stream.Stream;
import org.gradus.cpu.Twins;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

final class LineSumsTest {
    @TestFactory
    Stream<DynamicTest> vectorCodeGivesTheBitsOfPlainCode() {
        Map<String, Twins.Run<LineSums>> all =
                Map.of("add", writing((k, x, n) -> k.add(x[0], 2, n + 3, x[1], 1, n, x[2])));
        return Twins.compare(new LineSums(), LineSums.VECTOR_BITS, VectorLineSums::new, all);
    }
}
