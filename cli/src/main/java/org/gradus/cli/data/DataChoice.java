package org.gradus.cli.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.gradus.cli.input.InputException;
import org.gradus.cli.settings.Section;
import org.gradus.data.Catalogue;
import org.gradus.data.DataException;
import org.gradus.data.Dataset;
import org.gradus.data.DatasetInfo;
import org.gradus.data.ImageFit;
import org.gradus.data.Split;

/**
 * The data set that a recipe names: one of the catalogue, or pictures, a table or a text of the
 * user's.
 *
 * <p>Settings: {@code name}; {@code path}, where it is; for pictures those of {@link
 * PictureSettings}, and of {@link ImageFolderChoice} for the user's own; for a table those of
 * {@link TableChoice}, for a time series those of {@link SeriesChoice}, for running text those of
 * {@link TextChoice}, for texts with classes those of {@link LabeledTextChoice}, for pairs of texts
 * those of {@link TextPairChoice}.
 */
public interface DataChoice {
    /** The name of a data set of pictures in a folder. */
    String IMAGES = "images";

    /** The name of a data set in a CSV file. */
    String CSV = "csv";

    /** The name of a data set in text files. */
    String TEXT = "text";

    /** The name of a data set of texts with classes in files. */
    String TEXTS = "texts";

    /** The name of a data set of pairs of texts in a file. */
    String PAIRS = "pairs";

    /** Returns the name by which it was chosen. */
    String name();

    /**
     * Reads the data.
     *
     * @throws DataException if it is missing or damaged; the message says how to get it
     * @throws InputException if it cannot be used
     */
    DataSplits load();

    /**
     * Reads the data as a trained model expects them, where that was decided by the data it was
     * trained on.
     *
     * @param known what the run remembers of those
     */
    default DataSplits load(DataFormat known) {
        return load();
    }

    /**
     * Reads all of other data than those a model was trained on, to measure it on them; of a data
     * set of the catalogue only the part that is for measuring.
     *
     * @param known what the run remembers of the data it was trained on
     */
    default Dataset whole(DataFormat known) {
        return load(known).requireFit(known).validation();
    }

    /** Returns the names of the data sets there are, and of the kinds that a user's own can be. */
    static List<String> names() {
        List<String> names = new ArrayList<>();
        Catalogue.all().forEach(info -> names.add(info.name()));
        names.addAll(List.of(IMAGES, CSV, TEXT, TEXTS, PAIRS));
        return names;
    }

    /** Reads the settings of a data set. */
    static DataChoice read(Section settings) {
        List<String> names = names();
        settings.requiredText("name", "the name of a data set: " + String.join(", ", names));
        String name = settings.choice("name", "", names);
        return switch (name) {
            case IMAGES -> ImageFolderChoice.readImages(settings);
            case CSV -> TableChoice.readTable(settings);
            case TEXT -> TextChoice.readText(settings);
            case TEXTS -> LabeledTextChoice.readOwn(settings);
            case PAIRS -> TextPairChoice.readOwn(settings);
            default -> named(Catalogue.of(name), settings);
        };
    }

    private static DataChoice named(DatasetInfo info, Section settings) {
        return switch (info.kind()) {
            case SERIES -> SeriesChoice.readSeries(info.name(), settings);
            case TEXT -> TextChoice.readNamed(info, settings);
            case LABELED_TEXTS -> LabeledTextChoice.readNamed(info, settings);
            case TEXT_PAIRS -> TextPairChoice.readNamed(info, settings);
            case IMAGES -> pictures(info, settings);
        };
    }

    private static DataChoice pictures(DatasetInfo info, Section settings) {
        Optional<Path> folder = settings.optionalText("path").map(Path::of);
        PictureSettings pictures = PictureSettings.read(settings);
        settings.end();
        if (folder.isPresent() && info.folders().isEmpty()) {
            throw settings.refused(
                    "path",
                    "the data set " + info.name() + " is part of Gradus; leave out where it is");
        }
        return new Named(info, folder, pictures);
    }

    /**
     * Pictures of the catalogue.
     *
     * @param info what is known about them
     * @param folder where they are, if the user says so
     * @param pictures what becomes of them
     */
    record Named(DatasetInfo info, Optional<Path> folder, PictureSettings pictures)
            implements DataChoice {
        @Override
        public String name() {
            return info.name();
        }

        @Override
        public DataSplits load() {
            Split split =
                    folder.map(path -> Catalogue.read(name(), path))
                            .orElseGet(() -> Catalogue.read(name()));
            requireSamples(split.train());
            requireSamples(split.validation());
            return pictures.splits(
                    split,
                    pictures.format(
                            split.train().inputShapes().getFirst(),
                            split.train().classes(),
                            ImageFit.STRETCH));
        }

        private static void requireSamples(Dataset part) {
            if (part.size() == 0) {
                throw new InputException(
                        part.description()
                                + " is empty: give files with at least one sample, with --data");
            }
        }
    }

    /** Throws an exception if a table's path leads nowhere. */
    static Path requireFile(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(
                    file + ": there is no such file; give the path of a CSV file with --data");
        }
        return file;
    }
}
