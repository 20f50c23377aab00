package org.gradus.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FashionMnistTest {
    @TempDir private Path folder;

    @Test
    void theUsualNamesAreFoundCompressedOrNot() throws IOException {
        write("train-images-idx3-ubyte.gz", IdxTest.gzip(images(2)));
        write("train-labels-idx1-ubyte", labels(9, 0));
        write("t10k-images.idx3-ubyte", images(1));
        write("t10k-labels-idx1-ubyte.gz", IdxTest.gzip(labels(3)));

        var train = FashionMnist.train(folder);
        assertEquals(2, train.size());
        assertEquals(List.of(Shape.of(1, 28, 28)), train.inputShapes());
        assertEquals(Shape.scalar(), train.targetShape());
        assertEquals("Ankle boot", train.classes().get((int) train.get(0).target().getLong(0)));
        assertEquals(DType.F32, train.get(0).input().dtype());
        assertEquals(1, FashionMnist.test(folder).size());
    }

    @Test
    void pixelsBecomeNumbersFromZeroToOne() throws IOException {
        byte[] images = images(1);
        images[16] = (byte) 255;
        images[17] = 51;
        write("train-images-idx3-ubyte", images);
        write("train-labels-idx1-ubyte", labels(1));

        float[] pixels = FashionMnist.train(folder).get(0).input().toFloats();
        assertEquals(1f, pixels[0]);
        assertEquals(0.2f, pixels[1]);
        assertEquals(0f, pixels[2]);
    }

    @Test
    void aMissingFileSaysHowToGetIt() {
        var problem =
                assertThrows(DataException.class, () -> FashionMnist.train(folder)).getMessage();
        assertTrue(problem.contains("train-images-idx3-ubyte.gz"), problem);
        assertTrue(problem.contains("apt-get install dataset-fashion-mnist"), problem);
        assertTrue(problem.contains("--data PATH"), problem);

        problem =
                assertThrows(
                                DataException.class,
                                () -> FashionMnist.train(folder.resolve("absent")))
                        .getMessage();
        assertTrue(problem.contains("no such folder"), problem);
    }

    @Test
    void filesThatDoNotBelongTogetherAreRefused() throws IOException {
        write("train-images-idx3-ubyte", images(2));
        write("train-labels-idx1-ubyte", labels(1, 2, 3));
        refused("has 3 labels for the 2 images");

        write("train-labels-idx1-ubyte", labels(1, 10));
        refused("label 1 is 10, but Fashion-MNIST, training set has the classes 0 to 9");

        write("train-labels-idx1-ubyte", images(2));
        refused("not swapped");

        write("train-images-idx3-ubyte", labels(2));
        refused("not swapped");
    }

    @Test
    void theRealDataHaveTheKnownStatistics() {
        var found = FashionMnist.locate();
        assumeTrue(found.isPresent(), "Fashion-MNIST is not on this machine");

        var train = FashionMnist.train(found.get());
        assertEquals(60_000, train.size());
        assertEquals(10_000, FashionMnist.test(found.get()).size());
        var statistics = Statistics.of(train);
        // As they are given for torchvision's data set, to four digits.
        assertEquals(0.2860, statistics.mean()[0], 5e-5);
        assertEquals(0.3530, statistics.deviation()[0], 5e-5);
    }

    private void refused(String reason) {
        var problem = assertThrows(DataException.class, () -> FashionMnist.train(folder));
        assertTrue(problem.getMessage().contains(reason), problem.getMessage());
    }

    private void write(String name, byte[] content) throws IOException {
        Files.write(folder.resolve(name), content);
    }

    private static byte[] images(int count) {
        return IdxTest.idx(0x08, new int[] {count, 28, 28}, new byte[count * 784]);
    }

    private static byte[] labels(int... labels) {
        byte[] bytes = new byte[labels.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) labels[i];
        }
        return IdxTest.idx(0x08, new int[] {labels.length}, bytes);
    }
}
