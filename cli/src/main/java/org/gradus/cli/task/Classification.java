package org.gradus.cli.task;

import java.util.List;
import java.util.Optional;
import org.gradus.cli.data.ArrayFormat;
import org.gradus.cli.data.LabeledTextFormat;
import org.gradus.cli.data.PictureFormat;
import org.gradus.cli.settings.Section;
import org.gradus.data.Dataset;
import org.gradus.device.Device;
import org.gradus.metrics.Accuracy;
import org.gradus.metrics.F1;
import org.gradus.metrics.Metric;
import org.gradus.metrics.Precision;
import org.gradus.metrics.Recall;
import org.gradus.nn.Layer;
import org.gradus.nn.Loss;
import org.gradus.train.Prediction;
import org.gradus.train.Predictor;
import org.gradus.train.Supervised;
import org.gradus.train.Task;

/**
 * Tells to which class a picture or a row of a table belongs; texts go to {@link
 * TextClassification}. Settings: {@code label_smoothing}; {@code metrics}, of {@code accuracy},
 * {@code precision}, {@code recall} and {@code f1}, the first of which decides which checkpoint is
 * the best; {@code average}, {@code macro} for scores that are the mean over all classes, or {@code
 * binary} for those of the second of two.
 */
final class Classification implements LearningTask, Predictions {
    private static final List<String> METRICS = List.of("accuracy", "precision", "recall", "f1");

    private final Layer model;
    private final ArrayFormat format;
    private final Supervised task;

    private Classification(Layer model, ArrayFormat format, Loss loss, List<Metric> metrics) {
        this.model = model;
        this.format = format;
        this.task = Supervised.of(model, loss);
        metrics.forEach(task::metric);
    }

    static TaskChoice.Builder read(Section settings) {
        double smoothing = settings.between("label_smoothing", 0, 0, 1);
        List<String> metrics = settings.choices("metrics", List.of("accuracy"), METRICS);
        boolean binary =
                settings.choice("average", "macro", List.of("macro", "binary")).equals("binary");
        Loss loss = Loss.crossEntropy().withLabelSmoothing(smoothing);
        return (model, format) -> {
            Layer layer = TaskChoice.require(Layer.class, model, "classification", "one network");
            if (format instanceof LabeledTextFormat texts) {
                int classes = requireTwo(texts.classes(), binary, settings);
                return new TextClassification(
                        layer, texts, loss, metrics(metrics, binary, classes));
            }
            ArrayFormat samples =
                    format.as(ArrayFormat.class, "classification", "pictures, texts or a table");
            if (samples.classes().isEmpty()) {
                throw settings.refused(
                        "name", "classification needs classes; set data.target_type to class");
            }
            int classes = requireTwo(samples.classes(), binary, settings);
            return new Classification(layer, samples, loss, metrics(metrics, binary, classes));
        };
    }

    /** Returns the number of classes. */
    private static int requireTwo(List<String> classes, boolean binary, Section settings) {
        if (binary && classes.size() != 2) {
            throw settings.refused(
                    "average",
                    "scores of the second of two classes need two, not "
                            + classes.size()
                            + "; set it to macro");
        }
        return classes.size();
    }

    private static List<Metric> metrics(List<String> names, boolean binary, int classes) {
        return names.stream().map(name -> metric(name, binary, classes)).toList();
    }

    private static Metric metric(String name, boolean binary, int classes) {
        return switch (name) {
            case "precision" -> binary ? Precision.binary() : Precision.macro(classes);
            case "recall" -> binary ? Recall.binary() : Recall.macro(classes);
            case "f1" -> binary ? F1.binary() : F1.macro(classes);
            default -> new Accuracy();
        };
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
        Probe.run(model, device, format.shape());
    }

    @Override
    public Optional<Predictions> predictions() {
        return Optional.of(this);
    }

    @Override
    public List<Answer> answer(List<String> inputs, boolean invert) {
        return Inputs.read(inputs, format, invert).stream().map(this::answer).toList();
    }

    @Override
    public Answer answer(Dataset samples, int index) {
        return answer(Inputs.sample(samples, index));
    }

    @Override
    public Optional<Classifier> classifier() {
        return format instanceof PictureFormat pictures
                ? Optional.of(new PictureClassifier(model, pictures))
                : Optional.empty();
    }

    private Answer answer(Inputs.Input input) {
        Prediction prediction =
                Predictor.of(model).classes(format.classes()).predict(input.values());
        return ClassAnswer.of(input.name(), prediction, format.classes());
    }
}
