package org.gradus.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/**
 * Makes {@code (x - mean) / deviation} of a sample's first input, in {@code F32}. Bytes ({@code
 * U8}) are first scaled from 0..255 to 0..1; other types are taken as they are.
 *
 * <p>There is one mean and deviation for all values, or one for each index of the sample's first
 * axis: each channel of an image {@code [channels, height, width]}, each feature of a table's row.
 */
public final class Normalize implements BatchTransform {
    private final float[] mean;
    private final float[] deviation;

    private Normalize(float[] mean, float[] deviation) {
        this.mean = mean;
        this.deviation = deviation;
    }

    /** Returns the transform that only makes floats: bytes become 0..1. */
    public static Normalize toUnit() {
        return of(0, 1);
    }

    /** Returns the transform with one mean and deviation for all values. */
    public static Normalize of(double mean, double deviation) {
        return of(new double[] {mean}, new double[] {deviation});
    }

    /** Returns the transform that gives the data of these statistics mean 0 and deviation 1. */
    public static Normalize of(Statistics statistics) {
        return of(statistics.mean(), statistics.deviation());
    }

    /**
     * Returns the transform with a mean and a deviation per index of the first axis. Where the
     * deviation is 0 (a constant) only the mean is subtracted.
     *
     * @throws IllegalArgumentException if the lengths differ or are 0, or a value is not finite or
     *     a deviation negative
     */
    public static Normalize of(double[] mean, double[] deviation) {
        if (mean.length != deviation.length || mean.length == 0) {
            throw new IllegalArgumentException(
                    "normalizing needs as many means as deviations, at least one, not "
                            + mean.length
                            + " and "
                            + deviation.length);
        }
        float[] means = new float[mean.length];
        float[] deviations = new float[mean.length];
        for (int i = 0; i < mean.length; i++) {
            if (!Double.isFinite(mean[i]) || !Double.isFinite(deviation[i]) || deviation[i] < 0) {
                throw new IllegalArgumentException(
                        "normalizing needs finite means and deviations of 0 or more, not mean "
                                + mean[i]
                                + " and deviation "
                                + deviation[i]
                                + " (number "
                                + i
                                + ")");
            }
            means[i] = (float) mean[i];
            deviations[i] = deviation[i] == 0 ? 1 : (float) deviation[i];
        }
        return new Normalize(means, deviations);
    }

    @Override
    public Sample apply(Sample sample) {
        return new Sample(replaceFirst(sample.inputs(), 0), sample.target());
    }

    @Override
    public Batch apply(Batch batch) {
        return new Batch(replaceFirst(batch.inputs(), 1), batch.target(), batch.size());
    }

    private List<HostArray> replaceFirst(List<HostArray> inputs, int axis) {
        List<HostArray> result = new ArrayList<>(inputs);
        result.set(0, normalize(inputs.getFirst(), axis));
        return result;
    }

    private HostArray normalize(HostArray array, int axis) {
        Shape shape = array.shape();
        int channels = mean.length;
        if (channels > 1 && (shape.rank() <= axis || shape.size(axis) != channels)) {
            throw new IllegalArgumentException(
                    "normalizing with "
                            + channels
                            + " means needs samples whose first axis has that size, not "
                            + (axis == 0 ? shape : shape.without(0)));
        }
        float[] result = new float[Math.toIntExact(shape.elements())];
        int inner = channels == 1 ? result.length : innerSize(shape, axis);
        if (array.dtype() == DType.U8) {
            normalizeBytes(array.data(), result, inner);
        } else {
            normalizeFloats(array.toFloats(), result, inner);
        }
        return HostArray.of(result, shape);
    }

    private static int innerSize(Shape shape, int axis) {
        int size = 1;
        for (int i = axis + 1; i < shape.rank(); i++) {
            size *= shape.size(i);
        }
        return size;
    }

    private void normalizeFloats(float[] values, float[] result, int inner) {
        for (int start = 0, channel = 0; start < result.length; start += inner) {
            for (int i = start; i < start + inner; i++) {
                result[i] = (values[i] - mean[channel]) / deviation[channel];
            }
            channel = channel + 1 == mean.length ? 0 : channel + 1;
        }
    }

    /** A table of the 256 results per channel replaces the arithmetic. */
    private void normalizeBytes(MemorySegment bytes, float[] result, int inner) {
        float[][] table = new float[mean.length][256];
        for (int channel = 0; channel < mean.length; channel++) {
            for (int value = 0; value < 256; value++) {
                table[channel][value] = (value / 255f - mean[channel]) / deviation[channel];
            }
        }
        for (int start = 0, channel = 0; start < result.length; start += inner) {
            float[] row = table[channel];
            for (int i = start; i < start + inner; i++) {
                result[i] = row[bytes.get(ValueLayout.JAVA_BYTE, i) & 0xff];
            }
            channel = channel + 1 == mean.length ? 0 : channel + 1;
        }
    }
}
