package org.gradus.nn;

import java.util.Arrays;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Tensor;

/**
 * Stochastic depth (Huang et al., 2016): sets whole samples of {@code [batch, ...]} to 0 with a
 * probability while training, and scales the others up to keep the mean. At the end of the block of
 * a {@link Residual} it leaves the block out. Does nothing in evaluation mode.
 */
public final class DropPath extends Layer {
    private final double probability;
    private final RandomStream random = randomStream("generator");

    /** Creates the layer for the given probability of 0, between 0 and 1. */
    public DropPath(double probability) {
        this.probability = Arguments.probability("DropPath", probability);
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (!isTraining() || probability == 0 || x.rank() == 0) {
            return x;
        }
        int[] sizes = new int[x.rank()];
        Arrays.fill(sizes, 1);
        sizes[0] = x.size(0);
        Tensor ones = Tensor.ones(x.device(), DType.F32, Shape.of(sizes)).to(x.dtype());
        return x.mul(random.generator().dropout(ones, probability));
    }

    @Override
    public String toString() {
        return "DropPath(" + probability + ")";
    }
}
