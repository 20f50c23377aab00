package org.gradus.cli.task;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.gradus.cli.data.InputFormat;
import org.gradus.cli.data.TableRows;
import org.gradus.cli.input.InputException;
import org.gradus.data.ColorMode;
import org.gradus.data.DataException;
import org.gradus.data.Dataset;
import org.gradus.data.Images;
import org.gradus.data.Normalize;
import org.gradus.data.Sample;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/** What a trained model is asked about, prepared as its training data were. */
final class Inputs {
    private static final int COLORS = 3;

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
    static List<Input> read(List<String> files, InputFormat format, boolean invert) {
        List<Input> inputs = new ArrayList<>();
        for (String file : files) {
            inputs.addAll(read(Path.of(file), format, invert));
        }
        return inputs;
    }

    private static List<Input> read(Path file, InputFormat format, boolean invert) {
        if (!format.isTable()) {
            return List.of(new Input(file.toString(), picture(file, format, invert)));
        }
        List<Input> inputs = new ArrayList<>();
        List<HostArray> rows = TableRows.read(file, format.columns());
        for (int row = 0; row < rows.size(); row++) {
            inputs.add(new Input(file + ", row " + (row + 1), normalized(rows.get(row), format)));
        }
        return inputs;
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

    private static HostArray picture(Path file, InputFormat format, boolean invert) {
        Shape shape = format.shape();
        ColorMode mode = shape.size(0) == COLORS ? ColorMode.RGB : ColorMode.GRAY;
        HostArray image = Images.read(file, mode);
        int height = shape.size(1);
        int width = shape.size(2);
        if (image.shape().size(1) != height || image.shape().size(2) != width) {
            image = Images.resize(image, height, width);
        }
        return normalized(invert ? inverted(image) : image, format);
    }

    private static HostArray inverted(HostArray image) {
        byte[] bytes = image.data().toArray(ValueLayout.JAVA_BYTE);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) ~bytes[i];
        }
        return new HostArray(DType.U8, image.shape(), MemorySegment.ofArray(bytes));
    }

    /** Bytes become 0..1 first, as in the data sets of pictures. */
    private static HostArray normalized(HostArray values, InputFormat format) {
        Sample sample = Sample.of(values, HostArray.of(new long[1], Shape.scalar()));
        return format.normalization().apply(Normalize.toUnit().apply(sample)).input();
    }
}
