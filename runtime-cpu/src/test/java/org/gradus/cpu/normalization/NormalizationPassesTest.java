package org.gradus.cpu.normalization;

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
        all.put(
                "affine",
                (k, x, n) -> {
                    k.affine(x[0], 3, 1.3f, 0.4f, x[1], 1, n);
                    return 0;
                });
        all.put(
                "combine",
                (k, x, n) -> {
                    k.combine(x[0], 3, 1.3f, x[1], 1, 0.4f, 2, x[2], 7, n);
                    return 0;
                });
        all.put(
                "affineRows",
                (k, x, n) -> {
                    k.affineRows(x[0], 3, x[1], x[2], x[3], 1, n);
                    return 0;
                });
        all.put(
                "normalize",
                (k, x, n) -> {
                    k.normalize(x[0], 3, 0.1f, 1.2f, x[1], x[2], x[3], 1, n);
                    return 0;
                });
        all.put(
                "multiply",
                (k, x, n) -> {
                    k.multiply(x[0], 3, x[1], x[2], n);
                    return 0;
                });
        all.put(
                "addParameterGradients",
                (k, x, n) -> {
                    k.addParameterGradients(x[0], 3, x[1], 1, 0.1f, 1.2f, x[2], x[3], 5, n);
                    return 0;
                });
        all.put(
                "addColumnMoments",
                (k, x, n) -> {
                    k.addColumnMoments(x[0], 3, x[1], x[2], x[3], n);
                    return 0;
                });
        all.put(
                "addColumnProducts",
                (k, x, n) -> {
                    k.addColumnProducts(x[0], 3, x[1], 1, x[2], x[3], x[4], n);
                    return 0;
                });
        all.put(
                "combineRows",
                (k, x, n) -> {
                    k.combineRows(x[0], 3, x[1], x[2], 1, x[3], x[4], x[1], 150, n);
                    return 0;
                });
        return Twins.compare(new NormalizationPasses(), 128, VectorNormalizationPasses::new, all);
    }
}
