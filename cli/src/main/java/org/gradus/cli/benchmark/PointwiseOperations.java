package org.gradus.cli.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.gradus.nn.Linear;
import org.gradus.nn.Parameter;
import org.gradus.optim.Adam;
import org.gradus.optim.Optimizer;
import org.gradus.shape.Shape;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/** Expressions that are computed in one pass over their elements. */
final class PointwiseOperations {
    private static final int[] LENGTHS = {1_000, 100_000, 10_000_000};

    private PointwiseOperations() {}

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (int length : LENGTHS) {
            cases.add(chain(length));
            cases.add(of("x+x*tanh(x)", length, x -> x.add(x.mul(x.tanh()))));
            cases.add(of("gelu", length, Tensor::gelu));
            cases.add(of("exp", length, Tensor::exp));
            Generator dropout = new Generator(2);
            cases.add(of("dropout", length, x -> dropout.dropout(x, 0.1)));
            cases.add(of("sum", length, x -> x.square().sum()));
        }
        cases.add(adam(1_000));
        return cases;
    }

    private static Case of(String name, int length, UnaryOperator<Tensor> expression) {
        return Case.of(
                "%s %,d".formatted(name, length),
                device -> {
                    Generator data = new Generator(0);
                    Tensor x = Training.kept(() -> data.normal(device, Shape.of(length)));
                    return () -> {
                        try (var _ = Scope.open()) {
                            expression.apply(x).compute();
                        }
                    };
                });
    }

    /** Returns a chain over three tensors. */
    private static Case chain(int length) {
        return Case.of(
                "relu(ab+c) %,d".formatted(length),
                device -> {
                    Generator data = new Generator(0);
                    Shape shape = Shape.of(length);
                    Tensor a = Training.kept(() -> data.normal(device, shape));
                    Tensor b = Training.kept(() -> data.normal(device, shape));
                    Tensor c = Training.kept(() -> data.normal(device, shape));
                    return () -> {
                        try (var _ = Scope.open()) {
                            a.mul(b).add(c).relu().compute();
                        }
                    };
                });
    }

    /** Returns an update of a square matrix and a vector. */
    private static Case adam(int size) {
        return Case.of(
                "adam %,d".formatted(size * (size + 1)),
                device -> {
                    Linear layer = new Linear(size, size);
                    layer.initialize(device, 0);
                    Map<String, Parameter> parameters = layer.parameters();
                    Optimizer optimizer = new Optimizer(parameters, Adam.withLearningRate(1e-3));
                    Generator data = new Generator(0);
                    for (Parameter parameter : parameters.values()) {
                        Shape shape = parameter.shape();
                        parameter
                                .value()
                                .setGradient(Training.kept(() -> data.normal(device, shape)));
                    }
                    return optimizer::step;
                });
    }
}
