package org.gradus.models;

import java.util.ArrayList;
import java.util.List;
import org.gradus.nn.Dropout;
import org.gradus.nn.Flatten;
import org.gradus.nn.Layer;
import org.gradus.nn.Linear;
import org.gradus.nn.ReLU;
import org.gradus.nn.Sequential;
import org.gradus.tensor.Tensor;

/**
 * A multi-layer perceptron: {@code [batch, ...]} to logits {@code [batch, outputs]}. The input is
 * flattened; each hidden layer is linear, then ReLU, then dropout.
 */
public final class Mlp extends Layer {
    private final Sequential layers;

    /**
     * Makes a perceptron.
     *
     * @param inputs the elements of a sample
     * @param hidden the sizes of the hidden layers, in order
     * @param outputs the number of outputs
     * @param dropout the probability with which a hidden unit is dropped in training, from 0 to 1
     */
    public Mlp(int inputs, List<Integer> hidden, int outputs, double dropout) {
        List<Layer> stack = new ArrayList<>();
        stack.add(new Flatten());
        int width = inputs;
        for (int size : hidden) {
            stack.add(new Linear(width, size));
            stack.add(new ReLU());
            if (dropout > 0) {
                stack.add(new Dropout(dropout));
            }
            width = size;
        }
        stack.add(new Linear(width, outputs));
        layers = module("layers", new Sequential(stack));
    }

    /** Returns the network for 28 by 28 pixels and 10 classes: 128 hidden units, dropout 0.2. */
    public static Mlp mnist() {
        return new Mlp(28 * 28, List.of(128), 10, 0.2);
    }

    @Override
    protected Tensor forward(Tensor x) {
        return layers.apply(x);
    }
}
