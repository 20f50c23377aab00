package org.gradus.nn;

/** {@link BatchNorm} of {@code [batch, channels] or [batch, channels, length]}. */
public final class BatchNorm1d extends BatchNorm<BatchNorm1d> {
    /** Creates a layer with PyTorch's defaults for the given number of channels. */
    public BatchNorm1d(int channels) {
        this(settings("BatchNorm1d", channels));
    }

    private BatchNorm1d(Settings settings) {
        super(settings);
    }

    @Override
    BatchNorm1d with(Settings settings) {
        return new BatchNorm1d(settings);
    }

    @Override
    boolean takes(int rank) {
        return rank == 2 || rank == 3;
    }

    @Override
    String expected() {
        return "[batch, channels] or [batch, channels, length]";
    }
}
