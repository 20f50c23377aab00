package org.gradus.cli.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.gradus.cli.data.ArrayFormat;
import org.gradus.cli.data.PictureFormat;
import org.gradus.cli.data.RowFormat;
import org.gradus.cli.input.InputException;
import org.gradus.data.DataException;
import org.gradus.data.Dataset;
import org.gradus.data.Sample;
import org.gradus.tensor.HostArray;

/** What a trained model is asked about, prepared as its training data were. */
final class Inputs {
    private Inputs() {}

    /**
     * A sample to classify.
     *
     * @param name what it is called
     * @param values what the model is given, without a batch axis
     */
    record Input(String name, HostArray values) {}

    /**
     * Reads pictures, or the rows of tables.
     *
     * @param files their paths
     * @param invert whether light and dark of a picture are swapped
     * @throws DataException if a file is missing, damaged, or of another kind
     */
    static List<Input> read(List<String> files, ArrayFormat format, boolean invert) {
        List<Input> inputs = new ArrayList<>();
        for (String file : files) {
            inputs.addAll(read(Path.of(file), format, invert));
        }
        return inputs;
    }

    private static List<Input> read(Path file, ArrayFormat format, boolean invert) {
        return switch (format) {
            case PictureFormat pictures ->
                    List.of(new Input(file.toString(), pictures.read(file, invert)));
            case RowFormat rows -> {
                List<Input> inputs = new ArrayList<>();
                for (HostArray row : rows.read(file)) {
                    inputs.add(new Input(file + ", row " + (inputs.size() + 1), row));
                }
                yield inputs;
            }
        };
    }

    /**
     * Returns a sample of a data set, which is normalized already.
     *
     * @throws InputException if there is none of this index
     */
    static Input sample(Dataset dataset, int index) {
        requireIndex(dataset, index);
        Sample sample = dataset.get(index);
        HostArray target = sample.target();
        String label =
                dataset.classes().isEmpty()
                        ? Double.toString(target.get(0))
                        : dataset.classes().get((int) target.getLong(0));
        return new Input("sample " + index + ", labelled " + label, sample.input());
    }

    /**
     * Checks that a data set has a sample.
     *
     * @throws InputException if there is none of this index
     */
    static void requireIndex(Dataset dataset, int index) {
        if (index < 0 || index >= dataset.size()) {
            throw new InputException(
                    "--index: "
                            + dataset.description()
                            + " has the samples 0 to "
                            + (dataset.size() - 1)
                            + ", not "
                            + index);
        }
    }
}
