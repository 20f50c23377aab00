package org.gradus.data;

import java.nio.file.Path;
import java.util.List;
import org.gradus.shape.Shape;

/**
 * What there is to know about a data set before it is read.
 *
 * @param name what it is called on the command line, as in {@code fashion-mnist}
 * @param description what it holds, in a sentence
 * @param licence under what terms it may be used
 * @param source who made it and where it comes from
 * @param howToGet what to do to have it on this machine
 * @param folders where it is looked for, in order; none when it is part of the library
 * @param trainSamples the number of samples to learn from
 * @param validationSamples the number of samples held back to measure on
 * @param inputShape the shape of a sample's input, without a batch axis
 * @param classes the number of classes
 */
public record DatasetInfo(
        String name,
        String description,
        String licence,
        String source,
        String howToGet,
        List<Path> folders,
        int trainSamples,
        int validationSamples,
        Shape inputShape,
        int classes) {

    /** Copies the list. */
    public DatasetInfo {
        folders = List.copyOf(folders);
    }
}
