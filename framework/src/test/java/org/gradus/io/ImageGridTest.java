package org.gradus.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import org.gradus.data.ColorMode;
import org.gradus.data.Images;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageGridTest {
    @TempDir private Path folder;

    @Test
    void imagesLieRowByRowWithMargins() {
        var file = folder.resolve("grid.png");
        float[] shades = {0.2f, 0.4f, 2};
        ImageGrid.write(file, HostArray.of(shades, Shape.of(3, 1, 1, 1)), 2);
        var picture = Images.read(file, ColorMode.GRAY);

        // Margins of two pixels, two columns of one pixel, two rows of one pixel.
        assertEquals(Shape.of(1, 8, 8), picture.shape());
        assertEquals(51, picture.get(2 * 8 + 2));
        assertEquals(102, picture.get(2 * 8 + 5));
        assertEquals(255, picture.get(5 * 8 + 2));
        assertEquals(51 + 102 + 255, sum(picture));
    }

    @Test
    void bytesAndColorsStayAsTheyAre() {
        var file = folder.resolve("grid.png");
        ImageGrid.write(file, HostArray.ofBytes(new byte[] {9, 8, 7}, Shape.of(1, 3, 1, 1)), 5);
        var picture = Images.read(file, ColorMode.RGB);

        assertEquals(Shape.of(3, 5, 5), picture.shape());
        for (int channel = 0; channel < 3; channel++) {
            assertEquals(9 - channel, picture.get(channel * 25 + 12));
        }
    }

    @Test
    void whatIsNoListOfPicturesIsRefused() {
        for (var shape : new Shape[] {Shape.of(2, 2), Shape.of(0, 1, 2, 2), Shape.of(1, 2, 1, 1)}) {
            var images = HostArray.of(new float[(int) shape.elements()], shape);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> ImageGrid.write(folder.resolve("x.png"), images, 1));
        }
        var image = HostArray.of(new float[1], Shape.of(1, 1, 1, 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> ImageGrid.write(folder.resolve("x.png"), image, 0));
    }

    private static double sum(HostArray picture) {
        double sum = 0;
        for (double shade : picture.toDoubles()) {
            sum += shade;
        }
        return sum;
    }
}
