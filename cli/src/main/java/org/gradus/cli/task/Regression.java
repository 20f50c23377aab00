package org.gradus.cli.task;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.gradus.cli.data.RowFormat;
import org.gradus.cli.data.TargetScale;
import org.gradus.cli.settings.Section;
import org.gradus.data.Dataset;
import org.gradus.device.Device;
import org.gradus.metrics.MeanAbsoluteError;
import org.gradus.nn.Layer;
import org.gradus.nn.Loss;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.train.Supervised;
import org.gradus.train.Task;

/**
 * Predicts a number, of a row of a table as a rule. The loss is of numbers scaled by their mean and
 * standard deviation, the mean absolute error is in the number's own unit. Settings: {@code loss},
 * {@code squared}, {@code absolute} or {@code huber}.
 */
final class Regression implements LearningTask, Predictions {
    private final Layer model;
    private final RowFormat format;
    private final TargetScale scale;
    private final Task task;

    private Regression(Layer model, RowFormat format, Loss loss) {
        this.model = model;
        this.format = format;
        this.scale = format.scale();
        double unit = 1 / scale.deviation();
        this.task =
                Supervised.of(
                                model,
                                inputs -> predicted(inputs.getFirst()),
                                (output, target) -> loss.of(output.mul(unit), target.mul(unit)))
                        .metric(new MeanAbsoluteError());
    }

    static TaskChoice.Builder read(Section settings) {
        String name = settings.choice("loss", "squared", List.of("squared", "absolute", "huber"));
        Loss loss =
                switch (name) {
                    case "absolute" -> Loss.meanAbsoluteError();
                    case "huber" -> Loss.huber(1);
                    default -> Loss.meanSquaredError();
                };
        return (model, format) -> {
            RowFormat rows = format.as(RowFormat.class, "regression", "a table");
            if (!rows.classes().isEmpty()) {
                throw settings.refused(
                        "name", "regression needs numbers; set data.target_type to number");
            }
            Layer layer = TaskChoice.require(Layer.class, model, "regression", "one network");
            return new Regression(layer, rows, loss);
        };
    }

    /** Returns the numbers {@code [batch, 1]}, in their own unit. */
    private Tensor predicted(Tensor inputs) {
        return model.apply(inputs).mul(scale.deviation()).add(scale.mean());
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

    private Answer answer(Inputs.Input input) {
        double number;
        try (var _ = Scope.open()) {
            number =
                    Autograd.withoutGradients(
                            () -> {
                                Tensor values = Tensor.of(input.values(), model.device());
                                return predicted(values.unsqueeze(0)).toHost().get(0);
                            });
        }
        ObjectNode json = new JsonMapper().createObjectNode();
        json.put("input", input.name()).put("prediction", number);
        return new Answer(input.name() + ": " + String.format(Locale.ROOT, "%.6g", number), json);
    }
}
