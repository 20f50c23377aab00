package org.gradus.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/**
 * CIFAR-10 and CIFAR-100 in their binary version: 60,000 photographs, 32 by 32 pixels in color, in
 * 10 or 100 classes; 50,000 for training and 10,000 for testing (A. Krizhevsky, "Learning Multiple
 * Layers of Features from Tiny Images", 2009).
 *
 * <p>Samples are {@code F32 [3, 32, 32]} from 0 to 1, kept as bytes in memory; targets are {@code
 * I64} scalars.
 */
public final class CifarBinary {
    private static final int SIDE = 32;
    private static final int CHANNELS = 3;
    private static final int IMAGE_BYTES = CHANNELS * SIDE * SIDE;
    private static final long MAXIMUM_BYTES = Integer.MAX_VALUE - 16L;
    private static final String REMEDY_10 =
            "fetch the binary version of CIFAR-10 (cifar-10-binary.tar.gz), unpack it,"
                    + " and name the folder that holds data_batch_1.bin with --data PATH";
    private static final String REMEDY_100 =
            "fetch the binary version of CIFAR-100 (cifar-100-binary.tar.gz), unpack it,"
                    + " and name the folder that holds train.bin with --data PATH";
    private static final List<String> CLASSES_10 =
            List.of(
                    "airplane",
                    "automobile",
                    "bird",
                    "cat",
                    "deer",
                    "dog",
                    "frog",
                    "horse",
                    "ship",
                    "truck");

    private CifarBinary() {}

    /**
     * Returns CIFAR-10's 50,000 samples for training, from {@code data_batch_1.bin} to {@code
     * data_batch_5.bin}.
     *
     * @throws DataException if a file is missing or damaged; it says how to get it
     */
    public static Dataset train10(Path folder) {
        return ten(
                List.of(
                        folder.resolve("data_batch_1.bin"),
                        folder.resolve("data_batch_2.bin"),
                        folder.resolve("data_batch_3.bin"),
                        folder.resolve("data_batch_4.bin"),
                        folder.resolve("data_batch_5.bin")),
                "CIFAR-10, training set");
    }

    /**
     * Returns CIFAR-10's 10,000 samples for testing, from {@code test_batch.bin}.
     *
     * @throws DataException if the file is missing or damaged; it says how to get it
     */
    public static Dataset test10(Path folder) {
        return ten(List.of(folder.resolve("test_batch.bin")), "CIFAR-10, test set");
    }

    /**
     * Returns CIFAR-100's 50,000 samples for training with their fine labels, from {@code
     * train.bin} and {@code fine_label_names.txt}.
     *
     * @throws DataException if a file is missing or damaged; it says how to get it
     */
    public static Dataset train100(Path folder) {
        return hundred(folder, "train.bin", "CIFAR-100, training set");
    }

    /**
     * Returns CIFAR-100's 10,000 samples for testing with their fine labels, from {@code test.bin}
     * and {@code fine_label_names.txt}.
     *
     * @throws DataException if a file is missing or damaged; it says how to get it
     */
    public static Dataset test100(Path folder) {
        return hundred(folder, "test.bin", "CIFAR-100, test set");
    }

    /** Returns where CIFAR-10 is looked for, as {@link FashionMnist#folders()} does. */
    public static List<Path> folders10() {
        return DataFolders.of("cifar-10");
    }

    /** Returns where CIFAR-100 is looked for, as {@link FashionMnist#folders()} does. */
    public static List<Path> folders100() {
        return DataFolders.of("cifar-100");
    }

    /** Returns the first of {@link #folders10()} that holds the files. */
    public static Optional<Path> locate10() {
        return DataFolders.find(
                folders10(), folder -> Files.isRegularFile(folder.resolve("data_batch_1.bin")));
    }

    /** Returns the first of {@link #folders100()} that holds the files. */
    public static Optional<Path> locate100() {
        return DataFolders.find(
                folders100(), folder -> Files.isRegularFile(folder.resolve("train.bin")));
    }

    static String remedy10() {
        return REMEDY_10;
    }

    static String remedy100() {
        return REMEDY_100;
    }

    private static Dataset ten(List<Path> files, String description) {
        return read(files, 1, CLASSES_10, description, REMEDY_10);
    }

    private static Dataset hundred(Path folder, String file, String description) {
        return read(List.of(folder.resolve(file)), 2, names(folder), description, REMEDY_100);
    }

    private static List<String> names(Path folder) {
        Path file = folder.resolve("fine_label_names.txt");
        requireFile(file, REMEDY_100);
        try {
            return Files.readAllLines(file).stream().filter(name -> !name.isBlank()).toList();
        } catch (IOException problem) {
            throw unreadable(file, problem);
        }
    }

    /** Reads records of some labels, of which the last counts, and an image. */
    private static Dataset read(
            List<Path> files,
            int labelBytes,
            List<String> classes,
            String description,
            String remedy) {
        int record = labelBytes + IMAGE_BYTES;
        long total = 0;
        for (Path file : files) {
            total += countRecords(file, record, remedy);
        }
        if (total * IMAGE_BYTES > MAXIMUM_BYTES) {
            throw new DataException(
                    files.getFirst().toAbsolutePath().getParent()
                            + ": the files hold "
                            + total
                            + " images, more than fit into 2 GiB; fetch them again");
        }
        int samples = (int) total;
        byte[] images = new byte[samples * IMAGE_BYTES];
        long[] labels = new long[samples];
        int sample = 0;
        for (Path file : files) {
            byte[] bytes = readAll(file);
            for (int start = 0; start + record <= bytes.length; start += record) {
                labels[sample] =
                        label(file, bytes, start + labelBytes - 1, start / record, classes);
                System.arraycopy(
                        bytes, start + labelBytes, images, sample * IMAGE_BYTES, IMAGE_BYTES);
                sample++;
            }
        }
        return InMemoryDataset.of(
                        HostArray.ofBytes(images, Shape.of(samples, CHANNELS, SIDE, SIDE)),
                        HostArray.of(labels, Shape.of(samples)),
                        classes,
                        description)
                .map(Normalize.toUnit());
    }

    private static long label(
            Path file, byte[] bytes, int position, int number, List<String> classes) {
        int label = bytes[position] & 0xff;
        if (label >= classes.size()) {
            throw new DataException(
                    file
                            + ": the label of image "
                            + number
                            + " is "
                            + label
                            + ", but the classes are 0 to "
                            + (classes.size() - 1)
                            + "; fetch the file again");
        }
        return label;
    }

    private static int countRecords(Path file, int record, String remedy) {
        requireFile(file, remedy);
        try {
            long size = Files.size(file);
            if (size == 0 || size % record != 0 || size > MAXIMUM_BYTES) {
                throw new DataException(
                        file
                                + ": has "
                                + size
                                + " bytes, which is no multiple of "
                                + record
                                + ", the size of a label and an image; fetch the file again");
            }
            return (int) (size / record);
        } catch (IOException problem) {
            throw unreadable(file, problem);
        }
    }

    private static byte[] readAll(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException problem) {
            throw unreadable(file, problem);
        }
    }

    private static void requireFile(Path file, String remedy) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(file + ": there is no such file; " + remedy);
        }
    }

    private static DataException unreadable(Path file, IOException problem) {
        return new DataException(
                file + ": cannot be read (" + problem + "); check its permissions", problem);
    }
}
