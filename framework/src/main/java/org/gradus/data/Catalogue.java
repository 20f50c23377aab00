package org.gradus.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The data sets that are known by name. */
public final class Catalogue {
    private Catalogue() {}

    /** Returns all data sets known by name. */
    public static List<DatasetInfo> all() {
        return KnownDatasets.all().stream().map(KnownDatasets.Entry::info).toList();
    }

    /**
     * Returns what there is to know about a data set.
     *
     * @throws IllegalArgumentException if there is none of this name; the message lists the names
     */
    public static DatasetInfo of(String name) {
        return entry(name).info();
    }

    /**
     * Returns the folder in which a data set was found: one of its {@link DatasetInfo#folders()}.
     * Empty if it is in none, or part of the library.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    public static Optional<Path> locate(String name) {
        return entry(name).locate().get();
    }

    /**
     * Reads what is in a data set, from where it is found.
     *
     * @throws IllegalArgumentException if there is none of this name
     * @throws DataException if it is not found; the message says how to get it
     */
    public static DatasetContents open(String name) {
        KnownDatasets.Entry entry = entry(name);
        if (entry.info().folders().isEmpty()) {
            return entry.read().apply(Optional.empty());
        }
        Path folder = entry.locate().get().orElseThrow(() -> missing(entry.info()));
        return entry.read().apply(Optional.of(folder));
    }

    /**
     * Reads what is in a data set.
     *
     * @param path its folder or file
     * @throws IllegalArgumentException if there is none of this name
     * @throws DataException if the path does not hold it
     */
    public static DatasetContents open(String name, Path path) {
        return entry(name).read().apply(Optional.of(path));
    }

    /**
     * Reads a data set of samples from where it is found.
     *
     * @throws IllegalArgumentException if there is none of this name, or it is of texts, of which
     *     samples are yet to be made
     * @throws DataException if it is not found; the message says how to get it
     */
    public static Split read(String name) {
        requireSamples(name);
        return samples(open(name));
    }

    /**
     * Reads a data set of samples.
     *
     * @param path its folder or file
     * @throws IllegalArgumentException if there is none of this name, or it is of texts
     * @throws DataException if the path does not hold it
     */
    public static Split read(String name, Path path) {
        requireSamples(name);
        return samples(open(name, path));
    }

    /**
     * Fetches a data set over HTTP into {@code ~/.gradus/data/NAME}, where it is found from then
     * on. What is there already is kept; a transfer that broke off goes on.
     *
     * @param progress told which file is being fetched and how many of its bytes are there
     * @return the folder
     * @throws IllegalArgumentException if there is none of this name
     * @throws DataException if it has no files to fetch, or one cannot be fetched
     */
    public static Path download(String name, BiConsumer<Download, Long> progress) {
        DatasetInfo info = of(name);
        if (info.downloads().isEmpty()) {
            throw new DataException(name + ": cannot be downloaded; " + info.howToGet());
        }
        Path folder = DataFolders.home(name);
        for (Download file : info.downloads()) {
            file.into(folder, bytes -> progress.accept(file, bytes));
        }
        return folder;
    }

    private static DataException missing(DatasetInfo info) {
        return new DataException(
                info.name()
                        + ": not found on this machine; "
                        + info.howToGet()
                        + (info.downloads().isEmpty()
                                ? ""
                                : ", or run \"gradus data " + info.name() + " --download\""));
    }

    private static void requireSamples(String name) {
        DatasetInfo info = of(name);
        if (info.kind() != DatasetInfo.Kind.IMAGES && info.kind() != DatasetInfo.Kind.SERIES) {
            throw new IllegalArgumentException(
                    "the data set "
                            + name
                            + " holds text, of which samples are yet to be made; use Catalogue.open");
        }
    }

    private static Split samples(DatasetContents contents) {
        return switch (contents) {
            case DatasetContents.Samples samples -> samples.split();
            default -> throw new IllegalStateException("a data set of another kind than it says");
        };
    }

    private static KnownDatasets.Entry entry(String name) {
        return KnownDatasets.all().stream()
                .filter(entry -> entry.info().name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "there is no data set \""
                                                + name
                                                + "\"; choose one of "
                                                + String.join(
                                                        ", ",
                                                        all().stream()
                                                                .map(DatasetInfo::name)
                                                                .toList())));
    }
}
