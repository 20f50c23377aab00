package org.gradus.cli.data;

import java.util.List;
import org.gradus.shape.Shape;

/** Samples that are arrays of numbers of one shape: pictures, or rows of a table. */
public sealed interface ArrayFormat extends DataFormat permits PictureFormat, RowFormat {
    /** Returns the shape of an input, without a batch axis. */
    Shape shape();

    /** Returns the names of the classes, by index of the output; empty if a number is predicted. */
    List<String> classes();

    /** Returns the number of outputs of a model that predicts: one per class, or one number. */
    default int outputs() {
        return Math.max(1, classes().size());
    }
}
