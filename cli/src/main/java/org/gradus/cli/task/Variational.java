package org.gradus.cli.task;

import java.util.List;
import java.util.Optional;
import org.gradus.cli.data.DataSplits;
import org.gradus.cli.data.PictureFormat;
import org.gradus.cli.settings.Section;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.models.Vae;
import org.gradus.models.VaeTask;
import org.gradus.shape.Shape;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Tensor;
import org.gradus.train.Task;

/**
 * A variational autoencoder learns to reproduce pictures and to make new ones. Each epoch shows
 * pictures of the validation set with their reconstructions below, then new pictures. Settings:
 * {@code beta}, the weight of the divergence.
 */
final class Variational implements LearningTask, Generation {
    private static final int COLUMNS = 8;
    private static final int RECONSTRUCTED = 16;
    private static final int GENERATED = 32;
    private static final int DEFAULT_COUNT = 64;
    private static final long SHOWN_SEED = 0;

    private final Vae model;
    private final PictureFormat format;
    private final Task task;

    private Variational(Vae model, PictureFormat format, double beta) {
        this.model = model;
        this.format = format;
        this.task = new VaeTask(model, beta);
    }

    static TaskChoice.Builder read(Section settings) {
        double beta = settings.positive("beta", 1);
        return (model, format) -> {
            Vae vae = TaskChoice.require(Vae.class, model, "vae", "the model vae");
            PictureFormat pictures = format.as(PictureFormat.class, "vae", "pictures");
            return new Variational(vae, Reconstruction.unscaled(pictures, settings), beta);
        };
    }

    @Override
    public Task task() {
        return task;
    }

    @Override
    public void probe(Device device) {
        model.apply(Tensor.zeros(device, DType.F32, format.shape().insert(0, 1)));
    }

    @Override
    public Optional<Predictions> predictions() {
        return Optional.of(
                new PictureErrors(
                        format,
                        model.device(),
                        pictures -> model.apply(pictures).logits().sigmoid()));
    }

    @Override
    public Optional<Samples> show(DataSplits data) {
        Tensor originals = PictureGrid.first(data.validation(), RECONSTRUCTED, model.device());
        Tensor reconstructions = model.apply(originals).logits().sigmoid();
        Tensor pairs = PictureGrid.pairs(originals, reconstructions, COLUMNS);
        Tensor made = make(GENERATED, new Generator(SHOWN_SEED));
        Tensor all = Tensor.cat(0, pairs, made);
        return Optional.of(new Samples.Pictures(all.toHost(), COLUMNS));
    }

    @Override
    public Optional<Generation> generation() {
        return Optional.of(this);
    }

    @Override
    public Samples generate(GenerationSettings settings) {
        settings.requireOnly("a model of pictures", List.of("--count"));
        Generator random = new Generator(settings.seed());
        int count = settings.count().orElse(DEFAULT_COUNT);
        return PictureGrid.of(count, format, number -> make(number, random));
    }

    private Tensor make(int count, Generator random) {
        return model.decode(random.normal(model.device(), Shape.of(count, model.latent())));
    }
}
