package org.gradus.tensor;

import java.util.Arrays;
import java.util.List;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.expr.PointwiseFunction;
import org.gradus.expr.Sampling;
import org.gradus.expr.Scalars;
import org.gradus.shape.Shape;

/**
 * A source of random numbers: Philox4x32-10, counter-based (Salmon et al., 2011). The key is the
 * seed, the counter counts the numbers drawn; the same state gives the same bits on every device.
 */
public final class Generator {
    private static final List<DType> KEY_AND_COUNTER = List.of(DType.I64, DType.I64);

    private final long seed;
    private long offset;

    /** Creates a generator at the start of the sequence of a seed. */
    public Generator(long seed) {
        this(seed, 0);
    }

    /** Creates a generator in the state of another, see {@link #seed} and {@link #offset}. */
    public Generator(long seed, long offset) {
        this.seed = seed;
        this.offset = offset;
    }

    /** Returns the seed. */
    public long seed() {
        return seed;
    }

    /** Returns how many numbers were drawn: with the seed, the whole state. */
    public long offset() {
        return offset;
    }

    /** Continues from a state, as a checkpoint has it. */
    public void setOffset(long drawn) {
        this.offset = drawn;
    }

    /** Returns a generator of another sequence, which depends on this one's seed and a number. */
    public Generator fork(long stream) {
        // splitmix64, so that neighbouring seeds and streams have unrelated keys
        long z = seed + 0x9E3779B97F4A7C15L * (stream + 1);
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return new Generator(z ^ (z >>> 31));
    }

    /** Returns numbers uniform in [0, 1), multiples of 2⁻²⁴, {@code F32}. */
    public Tensor uniform(Device device, Shape shape) {
        return draw(Sampling.UNIFORM, device, shape, 1);
    }

    /** Returns numbers uniform in [low, high). */
    public Tensor uniform(Device device, Shape shape, double low, double high) {
        return uniform(device, shape).mul(high - low).add(low);
    }

    /** Returns numbers of the standard normal distribution (Box and Muller, 1958), {@code F32}. */
    public Tensor normal(Device device, Shape shape) {
        return draw(Sampling.NORMAL, device, shape, 2);
    }

    /** Returns numbers of the normal distribution of a mean and standard deviation. */
    public Tensor normal(Device device, Shape shape, double mean, double deviation) {
        return normal(device, shape).mul(deviation).add(mean);
    }

    /** Returns whole numbers uniform in [0, bound), {@code I64}. */
    public Tensor integers(Device device, Shape shape, int bound) {
        Tensor scaled = uniform(device, shape).to(DType.F64).mul(bound).floor();
        return scaled.to(DType.I64);
    }

    /** Returns 1 with a probability and 0 otherwise, {@code F32}. */
    public Tensor bernoulli(Device device, Shape shape, double probability) {
        return uniform(device, shape).lt(probability).to(DType.F32);
    }

    /** Returns the numbers from 0 up to a count in random order, {@code I64}. */
    public Tensor permutation(Device device, int count) {
        return uniform(device, Shape.of(count)).argsort(0, false);
    }

    /**
     * Returns a tensor with elements set to 0 with a probability and the others scaled up to keep
     * the mean (Srivastava et al., 2014). The mask is never stored: the backward pass draws it
     * again.
     */
    public Tensor dropout(Tensor input, double probability) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new TensorException(
                    "dropout: the probability " + probability + " is not between 0 and 1");
        }
        long[] state = advance(input.shape().elements());
        DType type = input.floating("dropout").dtype().computeType();
        long[] scalars = {state[0], state[1], Scalars.encode(probability, type)};
        List<DType> types = List.of(DType.I64, DType.I64, type);
        return Pointwise.apply(Sampling.DROPOUT, scalars, types, input);
    }

    private Tensor draw(PointwiseFunction function, Device device, Shape shape, int each) {
        long[] state = advance(each * shape.elements());
        return Pointwise.generate(function, state, KEY_AND_COUNTER, shape, device);
    }

    /** Returns the state and moves it on by whole blocks of four. */
    private long[] advance(long count) {
        long blocks = (count + 3) / 4 * 4;
        long[] start = new long[1];
        Recording.eachTime(
                () -> {
                    start[0] = offset;
                    offset += blocks;
                },
                () -> offset -= blocks);
        return new long[] {seed, Recording.scalars(1, start::clone)[0]};
    }

    @Override
    public String toString() {
        return "Generator" + Arrays.toString(new long[] {seed, offset});
    }
}
