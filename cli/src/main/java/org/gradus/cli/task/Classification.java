package org.gradus.cli.task;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.gradus.cli.data.InputFormat;
import org.gradus.cli.input.InputException;
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
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.train.Prediction;
import org.gradus.train.Predictor;
import org.gradus.train.Supervised;
import org.gradus.train.Task;

/**
 * Tells to which class a picture or a row of a table belongs. Settings: {@code label_smoothing};
 * {@code metrics}, of {@code accuracy}, {@code precision}, {@code recall} and {@code f1}, the first
 * of which decides which checkpoint is the best.
 */
final class Classification implements LearningTask, Predictions, Classifier {
    private static final int SHOWN = 3;
    private static final int BATCH = 256;
    private static final List<String> METRICS = List.of("accuracy", "precision", "recall", "f1");

    private final Layer model;
    private final InputFormat format;
    private final Supervised task;

    private Classification(
            Layer model, InputFormat format, double smoothing, List<String> metrics) {
        this.model = model;
        this.format = format;
        this.task = Supervised.of(model, Loss.crossEntropy().withLabelSmoothing(smoothing));
        metrics.forEach(name -> task.metric(metric(name, format.classes().size())));
    }

    static TaskChoice.Builder read(Section settings) {
        double smoothing = settings.between("label_smoothing", 0, 0, 1);
        List<String> metrics = settings.choices("metrics", List.of("accuracy"), METRICS);
        return (model, format) -> {
            InputFormat samples =
                    format.as(InputFormat.class, "classification", "pictures or a table");
            if (samples.classes().isEmpty()) {
                throw settings.refused(
                        "name", "classification needs classes; set data.target_type to class");
            }
            Layer layer = TaskChoice.require(Layer.class, model, "classification", "one network");
            return new Classification(layer, samples, smoothing, metrics);
        };
    }

    private static Metric metric(String name, int classes) {
        IntFunction<Metric> macro =
                switch (name) {
                    case "precision" -> Precision::macro;
                    case "recall" -> Recall::macro;
                    case "f1" -> F1::macro;
                    default -> _ -> new Accuracy();
                };
        return macro.apply(classes);
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
        return format.isTable() ? Optional.empty() : Optional.of(this);
    }

    @Override
    public List<String> classes() {
        return format.classes();
    }

    @Override
    public long[] classify(HostArray pictures) {
        Shape shape = pictures.shape().without(0);
        if (!shape.equals(format.shape())) {
            throw new InputException(
                    "the classifier learned from pictures "
                            + format.shape()
                            + ", not "
                            + shape
                            + "; give a run of the same data");
        }
        int count = pictures.shape().size(0);
        long[] labels = new long[count];
        for (int start = 0; start < count; start += BATCH) {
            int first = start;
            int size = Math.min(BATCH, count - start);
            Tensor predicted =
                    Scope.compute(
                            () -> {
                                Tensor all = Tensor.of(pictures, model.device());
                                Tensor some = scaled(all.narrow(0, first, size));
                                return model.apply(some).argmax(1);
                            });
            System.arraycopy(predicted.toHost().toLongs(), 0, labels, start, size);
            predicted.release();
        }
        return labels;
    }

    private Tensor scaled(Tensor pictures) {
        return format.isUnscaled()
                ? pictures
                : pictures.sub(format.mean()[0]).div(format.deviation()[0]);
    }

    private Answer answer(Inputs.Input input) {
        Prediction prediction =
                Predictor.of(model).classes(format.classes()).predict(input.values());
        return new Answer(line(input.name(), prediction), json(input.name(), prediction));
    }

    private String line(String input, Prediction prediction) {
        List<String> likeliest =
                IntStream.range(0, format.classes().size())
                        .boxed()
                        .sorted(Comparator.comparing(prediction.probabilities()::get).reversed())
                        .limit(SHOWN)
                        .map(label -> named(label, prediction))
                        .toList();
        List<String> others = new ArrayList<>(likeliest.subList(1, likeliest.size()));
        return input
                + ": "
                + likeliest.getFirst()
                + (others.isEmpty() ? "" : " (" + String.join(", ", others) + ")");
    }

    private String named(int label, Prediction prediction) {
        return String.format(
                Locale.ROOT,
                "%s %.3f",
                format.classes().get(label),
                prediction.probabilities().get(label));
    }

    private ObjectNode json(String input, Prediction prediction) {
        ObjectNode node = new JsonMapper().createObjectNode();
        node.put("input", input);
        node.put("label", prediction.label());
        node.put("class", prediction.name());
        node.put("probability", prediction.probability());
        ObjectNode probabilities = node.putObject("probabilities");
        for (int label = 0; label < format.classes().size(); label++) {
            probabilities.put(format.classes().get(label), prediction.probabilities().get(label));
        }
        return node;
    }
}
