package org.gradus.nn;

import java.util.Arrays;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * Gives images {@code [batch, channels, spatial...]} another size, as PyTorch's {@code Upsample}:
 * by the nearest element, or with {@link #linear} by interpolation between the two nearest along
 * each axis (linear, bilinear or trilinear).
 */
public final class Upsample extends Layer {
    private enum Method {
        NEAREST,
        LINEAR,
        LINEAR_WITH_CORNERS
    }

    private final int[] numbers;
    private final boolean areSizes;
    private final Method method;

    /** Creates a layer with one whole factor for all spatial axes, or one for each. */
    public Upsample(int... factors) {
        this(factors, false, Method.NEAREST);
    }

    private Upsample(int[] numbers, boolean areSizes, Method method) {
        this.numbers = numbers.clone();
        this.areSizes = areSizes;
        this.method = method;
        if (numbers.length == 0) {
            throw new IllegalArgumentException("Upsample: name at least one factor or size");
        }
        for (int number : numbers) {
            Arguments.positive("Upsample", areSizes ? "a size" : "a factor", number);
        }
    }

    /** Returns a layer whose outputs have one size along all spatial axes, or one for each. */
    public static Upsample toSize(int... sizes) {
        return new Upsample(sizes, true, Method.NEAREST);
    }

    /** Returns a layer like this one that interpolates, pixels being small squares. */
    public Upsample linear() {
        requireUnused();
        return new Upsample(numbers, areSizes, Method.LINEAR);
    }

    /**
     * Returns a layer like this one that interpolates, pixels being points, so that the corners of
     * input and output coincide (PyTorch's {@code align_corners}).
     */
    public Upsample linearWithCorners() {
        requireUnused();
        return new Upsample(numbers, areSizes, Method.LINEAR_WITH_CORNERS);
    }

    @Override
    protected Tensor forward(Tensor x) {
        int axes = x.rank() - 2;
        if (axes < 1
                || numbers.length != 1 && numbers.length != axes
                || x.shape().last(axes).elements() == 0) {
            throw new TensorException(
                    "upsample: an input of shape %s is not [batch, channels, spatial...] with %s"
                            .formatted(x.shape(), Arrays.toString(numbers)));
        }
        if (method == Method.NEAREST && !areSizes) {
            return repeated(x, axes);
        }
        Tensor result = x;
        for (int i = 0; i < axes; i++) {
            int size = x.size(i + 2);
            int number = numbers[numbers.length == 1 ? 0 : i];
            int target = areSizes ? number : size * number;
            result =
                    method == Method.NEAREST
                            ? nearest(result, i + 2, target)
                            : interpolated(result, i + 2, target);
        }
        return result;
    }

    /** Each axis is followed by one of size 1, which repeats, and then is merged with it. */
    private Tensor repeated(Tensor x, int axes) {
        Shape split = Shape.of(x.size(0), x.size(1));
        Shape repeated = split;
        Shape merged = split;
        for (int i = 0; i < axes; i++) {
            int size = x.size(i + 2);
            int factor = numbers[numbers.length == 1 ? 0 : i];
            split = split.insert(-1, size).insert(-1, 1);
            repeated = repeated.insert(-1, size).insert(-1, factor);
            merged = merged.insert(-1, size * factor);
        }
        return x.reshape(split).expand(repeated).reshape(merged);
    }

    private static Tensor nearest(Tensor x, int axis, int target) {
        long[] sources = new long[target];
        for (int i = 0; i < target; i++) {
            sources[i] = (long) i * x.size(axis) / target;
        }
        return select(x, axis, sources);
    }

    private Tensor interpolated(Tensor x, int axis, int target) {
        int size = x.size(axis);
        long[] below = new long[target];
        long[] above = new long[target];
        double[] shares = new double[target];
        for (int i = 0; i < target; i++) {
            double place = place(i, size, target);
            below[i] = Math.min((long) place, size - 1);
            above[i] = Math.min(below[i] + 1, size - 1);
            shares[i] = place - below[i];
        }
        int[] aligned = new int[x.rank()];
        Arrays.fill(aligned, 1);
        aligned[axis] = target;
        Tensor share =
                Tensor.of(HostArray.of(shares, Shape.of(target)), x.device())
                        .to(x.dtype().computeType())
                        .reshape(aligned);
        Tensor low = select(x, axis, below);
        Tensor high = select(x, axis, above);
        return low.mul(share.rsub(1)).add(high.mul(share)).to(x.dtype());
    }

    /** Returns where an output comes from, in units of inputs. */
    private double place(int output, int size, int target) {
        if (method == Method.LINEAR_WITH_CORNERS) {
            return target == 1 ? 0 : output * (size - 1.0) / (target - 1);
        }
        return Math.max((output + 0.5) * size / target - 0.5, 0);
    }

    private static Tensor select(Tensor x, int axis, long[] positions) {
        HostArray index = HostArray.of(positions, Shape.of(positions.length));
        return x.indexSelect(axis, Tensor.of(index, x.device()));
    }

    @Override
    public String toString() {
        String kind =
                switch (method) {
                    case NEAREST -> "";
                    case LINEAR -> ", linear";
                    case LINEAR_WITH_CORNERS -> ", linear with corners";
                };
        return "Upsample(" + (areSizes ? "to " : "") + Arguments.text(numbers) + kind + ")";
    }
}
