package org.gradus.cli.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.gradus.cli.input.InputException;
import org.gradus.data.ColorMode;
import org.gradus.data.Dataset;
import org.gradus.data.ImageFit;
import org.gradus.data.Images;
import org.gradus.data.Normalize;
import org.gradus.data.Sample;
import org.gradus.dtype.DType;
import org.gradus.dtype.HostMemory;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Tensor;

/**
 * Pictures, whose pixels from 0 to 1 reach a model as {@code (pixel - mean) / deviation}.
 *
 * @param shape the shape of a picture, {@code [channels, height, width]}
 * @param classes the names of the classes, by index of the output
 * @param mean what is subtracted: one for all, or one per channel
 * @param deviation what the difference is divided by
 * @param fit how a picture of another size is brought to this one
 */
public record PictureFormat(
        Shape shape, List<String> classes, double[] mean, double[] deviation, ImageFit fit)
        implements ArrayFormat {
    static final String KIND_OF_THIS = "array";
    private static final int COLORS = 3;
    private static final HostArray NO_TARGET = HostArray.of(new long[1], Shape.scalar());

    /** Copies the list and the arrays. */
    public PictureFormat {
        classes = List.copyOf(classes);
        mean = mean.clone();
        deviation = deviation.clone();
    }

    /** Returns whether pixels reach a model as they are, from 0 to 1. */
    public boolean isUnscaled() {
        return Arrays.stream(mean).allMatch(value -> value == 0)
                && Arrays.stream(deviation).allMatch(value -> value == 1);
    }

    /** Returns a data set of pixels as bytes, or as numbers from 0 to 1, as a model takes them. */
    Dataset normalized(Dataset dataset) {
        boolean bytes = dataset.get(0).input().dtype() == DType.U8;
        return isUnscaled() && !bytes ? dataset : dataset.map(Normalize.of(mean, deviation));
    }

    /**
     * Returns pictures {@code [batch, channels, height, width]} of 0 to 1 as a model takes them.
     */
    public Tensor scaled(Tensor pictures) {
        return isUnscaled()
                ? pictures
                : pictures.sub(perChannel(mean, pictures)).div(perChannel(deviation, pictures));
    }

    /** Returns what a model gives as pictures of 0 to 1. */
    public Tensor unscaled(Tensor pictures) {
        return isUnscaled()
                ? pictures
                : pictures.mul(perChannel(deviation, pictures)).add(perChannel(mean, pictures));
    }

    private static Tensor perChannel(double[] values, Tensor pictures) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return Tensor.of(HostArray.of(floats, Shape.of(floats.length, 1, 1)), pictures.device());
    }

    /**
     * Reads a picture as a model takes it: {@code F32} of this shape.
     *
     * @param invert whether light and dark are swapped
     * @throws org.gradus.data.DataException if the file is missing, damaged, or no picture
     */
    public HostArray read(Path file, boolean invert) {
        HostArray image =
                Images.read(file, shape.size(0) == COLORS ? ColorMode.RGB : ColorMode.GRAY);
        if (!image.shape().equals(shape)) {
            image = fit.apply(image, shape.size(1), shape.size(2));
        }
        Sample sample = Sample.of(invert ? inverted(image) : image, NO_TARGET);
        return Normalize.of(mean, deviation).apply(sample).input();
    }

    private static HostArray inverted(HostArray image) {
        byte[] bytes = HostMemory.bytes(image.data());
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) ~bytes[i];
        }
        return HostArray.ofBytes(bytes, image.shape());
    }

    @Override
    public String description() {
        String samples = "pictures " + shape;
        return classes.isEmpty() ? samples : samples + " of " + classes.size() + " classes";
    }

    @Override
    public boolean fits(DataFormat others) {
        return others instanceof PictureFormat format
                && format.shape.equals(shape)
                && format.classes.equals(classes);
    }

    @Override
    public double[] mean() {
        return mean.clone();
    }

    @Override
    public double[] deviation() {
        return deviation.clone();
    }

    @Override
    public ObjectNode json() {
        ObjectNode tree = new JsonMapper().createObjectNode();
        tree.put(KIND, KIND_OF_THIS);
        Arrays.stream(shape.sizes()).forEach(tree.putArray("shape")::add);
        classes.forEach(tree.putArray("classes")::add);
        Arrays.stream(mean).forEach(tree.putArray("mean")::add);
        Arrays.stream(deviation).forEach(tree.putArray("deviation")::add);
        tree.put("fit", fit.name().toLowerCase(Locale.ROOT));
        return tree;
    }

    static PictureFormat of(JsonNode tree) {
        int[] sizes = JsonArrays.numbers(tree.path("shape")).mapToInt(size -> (int) size).toArray();
        if (sizes.length != 3) {
            throw new IllegalArgumentException("pictures have channels, height and width");
        }
        return new PictureFormat(
                Shape.of(sizes),
                JsonArrays.texts(tree.path("classes")),
                JsonArrays.numbers(tree.path("mean")).toArray(),
                JsonArrays.numbers(tree.path("deviation")).toArray(),
                ImageFit.valueOf(tree.path("fit").asText("stretch").toUpperCase(Locale.ROOT)));
    }

    /**
     * Checks that there is a mean and a deviation for all channels or for each.
     *
     * @throws InputException if not
     */
    public PictureFormat requireChannels() {
        int channels = shape.size(0);
        if (mean.length != deviation.length || mean.length != 1 && mean.length != channels) {
            throw new InputException(
                    "data.mean and data.deviation have "
                            + mean.length
                            + " and "
                            + deviation.length
                            + " numbers; give one each, or one for each of the "
                            + channels
                            + " channels");
        }
        return this;
    }
}
