package org.gradus.nn;

import java.util.Arrays;
import org.gradus.device.Window;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Tensor;

/**
 * The mean of each window over 1 to 3 spatial axes of {@code [batch, channels, spatial...]}. The
 * stride is the size of the window unless set.
 *
 * @param <L> the layer
 */
public abstract sealed class AveragePooling<L extends AveragePooling<L>> extends Windowed<L>
        permits AvgPool1d, AvgPool2d, AvgPool3d {
    private final boolean countsPadding;
    private final boolean roundsUp;

    AveragePooling(Window window, boolean countsPadding, boolean roundsUp) {
        super(window);
        this.countsPadding = countsPadding;
        this.roundsUp = roundsUp;
    }

    abstract L with(Window window, boolean countsPadding, boolean roundsUp);

    @Override
    final L with(Window other) {
        return with(other, countsPadding, roundsUp);
    }

    /** Returns a layer like this one whose divisors count only elements inside the image. */
    public final L withoutCountingPadding() {
        requireUnused();
        return with(window(), false, roundsUp);
    }

    /**
     * Returns a layer like this one with a last window that reaches over the end where the others
     * leave something out (PyTorch's {@code ceil_mode}). What lies beyond image and padding counts
     * in no divisor.
     */
    public final L roundingUp() {
        requireUnused();
        return with(window(), countsPadding, true);
    }

    @Override
    protected final Tensor forward(Tensor x) {
        if (!roundsUp || x.rank() != window().rank() + 2) {
            return x.averagePool(window(), countsPadding);
        }
        int[] missing = missing(x);
        if (Arrays.stream(missing).allMatch(elements -> elements == 0)) {
            return x.averagePool(window(), countsPadding);
        }
        // Zeros beyond the end leave the sums as they are; the divisors are those of all elements.
        Tensor means = extended(x, missing, 0).averagePool(window(), true);
        return means.mul(corrections(x, means.shape()));
    }

    /** Returns how many elements a window has over how many count, {@code [spatial...]}. */
    private Tensor corrections(Tensor x, Shape outputs) {
        Tensor product = Tensor.ones(x.device(), x.dtype(), Shape.scalar());
        int rank = window().rank();
        for (int axis = 0; axis < rank; axis++) {
            double[] factors = new double[outputs.size(axis + 2)];
            int size = x.size(axis + 2);
            int kernel = window().kernel()[axis];
            int padding = window().padding()[axis];
            for (int i = 0; i < factors.length; i++) {
                int start = i * window().stride()[axis] - padding;
                int end = Math.min(start + kernel, countsPadding ? size + padding : size);
                int counted = end - (countsPadding ? start : Math.max(start, 0));
                factors[i] = (double) kernel / counted;
            }
            int[] sizes = new int[rank - axis];
            Arrays.fill(sizes, 1);
            sizes[0] = factors.length;
            Tensor along = Tensor.of(HostArray.of(factors, Shape.of(sizes)), x.device());
            product = product.mul(along.to(x.dtype()));
        }
        return product;
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName()
                + "("
                + windowText(window().kernel()[0])
                + (roundsUp ? ", rounding up)" : ")");
    }
}
