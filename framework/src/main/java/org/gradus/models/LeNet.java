package org.gradus.models;

import org.gradus.nn.Conv2d;
import org.gradus.nn.Dropout;
import org.gradus.nn.Layer;
import org.gradus.nn.Linear;
import org.gradus.nn.MaxPool2d;
import org.gradus.tensor.Tensor;

/**
 * A small convolutional network in the manner of LeNet-5 (LeCun et al., 1998), with the layers that
 * are usual today: images {@code [batch, channels, height, width]} to logits {@code [batch,
 * classes]}.
 *
 * <p>Two convolutions of 3 by 3 to 32 and 64 channels, each with ReLU and a maximum over 2 by 2,
 * then 128 hidden units; a tenth of the units before these is dropped in training.
 */
public final class LeNet extends Layer {
    private static final int CONVOLUTION = 3;
    private static final int POOL = 2;
    private static final double DROPOUT = 0.1;

    private final Conv2d conv1;
    private final MaxPool2d pool1;
    private final Conv2d conv2;
    private final MaxPool2d pool2;
    private final Dropout dropout;
    private final Linear hidden;
    private final Linear output;

    /**
     * Makes a network.
     *
     * @param channels the channels of an image: 1 for gray
     * @param height the height of an image, at least 10
     * @param width the width of an image, at least 10
     * @param classes the number of classes
     */
    public LeNet(int channels, int height, int width, int classes) {
        conv1 = module("conv1", new Conv2d(channels, 32, CONVOLUTION));
        pool1 = module("pool1", new MaxPool2d(POOL));
        conv2 = module("conv2", new Conv2d(32, 64, CONVOLUTION));
        pool2 = module("pool2", new MaxPool2d(POOL));
        dropout = module("dropout", new Dropout(DROPOUT));
        hidden = module("hidden", new Linear(64 * remaining(height) * remaining(width), 128));
        output = module("output", new Linear(128, classes));
    }

    /** Returns the network for 28 by 28 pixels in gray and 10 classes. */
    public static LeNet mnist() {
        return new LeNet(1, 28, 28, 10);
    }

    /** Returns what two convolutions without padding and two halvings leave of a side. */
    private static int remaining(int side) {
        int first = (side - CONVOLUTION + 1) / POOL;
        return (first - CONVOLUTION + 1) / POOL;
    }

    @Override
    protected Tensor forward(Tensor x) {
        Tensor y = pool1.apply(conv1.apply(x).relu());
        y = pool2.apply(conv2.apply(y).relu());
        y = dropout.apply(y.flatten(1, -1));
        return output.apply(hidden.apply(y).relu());
    }
}
