package org.gradus.cpu.attention;

import static org.gradus.cpu.Twins.writing;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.gradus.cpu.Twins;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class TileLanesTest {
    @TestFactory
    Stream<DynamicTest> vectorCodeGivesTheBitsOfPlainCode() {
        Map<String, Twins.Run<TileLanes>> all = new LinkedHashMap<>();
        all.put("softmax", (k, x, n) -> k.softmax(x[0], 16, n, x[1], x[2], x[3]) ? 1 : 0);
        all.put(
                "softmaxOfNothing",
                (k, x, n) -> {
                    Arrays.fill(x[0], Float.NEGATIVE_INFINITY);
                    Arrays.fill(x[1], 0, 8, Float.NEGATIVE_INFINITY);
                    return k.softmax(x[0], 16, n, x[1], x[2], x[3]) ? 1 : 0;
                });
        all.put(
                "finish",
                writing(
                        (k, x, n) -> {
                            Arrays.fill(x[1], 0, 5, 0);
                            k.finish(x[0], x[1], x[2], x[3]);
                        }));
        all.put("scale", writing((k, x, n) -> k.scale(x[0], 3, n, x[1])));
        all.put("scaleNumbers", writing((k, x, n) -> k.scale(x[0], 3, n, 0.3f)));
        all.put(
                "scoreGradients",
                writing(
                        (k, x, n) -> {
                            Arrays.fill(x[2], 50);
                            k.scoreGradients(x[0], x[1], 16, n, x[2], x[3], 5);
                        }));
        all.put(
                "scoreGradientsOfNothing",
                writing(
                        (k, x, n) -> {
                            Arrays.fill(x[0], Float.NEGATIVE_INFINITY);
                            Arrays.fill(x[2], Float.NEGATIVE_INFINITY);
                            k.scoreGradients(x[0], x[1], 16, n, x[2], x[3], 5);
                        }));
        all.put("copyRows", writing((k, x, n) -> k.copyRows(x[0], 16, n, x[1], 3, 19)));
        all.put("add", writing((k, x, n) -> k.add(x[0], 16, x[1], 3, n)));
        all.put("addProducts", writing((k, x, n) -> k.addProducts(x[0], 16, n, x[1], 3, x[2], 5)));
        all.put("addToRows", writing((k, x, n) -> k.addToRows(x[0], 3, 2, x[1], 16, n)));
        all.put("hide", writing((k, x, n) -> k.hide(x[0], 16, n, -3)));
        return Twins.compare(new TileLanes(), 128, VectorTileLanes::new, all);
    }
}
