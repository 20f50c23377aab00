package org.gradus.nn;

import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Generator;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Tensor;

/**
 * Gives a parameter its first values. Those here are PyTorch's ({@code torch.nn.init}); the same
 * generator state gives the same values on every device (normal ones to rounding).
 *
 * <p>The fans of a weight {@code [out, in, window...]} are {@code in} and {@code out}, each times
 * the number of elements of the window.
 */
@FunctionalInterface
public interface Initializer {
    /** Returns the values for a parameter of a shape, {@code F32}. */
    Tensor create(Shape shape, Generator generator, Device device);

    /** Returns one value for all elements. */
    static Initializer constant(double value) {
        return (shape, _, device) -> Tensor.full(device, DType.F32, shape, value);
    }

    /** Returns 0 for all elements. */
    static Initializer zeros() {
        return constant(0);
    }

    /** Returns 1 for all elements. */
    static Initializer ones() {
        return constant(1);
    }

    /** Returns values uniform in {@code [-bound, bound)}. */
    static Initializer uniform(double bound) {
        return (shape, generator, device) -> generator.uniform(device, shape, -bound, bound);
    }

    /** Returns values of a normal distribution with mean 0. */
    static Initializer normal(double deviation) {
        return (shape, generator, device) -> generator.normal(device, shape, 0, deviation);
    }

    /**
     * Returns values uniform with a variance that keeps that of activations through layers with
     * leaky rectifiers: the bound is {@code sqrt(6 / ((1 + slope^2) * fanIn))} (He et al., 2015).
     *
     * @param slope of the rectifier for negative values: 0 for ReLU; {@code sqrt(5)}, as linear
     *     layers and convolutions have it, gives the bound {@code 1 / sqrt(fanIn)}
     */
    static Initializer kaimingUniform(double slope) {
        return (shape, generator, device) -> {
            double bound = Math.sqrt(6 / ((1 + slope * slope) * fanIn(shape)));
            return uniform(bound).create(shape, generator, device);
        };
    }

    /**
     * Returns values of a normal distribution with the deviation {@code sqrt(2 / ((1 + slope^2) *
     * fanIn))} (He et al., 2015).
     *
     * @param slope of the rectifier for negative values: 0 for ReLU
     */
    static Initializer kaimingNormal(double slope) {
        return (shape, generator, device) -> {
            double deviation = Math.sqrt(2 / ((1 + slope * slope) * fanIn(shape)));
            return normal(deviation).create(shape, generator, device);
        };
    }

    /**
     * Returns values uniform with the bound {@code gain * sqrt(6 / (fanIn + fanOut))} (Glorot and
     * Bengio, 2010).
     *
     * @param gain 1 for linear layers and sigmoids, 5/3 for tanh
     */
    static Initializer xavierUniform(double gain) {
        return (shape, generator, device) -> {
            double bound = gain * Math.sqrt(6.0 / (fanIn(shape) + fanOut(shape)));
            return uniform(bound).create(shape, generator, device);
        };
    }

    /**
     * Returns values of a normal distribution with the deviation {@code gain * sqrt(2 / (fanIn +
     * fanOut))} (Glorot and Bengio, 2010).
     */
    static Initializer xavierNormal(double gain) {
        return (shape, generator, device) -> {
            double deviation = gain * Math.sqrt(2.0 / (fanIn(shape) + fanOut(shape)));
            return normal(deviation).create(shape, generator, device);
        };
    }

    /**
     * Returns a random matrix with orthonormal rows or columns, whichever are fewer, times a gain
     * (Saxe et al., 2014). Axes after the first count as one.
     */
    static Initializer orthogonal(double gain) {
        return (shape, generator, device) -> {
            int rows = shape.rank() == 0 ? 1 : shape.size(0);
            int columns = rows == 0 ? 0 : Math.toIntExact(shape.elements() / rows);
            int few = Math.min(rows, columns);
            int many = Math.max(rows, columns);
            Tensor noise = generator.normal(device, Shape.of(few, many));
            float[] basis = Orthonormal.rows(noise.toHost().toDoubles(), few, many, gain);
            Tensor wide = Tensor.of(HostArray.of(basis, Shape.of(few, many)), device);
            return (rows > columns ? wide.mT() : wide).reshape(shape);
        };
    }

    /** Returns the number of inputs that each output of a weight sees. */
    static long fanIn(Shape shape) {
        return shape.rank() < 2 ? shape.elements() : shape.size(1) * window(shape);
    }

    /** Returns the number of outputs that each input of a weight reaches. */
    static long fanOut(Shape shape) {
        return shape.rank() < 2 ? shape.elements() : shape.size(0) * window(shape);
    }

    private static long window(Shape shape) {
        return shape.last(shape.rank() - 2).elements();
    }
}
