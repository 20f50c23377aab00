package org.gradus.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarBinaryTest {
    @TempDir private Path folder;

    @Test
    void allFiveFilesMakeTheTrainingSet() throws IOException {
        for (int i = 1; i <= 5; i++) {
            write("data_batch_" + i + ".bin", records(1, i, 2 * i - 1));
        }
        var train = CifarBinary.train10(folder);

        assertEquals(10, train.size());
        assertEquals(List.of(Shape.of(3, 32, 32)), train.inputShapes());
        assertEquals(9, train.get(9).target().getLong(0));
        assertEquals(5, train.get(8).target().getLong(0));
        assertEquals("truck", train.classes().get(9));
        assertEquals(1f, (float) train.get(9).input().get(3071));
        assertEquals(0f, (float) train.get(9).input().get(3070));
    }

    @Test
    void theFineLabelsOfCifar100Count() throws IOException {
        write("test.bin", records(2, 0, 1));
        Files.writeString(folder.resolve("fine_label_names.txt"), "apple\naquarium_fish\n\n");
        var test = CifarBinary.test100(folder);

        assertEquals(List.of("apple", "aquarium_fish"), test.classes());
        assertEquals(1, test.get(1).target().getLong(0));
    }

    @Test
    void missingAndDamagedFilesAreRefused() throws IOException {
        refused("there is no such file; fetch the binary version of CIFAR-10");
        byte[] good = records(1, 3);
        write("test_batch.bin", Arrays.copyOf(good, good.length - 1));
        refused("has 3072 bytes, which is no multiple of 3073");
        write("test_batch.bin", new byte[0]);
        refused("has 0 bytes");
        write("test_batch.bin", records(1, 3, 10));
        refused("the label of image 1 is 10, but the classes are 0 to 9");
    }

    @Test
    void theCatalogueReadsByName() throws IOException {
        for (int i = 1; i <= 5; i++) {
            write("data_batch_" + i + ".bin", records(1, i));
        }
        write("test_batch.bin", records(1, 0));
        var split = Catalogue.read("cifar-10", folder);

        assertEquals(5, split.train().size());
        assertEquals(1, split.validation().size());
    }

    @Test
    void dataAreLookedForWhereConfiguredFirst() {
        assertEquals(
                List.of(
                        Path.of("/data/things"),
                        Path.of("/data"),
                        Path.of("/home/me/.gradus/data/things"),
                        Path.of("/packaged")),
                DataFolders.of("things", "/data", "/home/me", Path.of("/packaged")));
        assertEquals(
                List.of(Path.of("/home/me/.gradus/data/things")),
                DataFolders.of("things", null, "/home/me"));
    }

    private void refused(String reason) {
        var problem = assertThrows(DataException.class, () -> CifarBinary.test10(folder));
        assertTrue(problem.getMessage().contains(reason), problem.getMessage());
    }

    private void write(String name, byte[] content) throws IOException {
        Files.write(folder.resolve(name), content);
    }

    /** Records whose last label byte is given; the last pixel is white, all others black. */
    private static byte[] records(int labelBytes, int... labels) {
        int record = labelBytes + 3072;
        byte[] bytes = new byte[labels.length * record];
        for (int i = 0; i < labels.length; i++) {
            bytes[i * record + labelBytes - 1] = (byte) labels[i];
            bytes[(i + 1) * record - 1] = (byte) 255;
        }
        return bytes;
    }
}
