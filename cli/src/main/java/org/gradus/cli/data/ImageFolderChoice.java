package org.gradus.cli.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.gradus.cli.input.InputException;
import org.gradus.cli.settings.Section;
import org.gradus.data.ColorMode;
import org.gradus.data.DataException;
import org.gradus.data.Dataset;
import org.gradus.data.ImageFit;
import org.gradus.data.ImageFolder;
import org.gradus.data.InMemoryDataset;
import org.gradus.data.Split;
import org.gradus.shape.Shape;

/**
 * The user's pictures in a folder with a sub-folder for each class; or in two such folders, {@code
 * train} and one called {@code validation}, {@code val} or {@code test}. Settings: {@code path};
 * {@code color}, {@code rgb} or {@code gray}; {@code size}, one number or height and width; {@code
 * fit}, {@code crop} or {@code stretch}, what becomes of pictures of other proportions; {@code
 * validation} and {@code split_seed}; and those of {@link PictureSettings}.
 *
 * @param folder where they are
 * @param color whether they have colors
 * @param size height and width
 * @param fit how they are brought to it
 * @param validation the share of each class that is held back to measure on
 * @param seed decides which pictures these are
 * @param pictures what becomes of them then
 */
record ImageFolderChoice(
        Path folder,
        ColorMode color,
        Size size,
        ImageFit fit,
        double validation,
        long seed,
        PictureSettings pictures)
        implements DataChoice {
    private static final List<String> HELD_BACK = List.of("validation", "val", "valid", "test");
    private static final double DEFAULT_VALIDATION = 0.2;
    private static final double LEAST_VALIDATION = 0.01;

    /** Pictures that take more than this part of the memory are decoded anew in each epoch. */
    private static final long SHARE = 4;

    /**
     * The size of a picture in pixels.
     *
     * @param height from top to bottom
     * @param width from left to right
     */
    record Size(int height, int width) {}

    static ImageFolderChoice readImages(Section settings) {
        String path =
                settings.requiredText(
                        "path", "a folder with a sub-folder for each class, or --data FOLDER");
        ImageFolderChoice choice =
                new ImageFolderChoice(
                        Path.of(path),
                        settings.choice("color", "rgb", List.of("rgb", "gray")).equals("rgb")
                                ? ColorMode.RGB
                                : ColorMode.GRAY,
                        size(settings),
                        settings.choice("fit", "crop", List.of("crop", "stretch")).equals("crop")
                                ? ImageFit.CROP
                                : ImageFit.STRETCH,
                        settings.between("validation", DEFAULT_VALIDATION, LEAST_VALIDATION, 1),
                        settings.integer("split_seed", 0),
                        PictureSettings.read(settings));
        settings.end();
        return choice;
    }

    private static Size size(Section settings) {
        List<Integer> sides = settings.counts("size", List.of());
        if (sides.isEmpty()) {
            throw settings.refused(
                    "size",
                    "the setting \"data.size\" is missing; give the height and width in pixels"
                            + " that all pictures are brought to, such as 64 or [48, 64]");
        }
        if (sides.size() > 2) {
            throw settings.wrong("size", "is one number, or height and width");
        }
        return new Size(sides.getFirst(), sides.getLast());
    }

    @Override
    public String name() {
        return IMAGES;
    }

    @Override
    public DataSplits load() {
        ImageFolder first = open(train().orElse(folder));
        if (first.classes().size() < 2) {
            throw new DataException(
                    folder
                            + ": holds a single class, "
                            + first.classes().getFirst()
                            + "; there is nothing to tell apart");
        }
        Shape shape = Shape.of(color.channels(), size.height, size.width);
        return splits(pictures.format(shape, first.classes(), fit));
    }

    @Override
    public DataSplits load(DataFormat known) {
        return known instanceof PictureFormat format ? splits(format) : load();
    }

    @Override
    public Dataset whole(DataFormat known) {
        if (!(known instanceof PictureFormat format) || heldBack().isPresent()) {
            return load(known).requireFit(known).validation();
        }
        return format.normalized(kept(read(folder, format)));
    }

    private DataSplits splits(PictureFormat format) {
        Optional<Path> train = train();
        Optional<Path> heldBack = heldBack();
        if (train.isPresent() && heldBack.isPresent()) {
            return pictures.splits(
                    new Split(kept(read(train.get(), format)), kept(read(heldBack.get(), format))),
                    format);
        }
        Dataset all = kept(read(folder, format));
        try {
            return pictures.splits(all.stratifiedSplit(1 - validation, seed), format);
        } catch (IllegalArgumentException problem) {
            throw new InputException(folder + ": " + problem.getMessage(), problem);
        }
    }

    /** Returns the folder of the training part, where the user has cut the pictures in two. */
    private Optional<Path> train() {
        return heldBack().map(_ -> folder.resolve("train")).filter(Files::isDirectory);
    }

    private Optional<Path> heldBack() {
        return HELD_BACK.stream()
                .map(folder::resolve)
                .filter(Files::isDirectory)
                .filter(_ -> Files.isDirectory(folder.resolve("train")))
                .findFirst();
    }

    private ImageFolder open(Path root) {
        return ImageFolder.open(root, color).fitted(fit, size.height, size.width);
    }

    private ImageFolder read(Path root, PictureFormat format) {
        return open(root).withClasses(format.classes());
    }

    /**
     * Decodes all pictures once, which also finds the damaged ones, if there is memory for them.
     */
    private static Dataset kept(ImageFolder folder) {
        long bytes = folder.size() * folder.inputShapes().getFirst().elements();
        long most = Math.min(Integer.MAX_VALUE / 2, Runtime.getRuntime().maxMemory() / SHARE);
        return bytes <= most ? InMemoryDataset.copyOf(folder) : folder;
    }
}
