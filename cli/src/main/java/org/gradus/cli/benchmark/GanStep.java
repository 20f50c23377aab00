package org.gradus.cli.benchmark;

import java.util.LinkedHashMap;
import java.util.Map;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.models.Gan;
import org.gradus.nn.Loss;
import org.gradus.nn.Parameter;
import org.gradus.optim.Adam;
import org.gradus.optim.Optimizer;
import org.gradus.tensor.Autocast;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/**
 * A step of each of two networks that learn from each other: the discriminator's, then the
 * generator's, on samples made once.
 */
final class GanStep implements TrainingStep {
    private static final Loss LOSS = Loss.binaryCrossEntropyWithLogits();
    private static final double LEARNING_RATE = 2e-4;

    private final Gan model;
    private final Optimizer discriminator;
    private final Optimizer generator;
    private final Tensor real;
    private final Tensor noise;
    private DType precision = DType.F32;

    /**
     * Moves a model to the device of its samples and draws its parameters.
     *
     * @param real a batch of samples; kept by this step
     * @param noise what others are made of; kept by this step
     */
    GanStep(Gan model, Tensor real, Tensor noise) {
        Device device = real.device();
        this.model = model;
        this.real = real;
        this.noise = noise;
        model.initialize(device, 0);
        discriminator = optimizer("discriminator.");
        generator = optimizer("generator.");
    }

    private Optimizer optimizer(String part) {
        Map<String, Parameter> parameters = new LinkedHashMap<>(model.parameters());
        parameters.keySet().removeIf(name -> !name.startsWith(part));
        return new Optimizer(
                parameters, Adam.withLearningRate(LEARNING_RATE).withBetas(0.5, 0.999));
    }

    @Override
    public void setPrecision(DType type) {
        precision = type;
    }

    @Override
    public void run() {
        try (var _ = Scope.open()) {
            Tensor made = Autocast.in(precision, () -> model.generate(noise));
            discriminator.clearGradients();
            discriminatorLoss(made.detach()).backward();
            discriminator.step();
            generator.clearGradients();
            generatorLoss(made).backward();
            generator.step();
        }
    }

    private Tensor generatorLoss(Tensor made) {
        return Autocast.in(
                precision,
                () -> {
                    Tensor score = model.discriminate(made);
                    return LOSS.of(score, score.onesLike());
                });
    }

    private Tensor discriminatorLoss(Tensor made) {
        return Autocast.in(
                precision,
                () -> {
                    Tensor scoreOfReal = model.discriminate(real);
                    Tensor scoreOfMade = model.discriminate(made);
                    return LOSS.of(scoreOfReal, scoreOfReal.onesLike())
                            .add(LOSS.of(scoreOfMade, scoreOfMade.zerosLike()));
                });
    }

    @Override
    public double loss() {
        model.eval();
        try (var _ = Scope.open()) {
            return Autograd.withoutGradients(
                    () -> {
                        Tensor made = Autocast.in(precision, () -> model.generate(noise));
                        return discriminatorLoss(made).item();
                    });
        } finally {
            model.train();
        }
    }

    @Override
    public Map<String, HostArray> values() {
        Map<String, HostArray> values = new LinkedHashMap<>(model.stateDict());
        values.put("batch.input", real.toHost());
        values.put("batch.noise", noise.toHost());
        return values;
    }
}
