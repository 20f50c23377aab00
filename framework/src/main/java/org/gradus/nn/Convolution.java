package org.gradus.nn;

import java.util.Arrays;
import org.gradus.device.Window;
import org.gradus.shape.Shape;
import org.gradus.tensor.Tensor;

/**
 * A convolution (cross-correlation, as all frameworks have it) over 1 to 3 spatial axes: {@code
 * [batch, in, spatial...]} to {@code [batch, out, positions...]}, where an axis of size n has
 * {@code (n + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1} positions. Parameters:
 * {@code weight [out, in / groups, kernel...]} and {@code bias [out]}, both uniform with the bound
 * {@code 1 / sqrt(in / groups * kernel elements)} at first.
 *
 * @param <L> the layer
 */
public abstract sealed class Convolution<L extends Convolution<L>> extends Windowed<L>
        permits Conv1d, Conv2d, Conv3d {
    record Settings(
            int in,
            int out,
            int groups,
            boolean hasBias,
            PaddingMode mode,
            boolean spectral,
            boolean same) {}

    private final Settings settings;
    private final Window unpadded;
    private final Weight weight;
    private final Parameter bias;

    Convolution(Window window, Settings settings) {
        super(window);
        this.settings = settings;
        int[] none = new int[window.rank()];
        unpadded = new Window(window.kernel(), window.stride(), none, window.dilation());
        int[] sizes = new int[window.rank() + 2];
        sizes[0] = settings.out();
        sizes[1] = settings.in() / settings.groups();
        System.arraycopy(window.kernel(), 0, sizes, 2, window.rank());
        Shape shape = Shape.of(sizes);
        if (settings.spectral()) {
            // PyTorch's order
            bias = bias(shape);
            weight = Weight.spectral(this, shape, 0);
        } else {
            weight = Weight.plain(this, shape);
            bias = bias(shape);
        }
    }

    private Parameter bias(Shape weight) {
        Initializer uniform = Initializer.uniform(1 / Math.sqrt(Initializer.fanIn(weight)));
        return settings.hasBias() ? parameter("bias", Shape.of(settings.out()), uniform) : null;
    }

    static Settings settings(String layer, int in, int out) {
        Arguments.positive(layer, "in", in);
        Arguments.positive(layer, "out", out);
        return new Settings(in, out, 1, true, PaddingMode.ZEROS, false, false);
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
     * Returns a layer like this one whose channels fall into groups that do not see each other; as
     * many groups as input channels make it depthwise.
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
                        s.in(), s.out(), groups, s.hasBias(), s.mode(), s.spectral(), s.same()));
    }

    /** Returns a layer like this one without a bias. */
    public final L withoutBias() {
        requireUnused();
        Settings s = settings;
        return with(
                window(),
                new Settings(s.in(), s.out(), s.groups(), false, s.mode(), s.spectral(), s.same()));
    }

    /**
     * Returns a layer like this one whose output has the size of its input, as PyTorch's {@code
     * padding="same"}: where the padding is uneven there is one more at the end. For a stride of 1.
     *
     * @throws IllegalArgumentException if the stride is larger
     */
    public final L samePadding() {
        requireUnused();
        if (Arrays.stream(window().stride()).anyMatch(step -> step != 1)) {
            throw new IllegalArgumentException(
                    this + ": a stride above 1 makes the output smaller; use padding");
        }
        Settings s = settings;
        return with(
                window(),
                new Settings(
                        s.in(), s.out(), s.groups(), s.hasBias(), s.mode(), s.spectral(), true));
    }

    /** Returns a layer like this one with something else than zeros beyond the edge. */
    public final L paddingMode(PaddingMode mode) {
        requireUnused();
        Settings s = settings;
        return with(
                window(),
                new Settings(
                        s.in(), s.out(), s.groups(), s.hasBias(), mode, s.spectral(), s.same()));
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
                new Settings(s.in(), s.out(), s.groups(), s.hasBias(), s.mode(), true, s.same()));
    }

    /** Returns {@code [out, in / groups, kernel...]}. */
    public final Parameter weight() {
        return weight.parameter();
    }

    /** Returns {@code [out]}, null for a layer without a bias. */
    public final Parameter bias() {
        return bias;
    }

    @Override
    protected final Tensor forward(Tensor x) {
        Tensor shift = bias == null ? null : bias.value();
        int[] before = settings.same() ? samePadding(0) : window().padding();
        int[] after = settings.same() ? samePadding(1) : window().padding();
        if (settings.mode() == PaddingMode.ZEROS && Arrays.equals(before, after)) {
            Window even =
                    new Window(window().kernel(), window().stride(), before, window().dilation());
            return x.convolve(weight.value(), shift, even, settings.groups());
        }
        boolean fits = x.rank() == window().rank() + 2;
        Tensor padded = fits ? settings.mode().pad(x, before, after) : x;
        return padded.convolve(weight.value(), shift, unpadded, settings.groups());
    }

    /** Returns half of what the window reaches beyond its first element, rounded down or up. */
    private int[] samePadding(int rounding) {
        int[] widths = new int[window().rank()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = (window().dilation()[i] * (window().kernel()[i] - 1) + rounding) / 2;
        }
        return widths;
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
