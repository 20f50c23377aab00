package org.gradus.cli.task;

import java.util.List;
import org.gradus.data.Dataset;

/** Answers inputs with a trained model. */
public interface Predictions {
    /**
     * Returns the answers to what was given on the command line: one or more to each.
     *
     * @param inputs the inputs, such as the paths of pictures or of tables
     * @param invert whether light and dark of a picture are swapped
     * @throws org.gradus.data.DataException if a file is missing, damaged, or of another kind
     */
    List<Answer> answer(List<String> inputs, boolean invert);

    /**
     * Returns the answer to a sample of a data set.
     *
     * @throws org.gradus.cli.input.InputException if there is none of this index
     */
    Answer answer(Dataset samples, int index);
}
