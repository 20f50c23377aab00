package org.gradus.cli.benchmark;

import java.util.LinkedHashMap;
import java.util.Map;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.nn.Layer;
import org.gradus.nn.Loss;
import org.gradus.optim.Optimizer;
import org.gradus.optim.UpdateRule;
import org.gradus.tensor.Autocast;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/** One step of training a model: forward, loss, backward, update. */
final class ModelStep implements TrainingStep {
    private static final long SEED = 0;

    private final Layer model;
    private final Loss loss;
    private final Optimizer optimizer;
    private final Tensor input;
    private final Tensor target;
    private DType precision = DType.F32;

    /**
     * Moves a model to the device of its input and draws its parameters.
     *
     * @param input a batch; kept by this step
     * @param target its targets; kept by this step
     */
    ModelStep(Layer model, Loss loss, UpdateRule rule, Tensor input, Tensor target) {
        Device device = input.device();
        this.model = model;
        this.loss = loss;
        this.input = input;
        this.target = target;
        model.initialize(device, SEED);
        optimizer = new Optimizer(model.parameters(), rule);
    }

    @Override
    public void setPrecision(DType type) {
        precision = type;
    }

    private Tensor lossOfBatch() {
        return Autocast.in(precision, () -> loss.of(model.apply(input), target));
    }

    @Override
    public void run() {
        try (var _ = Scope.open()) {
            optimizer.clearGradients();
            lossOfBatch().backward();
            optimizer.step();
        }
    }

    @Override
    public double loss() {
        model.eval();
        try (var _ = Scope.open()) {
            return Autograd.withoutGradients(() -> lossOfBatch().item());
        } finally {
            model.train();
        }
    }

    @Override
    public Map<String, HostArray> values() {
        Map<String, HostArray> values = new LinkedHashMap<>(model.stateDict());
        values.put("batch.input", input.toHost());
        values.put("batch.target", target.toHost());
        return values;
    }
}
