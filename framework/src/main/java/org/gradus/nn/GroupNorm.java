package org.gradus.nn;

import org.gradus.shape.Shape;
import org.gradus.tensor.Tensor;

/**
 * Group normalization (Wu and He, 2018): each group of channels of each image of {@code [batch,
 * channels, spatial...]} gets zero mean and unit variance; then channels are scaled and shifted.
 * Parameters: {@code weight [channels]}, 1 at first, and {@code bias [channels]}, 0 at first.
 */
public final class GroupNorm extends Layer {
    private static final double DEFAULT_EPSILON = 1e-5;

    private final int groups;
    private final int channels;
    private final double epsilon;
    private final Parameter weight;
    private final Parameter bias;

    /** Creates a layer that adds 1e-5 to variances. */
    public GroupNorm(int groups, int channels) {
        this(groups, channels, DEFAULT_EPSILON);
    }

    /**
     * Creates a layer.
     *
     * @param groups must divide the channels
     * @param epsilon added to variances
     */
    public GroupNorm(int groups, int channels, double epsilon) {
        Arguments.groups(this, groups, channels);
        this.groups = groups;
        this.channels = Arguments.positive("GroupNorm", "channels", channels);
        this.epsilon = epsilon;
        weight = parameter("weight", Shape.of(channels), Initializer.ones());
        bias = parameter("bias", Shape.of(channels), Initializer.zeros());
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.groupNorm(groups, weight.value(), bias.value(), epsilon);
    }

    @Override
    public String toString() {
        return "GroupNorm(" + groups + ", " + channels + ")";
    }
}
