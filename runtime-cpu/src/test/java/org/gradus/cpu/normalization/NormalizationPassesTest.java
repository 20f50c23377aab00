package org.gradus.cpu.normalization;

import static org.gradus.cpu.Twins.writing;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.gradus.cpu.Twins;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class NormalizationPassesTest {
    @TestFactory
    Stream<DynamicTest> vectorCodeGivesTheBitsOfPlainCode() {
        Map<String, Twins.Run<NormalizationPasses>> all = new LinkedHashMap<>();
        all.put("sumOfSquares", (k, x, n) -> k.sumOfSquares(x[0], 3, 0.4f, n));
        all.put("sumOfProducts", (k, x, n) -> k.sumOfProducts(x[0], 3, x[1], 1, 0.4f, n));
        all.put("affine", writing((k, x, n) -> k.affine(x[0], 3, 1.3f, 0.4f, x[1], 1, n)));
        all.put(
                "combine",
                writing((k, x, n) -> k.combine(x[0], 3, 1.3f, x[1], 1, 0.4f, 2, x[2], 7, n)));
        all.put("affineRows", writing((k, x, n) -> k.affineRows(x[0], 3, x[1], x[2], x[3], 1, n)));
        all.put(
                "normalize",
                writing((k, x, n) -> k.normalize(x[0], 3, 0.1f, 1.2f, x[1], x[2], x[3], 1, n)));
        all.put("multiply", writing((k, x, n) -> k.multiply(x[0], 3, x[1], x[2], n)));
        all.put(
                "addParameterGradients",
                writing(
                        (k, x, n) ->
                                k.addParameterGradients(
                                        x[0], 3, x[1], 1, 0.1f, 1.2f, x[2], x[3], 5, n)));
        all.put(
                "addColumnMoments",
                writing((k, x, n) -> k.addColumnMoments(x[0], 3, x[1], x[2], x[3], n)));
        all.put(
                "addColumnProducts",
                writing((k, x, n) -> k.addColumnProducts(x[0], 3, x[1], 1, x[2], x[3], x[4], n)));
        all.put(
                "combineRows",
                writing(
                        (k, x, n) ->
                                k.combineRows(x[0], 3, x[1], x[2], 1, x[3], x[4], x[1], 150, n)));
        return Twins.compare(new NormalizationPasses(), 128, VectorNormalizationPasses::new, all);
    }
}
