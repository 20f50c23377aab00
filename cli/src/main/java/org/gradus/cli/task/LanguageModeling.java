package org.gradus.cli.task;

import java.util.List;
import java.util.Optional;
import org.gradus.cli.data.DataSplits;
import org.gradus.cli.data.TokenFormat;
import org.gradus.cli.input.InputException;
import org.gradus.cli.settings.Section;
import org.gradus.data.text.Tokenizer;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.metrics.BitsPerCharacter;
import org.gradus.metrics.Perplexity;
import org.gradus.models.LanguageModel;
import org.gradus.models.Sampler;
import org.gradus.models.TextGeneration;
import org.gradus.nn.Loss;
import org.gradus.shape.Shape;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Tensor;
import org.gradus.train.Supervised;
import org.gradus.train.Task;

/**
 * Predicts each next token of a text. The loss is in nats per token. Each epoch shows a text that
 * is drawn from the same random numbers. Settings: {@code prompt}, {@code sample_length} in tokens
 * and {@code temperature}, of that text and of {@code gradus generate} where it is not told
 * otherwise.
 */
final class LanguageModeling implements LearningTask, Generation {
    private static final String NAME = "language-model";

    private static final int DEFAULT_LENGTH = 400;
    private static final double DEFAULT_TEMPERATURE = 0.8;
    private static final long SHOWN_SEED = 0;

    private final LanguageModel model;
    private final TokenFormat format;
    private final Style style;
    private final Task task;

    /**
     * How texts are made where nothing else is said.
     *
     * @param prompt what is continued, empty for the beginning of a line
     * @param length the number of tokens
     * @param temperature see {@link Sampler}
     */
    private record Style(String prompt, int length, double temperature) {}

    private LanguageModeling(LanguageModel model, TokenFormat format, Style style) {
        this.model = model;
        this.format = format;
        this.style = style;
        this.task =
                Supervised.of(
                                model,
                                // Losses and metrics find the classes on axis 1.
                                inputs -> model.apply(inputs.getFirst()).transpose(1, 2),
                                Loss.crossEntropy())
                        .metric(BitsPerCharacter.ofTokens(format.tokenizer().characters()))
                        .metric(new Perplexity());
    }

    static TaskChoice.Builder read(Section settings) {
        Style style =
                new Style(
                        settings.text("prompt", ""),
                        settings.count("sample_length", DEFAULT_LENGTH, 1),
                        settings.between(
                                "temperature", DEFAULT_TEMPERATURE, 0, Double.POSITIVE_INFINITY));
        return (model, format) -> {
            TokenFormat text = format.as(TokenFormat.class, "the task " + NAME, "running text");
            LanguageModel network =
                    TaskChoice.require(
                            LanguageModel.class, model, NAME, "a language model, such as gpt");
            requireTokens(text.tokenizer(), style.prompt(), "task.prompt");
            return new LanguageModeling(network, text, style);
        };
    }

    @Override
    public Task task() {
        return task;
    }

    @Override
    public void probe(Device device) {
        model.apply(Tensor.zeros(device, DType.I64, Shape.of(1, format.context())));
    }

    @Override
    public Optional<Samples> show(DataSplits data) {
        Sampler sampler = Sampler.ofTemperature(style.temperature());
        return Optional.of(
                text(style.prompt(), "task.prompt", style.length(), sampler, SHOWN_SEED));
    }

    @Override
    public Optional<Generation> generation() {
        return Optional.of(this);
    }

    @Override
    public Samples generate(GenerationSettings settings) {
        settings.requireOnly(
                "a language model",
                List.of("--count", "--prompt", "--temperature", "--top-k", "--top-p"));
        Sampler sampler =
                new Sampler(
                        settings.temperature().orElse(style.temperature()),
                        settings.topK().orElse(0),
                        settings.topP().orElse(1));
        return text(
                settings.prompt().orElse(style.prompt()),
                "--prompt",
                settings.count().orElse(style.length()),
                sampler,
                settings.seed());
    }

    private Samples text(String prompt, String origin, int length, Sampler sampler, long seed) {
        requireTokens(format.tokenizer(), prompt, origin);
        TextGeneration generation = TextGeneration.of(length).withSampler(sampler);
        return new Samples.Text(
                generation.generate(model, format.tokenizer(), prompt, new Generator(seed)));
    }

    private static void requireTokens(Tokenizer tokenizer, String prompt, String origin) {
        try {
            tokenizer.encode(prompt);
        } catch (IllegalArgumentException problem) {
            throw new InputException(origin + ": " + problem.getMessage(), problem);
        }
    }
}
