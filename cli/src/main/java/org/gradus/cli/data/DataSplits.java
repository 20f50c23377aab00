package org.gradus.cli.data;

import org.gradus.cli.input.InputException;
import org.gradus.data.Dataset;

/**
 * A data set that is ready for training.
 *
 * @param train the samples to learn from
 * @param validation the samples to measure on
 * @param format what a sample looks like
 */
public record DataSplits(Dataset train, Dataset validation, DataFormat format) {
    /**
     * Returns these, if a model can be measured on them.
     *
     * @param known what the run remembers of the data the model was trained on
     * @throws InputException if they are of another kind
     */
    public DataSplits requireFit(DataFormat known) {
        if (known.fits(format)) {
            return this;
        }
        throw new InputException(
                validation.description()
                        + ": has "
                        + format.description()
                        + ", but the model was trained on "
                        + known.description()
                        + "; give the same kind of data");
    }
}
