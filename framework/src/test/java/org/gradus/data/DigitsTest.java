package org.gradus.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.Test;

class DigitsTest {

    @Test
    void allSamplesAreThoseOfScikitLearn() {
        var digits = Digits.all();
        double shades = 0;
        double weighted = 0;
        long labels = 0;
        for (int i = 0; i < digits.size(); i++) {
            float[] pixels = digits.get(i).input().toFloats();
            for (int pixel = 0; pixel < pixels.length; pixel++) {
                shades += pixels[pixel] * 16;
                weighted += pixels[pixel] * 16 * pixel;
            }
            labels += digits.get(i).target().getLong(0);
        }

        assertEquals(1797, digits.size());
        assertEquals(List.of(Shape.of(1, 8, 8)), digits.inputShapes());
        // Sums over sklearn.datasets.load_digits(): of all shades, shades times position, labels.
        assertEquals(561_718, shades);
        assertEquals(17_660_653, weighted);
        assertEquals(8_070, labels);
        assertEquals(8, digits.get(1796).target().getLong(0));
    }

    @Test
    void thePartsAreDisjointCompleteAndStratified() {
        var train = Digits.train();
        var validation = Digits.validation();
        assertEquals(1438, train.size());
        assertEquals(359, validation.size());

        var counts = new int[2][10];
        var pixels = new HashSet<List<Float>>();
        for (var part : List.of(train, validation)) {
            for (int i = 0; i < part.size(); i++) {
                counts[part == train ? 0 : 1][(int) part.get(i).target().getLong(0)]++;
                var values = new ArrayList<Float>();
                for (float pixel : part.get(i).input().toFloats()) {
                    values.add(pixel);
                }
                pixels.add(values);
            }
        }
        // No two pictures of the source are equal, so a repeated one would be missing here.
        assertEquals(1797, pixels.size());
        for (int digit = 0; digit < 10; digit++) {
            int all = counts[0][digit] + counts[1][digit];
            assertEquals(0.2 * all, counts[1][digit], 0.5);
        }
    }
}
