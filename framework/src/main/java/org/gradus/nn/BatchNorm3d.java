package org.gradus.nn;

/** {@link BatchNorm} of {@code [batch, channels, depth, height, width]}. */
public final class BatchNorm3d extends BatchNorm<BatchNorm3d> {
    /** Creates a layer with PyTorch's defaults for the given number of channels. */
    public BatchNorm3d(int channels) {
        this(settings("BatchNorm3d", channels));
    }

    private BatchNorm3d(Settings settings) {
        super(settings);
    }

    @Override
    BatchNorm3d with(Settings settings) {
        return new BatchNorm3d(settings);
    }

    @Override
    boolean takes(int rank) {
        return rank == 5;
    }

    @Override
    String expected() {
        return "[batch, channels, depth, height, width]";
    }
}
