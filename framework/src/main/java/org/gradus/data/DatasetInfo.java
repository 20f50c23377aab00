package org.gradus.data;

import java.nio.file.Path;
import java.util.List;

/**
 * What there is to know about a data set before it is read.
 *
 * @param name what it is called on the command line, as in {@code fashion-mnist}
 * @param kind what it holds
 * @param description what it holds, in a sentence
 * @param licence under what terms it may be used
 * @param source who made it and where it comes from
 * @param howToGet what to do to have it on this machine
 * @param folders where it is looked for, in order; none when it is part of the library
 * @param trainSize how much there is to learn from, in units
 * @param validationSize how much is held back to measure on, in units
 * @param unit what is counted, as in {@code images}
 * @param downloads the files that {@link Catalogue#download} fetches; none where it cannot
 */
public record DatasetInfo(
        String name,
        Kind kind,
        String description,
        String licence,
        String source,
        String howToGet,
        List<Path> folders,
        int trainSize,
        int validationSize,
        String unit,
        List<Download> downloads) {

    /** What a data set holds. */
    public enum Kind {
        /** Pictures with classes; see {@link DatasetContents.Samples}. */
        IMAGES,
        /** Measurements in the order of time; see {@link DatasetContents.Samples}. */
        SERIES,
        /** Running text; see {@link DatasetContents.Text}. */
        TEXT,
        /** Texts with classes; see {@link DatasetContents.Texts}. */
        LABELED_TEXTS,
        /** Pairs of texts; see {@link DatasetContents.Pairs}. */
        TEXT_PAIRS
    }

    /** Copies the lists. */
    public DatasetInfo {
        folders = List.copyOf(folders);
        downloads = List.copyOf(downloads);
    }
}
