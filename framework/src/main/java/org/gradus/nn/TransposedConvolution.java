package org.gradus.nn;

import org.gradus.device.Window;
import org.gradus.shape.Shape;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * A transposed convolution over 1 to 3 spatial axes, which makes images larger: the gradient of a
 * {@link Convolution} with respect to its input. {@code [batch, in, spatial...]} gives {@code
 * [batch, out, spatial...]}, where an axis of size n becomes {@code (n - 1) * stride - 2 * padding
 * + dilation * (kernel - 1) + 1 + outputPadding}. Parameters: {@code weight [in, out / groups,
 * kernel...]} and {@code bias [out]}, both uniform with the bound {@code 1 / sqrt(out / groups *
 * kernel elements)} at first.
 *
 * @param <L> the layer
 */
public abstract sealed class TransposedConvolution<L extends TransposedConvolution<L>>
        extends Windowed<L> permits ConvTranspose1d, ConvTranspose2d, ConvTranspose3d {
    record Settings(
            int in, int out, int groups, boolean hasBias, int[] outputPadding, boolean spectral) {}

    private final Settings settings;
    private final Weight weight;
    private final Parameter bias;

    TransposedConvolution(Window window, Settings settings) {
        super(window);
        this.settings = settings;
        int[] sizes = new int[window.rank() + 2];
        sizes[0] = settings.in();
        sizes[1] = settings.out() / settings.groups();
        System.arraycopy(window.kernel(), 0, sizes, 2, window.rank());
        Shape shape = Shape.of(sizes);
        if (settings.spectral()) {
            // PyTorch's order
            bias = bias(shape);
            weight = Weight.spectral(this, shape, 1);
        } else {
            weight = Weight.plain(this, shape);
            bias = bias(shape);
        }
    }

    private Parameter bias(Shape weight) {
        Initializer uniform = Initializer.uniform(1 / Math.sqrt(Initializer.fanIn(weight)));
        return settings.hasBias() ? parameter("bias", Shape.of(settings.out()), uniform) : null;
    }

    static Settings settings(String layer, int axes, int in, int out) {
        Arguments.positive(layer, "in", in);
        Arguments.positive(layer, "out", out);
        return new Settings(in, out, 1, true, new int[axes], false);
    }

    abstract L with(Window window, Settings settings);

    @Override
    final L with(Window other) {
        return with(other, settings);
    }

    /** Returns a layer like this one with another distance between the elements of the window. */
    public final L dilation(int... dilation) {
        return withDilation(dilation);
    }

    /**
     * Returns a layer like this one whose channels fall into groups that do not see each other.
     *
     * @throws IllegalArgumentException if the channels do not divide into so many groups
     */
    public final L groups(int groups) {
        requireUnused();
        Settings s = settings;
        Arguments.groups(this, groups, s.in(), s.out());
        return with(
                window(),
                new Settings(
                        s.in(), s.out(), groups, s.hasBias(), s.outputPadding(), s.spectral()));
    }

    /** Returns a layer like this one without a bias. */
    public final L withoutBias() {
        requireUnused();
        Settings s = settings;
        return with(
                window(),
                new Settings(s.in(), s.out(), s.groups(), false, s.outputPadding(), s.spectral()));
    }

    /**
     * Returns a layer like this one whose outputs are longer at their ends: sizes that the stride
     * cannot tell apart. Less than the stride or the dilation.
     */
    public final L outputPadding(int... outputPadding) {
        requireUnused();
        Settings s = settings;
        int[] values = Arguments.perAxis("outputPadding", window().rank(), outputPadding);
        return with(
                window(),
                new Settings(s.in(), s.out(), s.groups(), s.hasBias(), values, s.spectral()));
    }

    /**
     * Returns a layer like this one that divides its weight by its largest singular value, found by
     * power iteration (Miyato et al., 2018): one step of it in each forward pass of training, as
     * PyTorch's {@code spectral_norm}. The parameter is then called {@code weight_orig}; buffers
     * are the singular vectors {@code weight_u} and {@code weight_v}.
     */
    public final L spectralNorm() {
        requireUnused();
        Settings s = settings;
        return with(
                window(),
                new Settings(s.in(), s.out(), s.groups(), s.hasBias(), s.outputPadding(), true));
    }

    /** Returns {@code [in, out / groups, kernel...]}. */
    public final Parameter weight() {
        return weight.parameter();
    }

    /** Returns {@code [out]}, null for a layer without a bias. */
    public final Parameter bias() {
        return bias;
    }

    @Override
    protected final Tensor forward(Tensor x) {
        int[] longer = settings.outputPadding();
        for (int i = 0; i < longer.length; i++) {
            int limit = Math.max(window().stride()[i], window().dilation()[i]);
            if (longer[i] < 0 || longer[i] >= limit) {
                throw new TensorException(
                        "transposed convolution: an output padding of %d is not below %d, the"
                                        .formatted(longer[i], limit)
                                + " larger of stride and dilation");
            }
        }
        Tensor shift = bias == null ? null : bias.value();
        return x.convolveTransposed(weight.value(), shift, window(), longer, settings.groups());
    }

    @Override
    public final String toString() {
        return "%s(%d, %d, %s%s%s)"
                .formatted(
                        getClass().getSimpleName(),
                        settings.in(),
                        settings.out(),
                        windowText(1),
                        settings.groups() == 1 ? "" : ", groups=" + settings.groups(),
                        (bias == null ? ", no bias" : "")
                                + (weight.isSpectral() ? ", spectral norm" : ""));
    }
}
