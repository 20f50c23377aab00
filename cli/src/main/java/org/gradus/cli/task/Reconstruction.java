package org.gradus.cli.task;

import java.util.Optional;
import org.gradus.cli.data.DataSplits;
import org.gradus.cli.data.PictureFormat;
import org.gradus.cli.settings.Section;
import org.gradus.device.Device;
import org.gradus.models.Autoencoder;
import org.gradus.nn.Loss;
import org.gradus.tensor.Tensor;
import org.gradus.train.Supervised;
import org.gradus.train.Task;

/**
 * An autoencoder learns to reproduce pictures. The loss is the cross-entropy of the pixels; each
 * epoch shows pictures of the validation set and, below, their reconstructions.
 */
final class Reconstruction implements LearningTask {
    private static final int SHOWN = 32;
    private static final int COLUMNS = 8;

    private final Autoencoder model;
    private final PictureFormat format;
    private final Task task;

    private Reconstruction(Autoencoder model, PictureFormat format) {
        this.model = model;
        this.format = format;
        this.task = Supervised.reconstruction(model, Loss.binaryCrossEntropyWithLogits());
    }

    static TaskChoice.Builder read(Section settings) {
        return (model, format) ->
                new Reconstruction(
                        TaskChoice.require(
                                Autoencoder.class, model, "reconstruction", "an autoencoder"),
                        unscaled(
                                format.as(PictureFormat.class, "reconstruction", "pictures"),
                                settings));
    }

    /** Checks that pixels are from 0 to 1, as probabilities. */
    static PictureFormat unscaled(PictureFormat format, Section settings) {
        if (!format.isUnscaled()) {
            throw settings.refused(
                    "name", "the task takes pixels from 0 to 1; leave out data.mean and deviation");
        }
        return format;
    }

    @Override
    public Task task() {
        return task;
    }

    @Override
    public void probe(Device device) {
        Probe.run(model, device, format.shape());
    }

    @Override
    public Optional<Predictions> predictions() {
        return Optional.of(
                new PictureErrors(
                        format, model.device(), pictures -> model.apply(pictures).sigmoid()));
    }

    @Override
    public Optional<Samples> show(DataSplits data) {
        Tensor originals = PictureGrid.first(data.validation(), SHOWN, model.device());
        Tensor pairs = PictureGrid.pairs(originals, model.apply(originals).sigmoid(), COLUMNS);
        return Optional.of(new Samples.Pictures(pairs.toHost(), COLUMNS));
    }
}
