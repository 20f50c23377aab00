package org.gradus.data;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/**
 * Mixes each sample of a batch with another, its targets likewise: labels become probabilities
 * {@code F32 [batch, classes]}, which {@link org.gradus.nn.CrossEntropy} takes. By:
 *
 * <ul>
 *   <li>{@link #mixup}: weighted means of whole inputs (Zhang et al., 2018);
 *   <li>{@link #cutMix}: a rectangle of the other image (Yun et al., 2019).
 * </ul>
 *
 * <p>Batches have one share, drawn from the distribution Beta(alpha, alpha), and one permutation
 * that names the partners. The first input is mixed, {@code U8} (rounded) or {@code F32}.
 */
public final class SampleMixing implements BatchAugmentation {
    private final int classes;
    private final double alpha;
    private final boolean cuts;

    private SampleMixing(int classes, double alpha, boolean cuts) {
        if (classes < 2 || !(alpha > 0 && Double.isFinite(alpha))) {
            throw new IllegalArgumentException(
                    "mixing samples needs at least 2 classes and an alpha above 0, not "
                            + classes
                            + " and "
                            + alpha);
        }
        this.classes = classes;
        this.alpha = alpha;
        this.cuts = cuts;
    }

    /**
     * Returns mixup.
     *
     * @param classes the number of classes
     * @param alpha 1 for uniform shares; smaller ones are closer to 0 and 1, as 0.2
     */
    public static SampleMixing mixup(int classes, double alpha) {
        return new SampleMixing(classes, alpha, false);
    }

    /** Returns CutMix, for images {@code [channels, height, width]}; alpha is 1 in the paper. */
    public static SampleMixing cutMix(int classes, double alpha) {
        return new SampleMixing(classes, alpha, true);
    }

    @Override
    public Batch apply(Batch batch, RandomGenerator random) {
        HostArray input = batch.input();
        check(batch, input);
        double share = beta(random);
        int[] partners = permutation(batch.size(), random);
        float[] values = input.toFloats();
        float[] mixed = values.clone();
        double kept =
                cuts
                        ? cut(values, mixed, input.shape(), partners, share, random)
                        : mix(values, mixed, partners, share);
        List<HostArray> inputs = new ArrayList<>(batch.inputs());
        inputs.set(
                0,
                input.dtype() == DType.U8
                        ? Picture.bytes(mixed, input.shape())
                        : HostArray.of(mixed, input.shape()));
        return new Batch(inputs, targets(batch.target(), partners, kept), batch.size());
    }

    private void check(Batch batch, HostArray input) {
        boolean fits = input.dtype() == DType.U8 || input.dtype() == DType.F32;
        fits &= !cuts || input.shape().rank() == 4;
        boolean labels = batch.target().shape().rank() == 1;
        if (!fits || !labels || batch.target().dtype().isFloating()) {
            throw new IllegalArgumentException(
                    ("mixing samples needs inputs of u8 or f32 (CutMix: [batch,"
                                    + " channels, height, width]) and class indices [batch], not ")
                            + input
                            + " and "
                            + batch.target());
        }
    }

    private static double mix(float[] values, float[] mixed, int[] partners, double share) {
        int size = values.length / partners.length;
        for (int i = 0; i < partners.length; i++) {
            for (int j = 0; j < size; j++) {
                float other = values[partners[i] * size + j];
                mixed[i * size + j] += (float) ((1 - share) * (other - values[i * size + j]));
            }
        }
        return share;
    }

    /** Returns the share that was kept: the rectangle may reach over the edge. */
    private static double cut(
            float[] values,
            float[] mixed,
            Shape shape,
            int[] partners,
            double share,
            RandomGenerator random) {
        int height = shape.size(2);
        int width = shape.size(3);
        double side = Math.sqrt(1 - share);
        int halfHeight = (int) (side * height) / 2;
        int halfWidth = (int) (side * width) / 2;
        int middleY = random.nextInt(height);
        int middleX = random.nextInt(width);
        int top = Math.max(middleY - halfHeight, 0);
        int bottom = Math.min(middleY + halfHeight, height);
        int left = Math.max(middleX - halfWidth, 0);
        int right = Math.min(middleX + halfWidth, width);
        int planes = shape.size(1);
        for (int i = 0; i < partners.length; i++) {
            for (int c = 0; c < planes; c++) {
                for (int y = top; y < bottom; y++) {
                    int to = ((i * planes + c) * height + y) * width;
                    int from = ((partners[i] * planes + c) * height + y) * width;
                    System.arraycopy(values, from + left, mixed, to + left, right - left);
                }
            }
        }
        return 1 - (double) (bottom - top) * (right - left) / (height * width);
    }

    private HostArray targets(HostArray labels, int[] partners, double kept) {
        float[] result = new float[partners.length * classes];
        for (int i = 0; i < partners.length; i++) {
            result[i * classes + label(labels, i)] += (float) kept;
            result[i * classes + label(labels, partners[i])] += (float) (1 - kept);
        }
        return HostArray.of(result, Shape.of(partners.length, classes));
    }

    private int label(HostArray labels, int index) {
        long label = labels.getLong(index);
        if (label < 0 || label >= classes) {
            throw new IllegalArgumentException(
                    "a sample is of class " + label + ", but mixing expects " + classes);
        }
        return (int) label;
    }

    private static int[] permutation(int size, RandomGenerator random) {
        int[] order = Order.sequential(size);
        for (int i = size - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }

    /** Returns a number of the distribution Beta(alpha, alpha), by two of a gamma distribution. */
    private double beta(RandomGenerator random) {
        double first = gamma(random);
        double second = gamma(random);
        return first + second > 0 ? first / (first + second) : 0.5;
    }

    /** The method of Marsaglia and Tsang (2000), raised from alpha + 1 for a small alpha. */
    private double gamma(RandomGenerator random) {
        double shape = alpha < 1 ? alpha + 1 : alpha;
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double normal = random.nextGaussian();
            double v = Math.pow(1 + c * normal, 3);
            double uniform = 1 - random.nextDouble();
            boolean accepted =
                    v > 0 && Math.log(uniform) < normal * normal / 2 + d - d * v + d * Math.log(v);
            if (accepted) {
                double raise = alpha < 1 ? Math.pow(1 - random.nextDouble(), 1 / alpha) : 1;
                return d * v * raise;
            }
        }
    }
}
