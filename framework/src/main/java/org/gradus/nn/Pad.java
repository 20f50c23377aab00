package org.gradus.nn;

import java.util.Locale;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * A border along the last axes of an input: PyTorch's {@code ZeroPad2d}, {@code ConstantPad1d},
 * {@code ReflectionPad2d}, {@code ReplicationPad3d}, {@code CircularPad2d} and the like. Widths are
 * given in PyTorch's order: before and after the last axis, then the one before it, and so on, as
 * left, right, top, bottom.
 */
public final class Pad extends Layer {
    private final PaddingMode mode;
    private final double value;
    private final int[] widths;

    private Pad(PaddingMode mode, double value, int... widths) {
        this.mode = mode;
        this.value = value;
        this.widths = widths.clone();
        if (widths.length == 0 || widths.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "Pad: there are "
                            + widths.length
                            + " widths; give two for each axis, the last axis first");
        }
        for (int width : widths) {
            if (width < 0) {
                throw new IllegalArgumentException(
                        "Pad: a width is " + width + "; it must be at least 0");
            }
        }
    }

    /** Returns the layer with a border of zeros. */
    public static Pad zeros(int... widths) {
        return new Pad(PaddingMode.ZEROS, 0, widths);
    }

    /** Returns the layer with a border of one value. */
    public static Pad constant(double value, int... widths) {
        return new Pad(PaddingMode.ZEROS, value, widths);
    }

    /** Returns the layer with the mirror image, without the edge itself, beyond the edge. */
    public static Pad reflect(int... widths) {
        return new Pad(PaddingMode.REFLECT, 0, widths);
    }

    /** Returns the layer that repeats the edge. */
    public static Pad replicate(int... widths) {
        return new Pad(PaddingMode.REPLICATE, 0, widths);
    }

    /** Returns the layer with the other end beyond the edge. */
    public static Pad circular(int... widths) {
        return new Pad(PaddingMode.CIRCULAR, 0, widths);
    }

    @Override
    protected Tensor forward(Tensor x) {
        int axes = widths.length / 2;
        if (x.rank() < axes) {
            throw new TensorException(
                    "pad: an input of shape %s has fewer than %d axes".formatted(x.shape(), axes));
        }
        if (mode == PaddingMode.ZEROS) {
            return x.pad(value, widths);
        }
        int[] before = new int[axes];
        int[] after = new int[axes];
        for (int i = 0; i < axes; i++) {
            before[axes - 1 - i] = widths[2 * i];
            after[axes - 1 - i] = widths[2 * i + 1];
        }
        return mode.pad(x, before, after);
    }

    @Override
    public String toString() {
        return "Pad(" + mode.name().toLowerCase(Locale.ROOT) + ", " + Arguments.text(widths) + ")";
    }
}
