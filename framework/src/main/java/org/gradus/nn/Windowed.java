package org.gradus.nn;

import org.gradus.device.Window;
import org.gradus.tensor.Tensor;

/**
 * A layer with a window that slides over the spatial axes. Its settings are made by methods that
 * return a new layer, to be called before the layer has values: {@code new Conv2d(1, 32,
 * 3).stride(2).padding(1)}. Each takes one number for all axes, or one per axis.
 *
 * @param <L> the layer
 */
public abstract sealed class Windowed<L extends Windowed<L>> extends Layer
        permits Convolution, TransposedConvolution, MaxPooling, AveragePooling {
    private final Window window;

    Windowed(Window window) {
        this.window = window;
    }

    /** Returns the window that lies at each position, one element from the next. */
    static Window window(int axes, int... kernel) {
        int[] ones = Arguments.perAxis("stride", axes, 1);
        int[] zeros = Arguments.perAxis("padding", axes, 0);
        return new Window(Arguments.perAxis("kernel", axes, kernel), ones, zeros, ones);
    }

    /** Returns the window whose positions do not overlap. */
    static Window tiles(int axes, int... kernel) {
        Window window = window(axes, kernel);
        return new Window(window.kernel(), window.kernel(), window.padding(), window.dilation());
    }

    abstract L with(Window other);

    final Window window() {
        return window;
    }

    /** Returns a layer like this one with another step between positions. */
    public final L stride(int... stride) {
        requireUnused();
        int[] values = Arguments.perAxis("stride", window.rank(), stride);
        return with(new Window(window.kernel(), values, window.padding(), window.dilation()));
    }

    /** Returns a layer like this one that reaches over both ends of each axis so far. */
    public final L padding(int... padding) {
        requireUnused();
        int[] values = Arguments.perAxis("padding", window.rank(), padding);
        return with(new Window(window.kernel(), window.stride(), values, window.dilation()));
    }

    final L withDilation(int... dilation) {
        requireUnused();
        int[] values = Arguments.perAxis("dilation", window.rank(), dilation);
        return with(new Window(window.kernel(), window.stride(), window.padding(), values));
    }

    /**
     * Returns by how much an image must be longer at the end of each spatial axis for a last window
     * that reaches over it, where the others leave something out (PyTorch's {@code ceil_mode}); 0
     * where none does.
     */
    final int[] missing(Tensor x) {
        int[] missing = new int[window.rank()];
        for (int i = 0; i < missing.length; i++) {
            int size = x.size(i + 2);
            int padding = window.padding()[i];
            int stride = window.stride()[i];
            int reach = window.dilation()[i] * (window.kernel()[i] - 1) + 1;
            int steps = Math.ceilDiv(size + 2 * padding - reach, stride);
            // a window that begins in the padding after the end sees nothing
            steps = steps * stride >= size + padding ? steps - 1 : steps;
            missing[i] = Math.max(steps * stride + reach - size - 2 * padding, 0);
        }
        return missing;
    }

    /** Returns an image that is longer at the end of each spatial axis. */
    static Tensor extended(Tensor x, int[] missing, double value) {
        int[] widths = new int[2 * missing.length];
        for (int i = 0; i < missing.length; i++) {
            widths[2 * (missing.length - 1 - i) + 1] = missing[i];
        }
        return x.pad(value, widths);
    }

    /** Returns the settings that differ from the usual, as in {@code "kernel=3, padding=1"}. */
    final String windowText(int usualStride) {
        StringBuilder text = new StringBuilder("kernel=" + Arguments.text(window.kernel()));
        append(text, "stride", usualStride, window.stride());
        append(text, "padding", 0, window.padding());
        append(text, "dilation", 1, window.dilation());
        return text.toString();
    }

    private static void append(StringBuilder text, String name, int usual, int[] values) {
        String numbers = Arguments.text(values);
        if (!numbers.equals(Integer.toString(usual))) {
            text.append(", ").append(name).append('=').append(numbers);
        }
    }
}
