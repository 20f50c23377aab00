package org.gradus.cli.task;

import java.util.List;
import org.gradus.tensor.HostArray;

/** Tells to which classes pictures belong that do not come from a file. */
public interface Classifier {
    /** Returns the names of the classes. */
    List<String> classes();

    /**
     * Returns the class of each picture.
     *
     * @param pictures {@code [count, channels, height, width]}, numbers from 0 to 1
     * @throws org.gradus.cli.input.InputException if they are of another shape than those that the
     *     model learned from
     */
    long[] classify(HostArray pictures);
}
