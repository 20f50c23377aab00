package org.gradus.cli.task;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.gradus.cli.data.DataSplits;
import org.gradus.cli.data.PictureFormat;
import org.gradus.cli.settings.Section;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.models.Gan;
import org.gradus.models.GanTask;
import org.gradus.models.WganGpTask;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Tensor;
import org.gradus.train.Task;

/**
 * A generator learns to make pictures against a discriminator. Each epoch shows pictures made of
 * the same random numbers. Settings: of {@code gan} {@code label_smoothing}; of {@code wgan-gp}
 * {@code critic_steps} and {@code penalty}.
 */
final class Adversarial implements LearningTask, Generation {
    private static final int DEFAULT_COUNT = 64;
    private static final int DEFAULT_CRITIC_STEPS = 5;
    private static final double DEFAULT_PENALTY = 10;
    private static final long SHOWN_SEED = 0;

    private final Gan model;
    private final PictureFormat format;
    private final Task task;

    private Adversarial(Gan model, PictureFormat format, Task task) {
        this.model = model;
        this.format = format;
        this.task = task;
    }

    static TaskChoice.Builder readGan(Section settings) {
        double smoothing = settings.between("label_smoothing", 0, 0, 1);
        return builder("gan", gan -> new GanTask(gan, smoothing));
    }

    static TaskChoice.Builder readWganGp(Section settings) {
        int criticSteps = settings.count("critic_steps", DEFAULT_CRITIC_STEPS, 1);
        double penalty = settings.positive("penalty", DEFAULT_PENALTY);
        return builder("wgan-gp", gan -> new WganGpTask(gan, criticSteps, penalty));
    }

    private static TaskChoice.Builder builder(String name, Function<Gan, Task> game) {
        return (model, format) -> {
            Gan gan =
                    TaskChoice.require(
                            Gan.class,
                            model,
                            name,
                            "two networks, such as the model " + example(name));
            PictureFormat pictures = format.as(PictureFormat.class, "the task " + name, "pictures");
            return new Adversarial(gan, pictures, game.apply(gan));
        };
    }

    private static String example(String task) {
        return task.equals("gan") ? "dcgan" : "wgan-gp";
    }

    @Override
    public Task task() {
        return task;
    }

    @Override
    public void probe(Device device) {
        model.discriminate(Tensor.zeros(device, DType.F32, format.shape().insert(0, 1)));
        model.discriminate(model.generate(1, new Generator(SHOWN_SEED)));
    }

    @Override
    public Optional<Samples> show(DataSplits data) {
        return Optional.of(generate(GenerationSettings.of(SHOWN_SEED, DEFAULT_COUNT)));
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
        return PictureGrid.of(count, format, number -> model.generate(number, random));
    }
}
