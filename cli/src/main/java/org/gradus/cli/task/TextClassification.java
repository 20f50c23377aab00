package org.gradus.cli.task;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.gradus.cli.data.LabeledTextFormat;
import org.gradus.data.Dataset;
import org.gradus.data.LabeledTexts;
import org.gradus.data.TextFile;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.metrics.Metric;
import org.gradus.nn.Layer;
import org.gradus.nn.Loss;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Tensor;
import org.gradus.train.Prediction;
import org.gradus.train.Predictor;
import org.gradus.train.Supervised;
import org.gradus.train.Task;

/**
 * Tells to which class a text belongs. The model is given tokens {@code [batch, steps]}, short
 * texts padded, and sees by the padding where they end.
 */
final class TextClassification implements LearningTask, Predictions {
    private final Layer model;
    private final LabeledTextFormat format;
    private final Supervised task;

    TextClassification(Layer model, LabeledTextFormat format, Loss loss, List<Metric> metrics) {
        this.model = model;
        this.format = format;
        this.task = Supervised.of(model, inputs -> model.apply(inputs.getFirst()), loss);
        metrics.forEach(task::metric);
    }

    @Override
    public Task task() {
        return task;
    }

    @Override
    public String monitored() {
        return task.metrics().getFirst().name();
    }

    @Override
    public void probe(Device device) {
        model.apply(Tensor.zeros(device, DType.I64, Shape.of(1, format.length())));
    }

    @Override
    public Optional<Predictions> predictions() {
        return Optional.of(this);
    }

    @Override
    public List<Answer> answer(List<String> inputs, boolean invert) {
        return inputs.stream().map(this::answer).toList();
    }

    /** An input is the path of a file, or else a text itself, unless it looks like a path. */
    private Answer answer(String input) {
        boolean file = input.matches("\\S*(/\\S*|\\.[A-Za-z]\\w{0,4})") || isFile(input);
        String text = file ? TextFile.read(Path.of(input)) : input;
        LabeledTexts texts =
                new LabeledTexts(
                        List.of(text),
                        List.of(format.classes().getFirst()),
                        format.classes(),
                        input);
        return answer(input, format.encode(texts).get(0).input());
    }

    private static boolean isFile(String input) {
        try {
            return Files.isRegularFile(Path.of(input));
        } catch (InvalidPathException _) {
            return false;
        }
    }

    @Override
    public Answer answer(Dataset samples, int index) {
        Inputs.Input sample = Inputs.sample(samples, index);
        return answer(sample.name(), sample.values());
    }

    private Answer answer(String name, HostArray tokens) {
        Prediction prediction = Predictor.of(model).classes(format.classes()).predict(tokens);
        return ClassAnswer.of(name, prediction, format.classes());
    }
}
