package org.gradus.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * MNIST: 70,000 handwritten digits, 28 by 28 pixels in gray; 60,000 for training and 10,000 for
 * testing (Y. LeCun, C. Cortes, C. Burges).
 *
 * <p>Samples are {@code F32 [1, 28, 28]} from 0 to 1, kept as bytes in memory; targets are {@code
 * I64} scalars.
 */
public final class Mnist {
    private static final String REMEDY =
            "fetch the four files train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz,"
                    + " t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz,"
                    + " and name their folder with --data PATH";

    private static final List<String> CLASSES =
            List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    private Mnist() {}

    /**
     * Returns the 60,000 samples for training.
     *
     * @param folder where the two files that start with {@code train} are, compressed or not
     * @throws DataException if a file is missing or damaged; it says how to get it
     */
    public static Dataset train(Path folder) {
        return IdxImages.fromFolder(folder, "train", CLASSES, "MNIST, training set", REMEDY)
                .map(Normalize.toUnit());
    }

    /**
     * Returns the 10,000 samples for testing.
     *
     * @param folder where the two files that start with {@code t10k} are, compressed or not
     * @throws DataException if a file is missing or damaged; it says how to get it
     */
    public static Dataset test(Path folder) {
        return IdxImages.fromFolder(folder, "t10k", CLASSES, "MNIST, test set", REMEDY)
                .map(Normalize.toUnit());
    }

    /** Returns the first of {@link #folders()} that holds the files. */
    public static Optional<Path> locate() {
        return DataFolders.find(folders(), folder -> IdxImages.isIn(folder, "train"));
    }

    /**
     * Returns the folders in which {@link #locate()} looks: {@code mnist} in the folder of the
     * system property {@code gradus.data} or else of the variable {@code GRADUS_DATA}, and {@code
     * ~/.gradus/data/mnist}. A configured folder itself is not taken for MNIST: the files of other
     * data sets have the same names.
     */
    public static List<Path> folders() {
        return DataFolders.of("mnist").stream().filter(path -> path.endsWith("mnist")).toList();
    }

    /** Returns what to do when the files are missing. */
    static String remedy() {
        return REMEDY;
    }
}
