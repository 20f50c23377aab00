package org.gradus.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Fashion-MNIST: 70,000 photographs of clothes, 28 by 28 pixels in gray, in 10 classes of equal
 * size; 60,000 for training and 10,000 for testing (H. Xiao, K. Rasul, R. Vollgraf 2017,
 * arXiv:1708.07747; MIT licence).
 *
 * <p>Samples are {@code F32 [1, 28, 28]} from 0 to 1, kept as bytes in memory; targets are {@code
 * I64} scalars.
 */
public final class FashionMnist {
    private static final String REMEDY =
            "install it with \"apt-get install dataset-fashion-mnist\","
                    + " or name the folder that holds its files with --data PATH";

    private static final List<String> CLASSES =
            List.of(
                    "T-shirt/top",
                    "Trouser",
                    "Pullover",
                    "Dress",
                    "Coat",
                    "Sandal",
                    "Shirt",
                    "Sneaker",
                    "Bag",
                    "Ankle boot");

    private FashionMnist() {}

    /**
     * Returns the 60,000 samples for training.
     *
     * @param folder where {@code train-images-idx3-ubyte.gz} and {@code train-labels-idx1-ubyte.gz}
     *     are, compressed or not
     * @throws DataException if a file is missing or damaged; it says how to get it
     */
    public static Dataset train(Path folder) {
        return read(folder, "train", "Fashion-MNIST, training set");
    }

    /**
     * Returns the 10,000 samples for testing.
     *
     * @param folder where {@code t10k-images-idx3-ubyte.gz} and {@code t10k-labels-idx1-ubyte.gz}
     *     are, compressed or not
     * @throws DataException if a file is missing or damaged; it says how to get it
     */
    public static Dataset test(Path folder) {
        return read(folder, "t10k", "Fashion-MNIST, test set");
    }

    /** Returns the names of the classes, by label. */
    public static List<String> classNames() {
        return CLASSES;
    }

    /** Returns the first of {@link #folders()} that holds the files. */
    public static Optional<Path> locate() {
        return DataFolders.find(folders(), folder -> IdxImages.isIn(folder, "train"));
    }

    /**
     * Returns the folders in which {@link #locate()} looks: {@code fashion-mnist} in the folder of
     * the system property {@code gradus.data} or else of the variable {@code GRADUS_DATA}, or that
     * folder itself; {@code ~/.gradus/data/fashion-mnist}; and where the Debian package {@code
     * dataset-fashion-mnist} puts it.
     */
    public static List<Path> folders() {
        return DataFolders.of("fashion-mnist", Path.of("/usr/share/datasets/fashion-mnist"));
    }

    /** Returns what to do when the files are missing. */
    static String remedy() {
        return REMEDY;
    }

    private static Dataset read(Path folder, String prefix, String description) {
        return IdxImages.fromFolder(folder, prefix, CLASSES, description, REMEDY)
                .map(Normalize.toUnit());
    }
}
