package org.gradus.nn;

import java.util.ArrayList;
import java.util.List;
import org.gradus.tensor.Tensor;

/**
 * Layers that each see the input and the outputs of all layers before, one after the other along
 * the channels (Huang et al., 2017). The result is the input and all outputs: {@code [batch, in +
 * sum of outs, ...]}. The layers are named by their numbers, as in {@link Sequential}.
 */
public final class DenseBlock extends Layer {
    private final List<Layer> layers = new ArrayList<>();

    /** Creates a block; layer i takes the channels of the input and of the i outputs before. */
    public DenseBlock(Layer... layers) {
        for (Layer layer : layers) {
            this.layers.add(module(Integer.toString(this.layers.size()), layer));
        }
    }

    @Override
    protected Tensor forward(Tensor x) {
        Tensor all = x;
        for (Layer layer : layers) {
            all = Tensor.cat(1, all, layer.apply(all));
        }
        return all;
    }
}
