package org.gradus.data;

import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/**
 * Mean and standard deviation of a data set's first input, for each index of the sample's first
 * axis: each channel of an image {@code [channels, height, width]}, each feature of a table's row.
 * Bytes ({@code U8}) count as 0..1, as {@link Normalize} sees them.
 *
 * @param mean the means
 * @param deviation the standard deviations (of the population: divided by the number of values)
 */
public record Statistics(double[] mean, double[] deviation) {

    /** Copies the arrays. */
    public Statistics {
        mean = mean.clone();
        deviation = deviation.clone();
    }

    /**
     * Returns the statistics of all samples, read one after the other in double precision.
     *
     * @throws IllegalArgumentException if the data set is empty
     */
    public static Statistics of(Dataset dataset) {
        if (dataset.size() == 0) {
            throw new IllegalArgumentException(
                    dataset.description() + " is empty: there is nothing to take a mean of");
        }
        Shape shape = dataset.inputShapes().getFirst();
        int channels = shape.rank() == 0 ? 1 : shape.size(0);
        double[] mean = new double[channels];
        double[] squares = new double[channels];
        long seen = 0;
        for (int index = 0; index < dataset.size(); index++) {
            HostArray input = dataset.get(index).input();
            double scale = input.dtype() == DType.U8 ? 1.0 / 255 : 1;
            float[] values = input.toFloats();
            int inner = channels == 0 ? 0 : values.length / channels;
            // Welford's update in blocks (Chan et al. 1983): no cancellation for large means.
            for (int channel = 0; channel < channels; channel++) {
                double sum = 0;
                for (int i = channel * inner; i < (channel + 1) * inner; i++) {
                    sum += values[i] * scale;
                }
                double blockMean = sum / inner;
                double blockSquares = 0;
                for (int i = channel * inner; i < (channel + 1) * inner; i++) {
                    double distance = values[i] * scale - blockMean;
                    blockSquares += distance * distance;
                }
                double delta = blockMean - mean[channel];
                double total = seen + inner;
                mean[channel] += delta * inner / total;
                squares[channel] += blockSquares + delta * delta * seen * inner / total;
            }
            seen += inner;
        }
        double[] deviation = new double[channels];
        for (int channel = 0; channel < channels; channel++) {
            deviation[channel] = Math.sqrt(squares[channel] / seen);
        }
        return new Statistics(mean, deviation);
    }

    @Override
    public double[] mean() {
        return mean.clone();
    }

    @Override
    public double[] deviation() {
        return deviation.clone();
    }
}
