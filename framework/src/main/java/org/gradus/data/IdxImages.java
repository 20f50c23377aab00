package org.gradus.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/**
 * Images with class labels in a pair of IDX files, as MNIST and its descendants come. Images are
 * {@code U8 [1, height, width]}, targets {@code I64} scalars.
 */
public final class IdxImages {
    private IdxImages() {}

    /**
     * Reads a pair of files.
     *
     * @param images an IDX file of bytes, {@code [samples, height, width]}
     * @param labels an IDX file of bytes, {@code [samples]}
     * @param classes the names of the classes; a label is an index into them
     * @param description what this is, in a few words
     * @throws DataException if a file cannot be read or the two do not belong together
     */
    public static InMemoryDataset read(
            Path images, Path labels, List<String> classes, String description) {
        return of(
                Idx.read(images),
                images.toString(),
                Idx.read(labels),
                labels.toString(),
                classes,
                description);
    }

    /**
     * Reads the pair with the usual names from a folder: {@code PREFIX-images-idx3-ubyte} and
     * {@code PREFIX-labels-idx1-ubyte}, plain or with {@code .gz}, also with a dot before {@code
     * idx}.
     *
     * @param folder where the files are
     * @param prefix {@code train} or {@code t10k}
     * @param classes the names of the classes
     * @param description what this is, in a few words
     * @param remedy what to do when a file is missing, for the error message
     * @throws DataException if a file is missing or cannot be read
     */
    public static InMemoryDataset fromFolder(
            Path folder, String prefix, List<String> classes, String description, String remedy) {
        Path images = find(folder, prefix + "-images", "idx3-ubyte", remedy);
        Path labels = find(folder, prefix + "-labels", "idx1-ubyte", remedy);
        return read(images, labels, classes, description);
    }

    /** Returns whether a folder holds the pair of files with a prefix. */
    static boolean isIn(Path folder, String prefix) {
        return candidates(folder, prefix + "-images", "idx3-ubyte").stream()
                .anyMatch(Files::isRegularFile);
    }

    static InMemoryDataset of(
            HostArray images,
            String imagesName,
            HostArray labels,
            String labelsName,
            List<String> classes,
            String description) {
        Shape shape = images.shape();
        if (images.dtype() != DType.U8 || shape.rank() != 3) {
            throw new DataException(
                    imagesName
                            + ": holds "
                            + images
                            + " and not images, which are u8 of 3 axes;"
                            + " check that images and labels are not swapped");
        }
        if (labels.dtype() != DType.U8 || labels.shape().rank() != 1) {
            throw new DataException(
                    labelsName
                            + ": holds "
                            + labels
                            + " and not labels, which are u8 of 1 axis;"
                            + " check that images and labels are not swapped");
        }
        int samples = shape.size(0);
        if (samples != labels.shape().size(0)) {
            throw new DataException(
                    labelsName
                            + ": has "
                            + labels.shape().size(0)
                            + " labels for the "
                            + samples
                            + " images of "
                            + imagesName
                            + "; take both files from the same data set");
        }
        long[] targets = labels.toLongs();
        for (int i = 0; i < samples; i++) {
            if (targets[i] >= classes.size()) {
                throw new DataException(
                        labelsName
                                + ": label "
                                + i
                                + " is "
                                + targets[i]
                                + ", but "
                                + description
                                + " has the classes 0 to "
                                + (classes.size() - 1)
                                + "; take the labels of that data set");
            }
        }
        return InMemoryDataset.of(
                images.reshape(shape.insert(1, 1)),
                HostArray.of(targets, labels.shape()),
                classes,
                description);
    }

    private static Path find(Path folder, String name, String kind, String remedy) {
        if (!Files.isDirectory(folder)) {
            throw new DataException(folder + ": there is no such folder; " + remedy);
        }
        List<Path> candidates = candidates(folder, name, kind);
        return candidates.stream()
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(
                        () ->
                                new DataException(
                                        candidates.getFirst()
                                                + ": there is no such file; "
                                                + remedy));
    }

    private static List<Path> candidates(Path folder, String name, String kind) {
        return List.of(
                folder.resolve(name + "-" + kind + ".gz"),
                folder.resolve(name + "-" + kind),
                folder.resolve(name + "." + kind + ".gz"),
                folder.resolve(name + "." + kind));
    }
}
