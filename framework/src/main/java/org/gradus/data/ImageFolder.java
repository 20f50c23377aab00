package org.gradus.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/**
 * Pictures in a folder with a sub-folder for each class, whose name is the class's. Classes and
 * pictures (PNG, JPEG; also in folders below) are sorted by name. Pictures are read when asked for.
 *
 * <p>Samples are {@code U8 [channels, height, width]}, targets {@code I64} scalars. What is hidden
 * (its name begins with a dot) is passed over.
 */
public final class ImageFolder implements Dataset {
    private static final List<String> EXTENSIONS = List.of(".png", ".jpg", ".jpeg");

    private final Path root;
    private final ColorMode mode;
    private final List<String> classes;
    private final List<Labeled> files;
    private final Shape shape;
    private final Optional<ImageFit> fit;

    private record Labeled(Path file, int label) {}

    private ImageFolder(
            Path root,
            ColorMode mode,
            List<String> classes,
            List<Labeled> files,
            Shape shape,
            Optional<ImageFit> fit) {
        this.root = root;
        this.mode = mode;
        this.classes = classes;
        this.files = files;
        this.shape = shape;
        this.fit = fit;
    }

    /**
     * Lists a folder's pictures. All must have the size of the first one, unless they are {@link
     * #fitted} to one.
     *
     * @throws DataException if the folder is missing or has no classes, a class has no pictures, or
     *     the first picture cannot be read
     */
    public static ImageFolder open(Path root, ColorMode mode) {
        List<Path> folders =
                list(root).stream()
                        .filter(Files::isDirectory)
                        .filter(folder -> !isHidden(folder))
                        .toList();
        if (folders.isEmpty()) {
            throw new DataException(
                    root
                            + ": has no sub-folders; put the pictures of each class into one"
                            + " that has the class's name");
        }
        List<String> classes = new ArrayList<>();
        List<Labeled> files = new ArrayList<>();
        for (Path folder : folders) {
            List<Path> pictures = pictures(folder);
            if (pictures.isEmpty()) {
                throw new DataException(
                        folder
                                + ": has no PNG or JPEG pictures; add some or remove the folder,"
                                + " as each sub-folder is a class");
            }
            pictures.forEach(picture -> files.add(new Labeled(picture, classes.size())));
            classes.add(folder.getFileName().toString());
        }
        Shape shape = Images.read(files.getFirst().file, mode).shape();
        return new ImageFolder(
                root, mode, List.copyOf(classes), List.copyOf(files), shape, Optional.empty());
    }

    /**
     * Returns this data set with all pictures in one size, their proportions changed where need be.
     *
     * @throws IllegalArgumentException if a size is below 1
     */
    public ImageFolder resized(int height, int width) {
        return fitted(ImageFit.STRETCH, height, width);
    }

    /**
     * Returns this data set with all pictures in one size.
     *
     * @param how what becomes of pictures of other proportions
     * @throws IllegalArgumentException if a size is below 1
     */
    public ImageFolder fitted(ImageFit how, int height, int width) {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "pictures have sizes of at least 1, not " + height + " by " + width);
        }
        return new ImageFolder(
                root,
                mode,
                classes,
                files,
                Shape.of(mode.channels(), height, width),
                Optional.of(how));
    }

    /**
     * Returns this data set with the classes of another, so that labels agree with its.
     *
     * @throws DataException if this one has a class that is none of them
     */
    public ImageFolder withClasses(List<String> others) {
        for (String name : classes) {
            if (!others.contains(name)) {
                throw new DataException(
                        root.resolve(name)
                                + ": is none of the classes "
                                + String.join(", ", others)
                                + "; rename or remove the folder");
            }
        }
        List<Labeled> relabeled =
                files.stream()
                        .map(
                                each ->
                                        new Labeled(
                                                each.file, others.indexOf(classes.get(each.label))))
                        .toList();
        return new ImageFolder(root, mode, List.copyOf(others), relabeled, shape, fit);
    }

    @Override
    public int size() {
        return files.size();
    }

    @Override
    public Sample get(int index) {
        Labeled labeled = files.get(Objects.checkIndex(index, files.size()));
        HostArray image = Images.read(labeled.file, mode);
        if (!image.shape().equals(shape)) {
            ImageFit how = fit.orElseThrow(() -> otherSize(labeled.file, image));
            return sample(how.apply(image, shape.size(1), shape.size(2)), labeled.label);
        }
        return sample(image, labeled.label);
    }

    private static Sample sample(HostArray image, int label) {
        return Sample.of(image, HostArray.of(new long[] {label}, Shape.scalar()));
    }

    private DataException otherSize(Path file, HostArray image) {
        return new DataException(
                file
                        + ": has the shape "
                        + image.shape()
                        + ", but "
                        + files.getFirst().file
                        + " has "
                        + shape
                        + "; choose one size for all to be resized to");
    }

    @Override
    public String description() {
        return "pictures in " + root;
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public List<Shape> inputShapes() {
        return List.of(shape);
    }

    @Override
    public Shape targetShape() {
        return Shape.scalar();
    }

    private static List<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new DataException(
                    folder + ": there is no such folder; give one with a sub-folder per class");
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.sorted().toList();
        } catch (IOException problem) {
            throw unreadable(folder, problem);
        }
    }

    private static List<Path> pictures(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(ImageFolder::isPicture).sorted().toList();
        } catch (IOException problem) {
            throw unreadable(folder, problem);
        }
    }

    private static boolean isPicture(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return !isHidden(file)
                && EXTENSIONS.stream().anyMatch(name::endsWith)
                && Files.isRegularFile(file);
    }

    /** Other programs leave such files and folders about. */
    private static boolean isHidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }

    private static DataException unreadable(Path folder, IOException problem) {
        return new DataException(
                folder + ": cannot be listed (" + problem + "); check its permissions", problem);
    }
}
