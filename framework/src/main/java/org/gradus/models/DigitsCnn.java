package org.gradus.models;

import org.gradus.nn.Conv2d;
import org.gradus.nn.Dropout;
import org.gradus.nn.Layer;
import org.gradus.nn.Linear;
import org.gradus.nn.MaxPool2d;
import org.gradus.tensor.Tensor;

/**
 * A convolutional network for the digits of 8 by 8 pixels that come with the library: {@code
 * [batch, 1, 8, 8]} to logits {@code [batch, 10]}. It learns in seconds on any machine.
 */
public final class DigitsCnn extends Layer {
    private final Conv2d conv1 = module("conv1", new Conv2d(1, 16, 3).padding(1));
    private final MaxPool2d pool1 = module("pool1", new MaxPool2d(2));
    private final Conv2d conv2 = module("conv2", new Conv2d(16, 32, 3).padding(1));
    private final MaxPool2d pool2 = module("pool2", new MaxPool2d(2));
    private final Dropout dropout = module("dropout", new Dropout(0.2));
    private final Linear hidden = module("hidden", new Linear(32 * 2 * 2, 64));
    private final Linear output = module("output", new Linear(64, 10));

    /** Makes the network. */
    public DigitsCnn() {}

    @Override
    protected Tensor forward(Tensor x) {
        Tensor y = pool1.apply(conv1.apply(x).relu());
        y = pool2.apply(conv2.apply(y).relu());
        y = dropout.apply(y.flatten(1, -1));
        return output.apply(hidden.apply(y).relu());
    }
}
