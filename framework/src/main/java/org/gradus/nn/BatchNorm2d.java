package org.gradus.nn;

/** {@link BatchNorm} of {@code [batch, channels, height, width]}. */
public final class BatchNorm2d extends BatchNorm<BatchNorm2d> {
    /** Creates a layer with PyTorch's defaults for the given number of channels. */
    public BatchNorm2d(int channels) {
        this(settings("BatchNorm2d", channels));
    }

    private BatchNorm2d(Settings settings) {
        super(settings);
    }

    @Override
    BatchNorm2d with(Settings settings) {
        return new BatchNorm2d(settings);
    }

    @Override
    boolean takes(int rank) {
        return rank == 4;
    }

    @Override
    String expected() {
        return "[batch, channels, height, width]";
    }
}
