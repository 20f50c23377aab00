package org.gradus.cli.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.gradus.nn.BatchNorm2d;
import org.gradus.nn.Embedding;
import org.gradus.nn.Layer;
import org.gradus.nn.LayerNorm;
import org.gradus.nn.MaxPool2d;
import org.gradus.nn.Softmax;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/** Layers that need sums or maxima over rows, channels or windows, and those that pick rows. */
final class RowOperations {
    private RowOperations() {}

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        add(cases, "softmax", () -> new Softmax(-1), Shape.of(2048, 512));
        add(cases, "layer norm", () -> new LayerNorm(192), Shape.of(2048, 192));
        add(cases, "batch norm", () -> new BatchNorm2d(64), Shape.of(32, 64, 32, 32));
        add(cases, "max pool", () -> new MaxPool2d(2), Shape.of(64, 32, 28, 28));
        for (boolean backward : new boolean[] {false, true}) {
            cases.add(embedding(10_000, 256, Shape.of(32, 128), backward));
        }
        return cases;
    }

    /** Returns rows of a table, or their gradient, which is zero for the rows not picked. */
    private static Case embedding(int count, int size, Shape picked, boolean backward) {
        return Case.of(
                "embedding [%d, %d] of %s forward%s"
                        .formatted(count, size, picked, backward ? "+backward" : ""),
                device -> {
                    Embedding layer = new Embedding(count, size);
                    layer.initialize(device, 0);
                    Generator data = new Generator(0);
                    Tensor x = Training.kept(() -> data.integers(device, picked, count));
                    Shape result = picked.insert(picked.rank(), size);
                    Tensor seed = Training.kept(() -> data.normal(device, result));
                    List<Tensor> table = List.of(layer.weight().value());
                    return () -> {
                        try (var _ = Scope.open()) {
                            if (backward) {
                                Autograd.gradients(layer.apply(x), seed, table, false)
                                        .getFirst()
                                        .compute();
                            } else {
                                Autograd.withoutGradients(() -> layer.apply(x).compute());
                            }
                        }
                    };
                });
    }

    private static void add(List<Case> cases, String name, Supplier<Layer> kind, Shape shape) {
        cases.add(
                Case.of(
                        name + " " + shape + " forward",
                        device -> {
                            Layer layer = kind.get();
                            layer.initialize(device, 0);
                            Generator data = new Generator(0);
                            Tensor x = Training.kept(() -> data.normal(device, shape));
                            return () -> {
                                try (var _ = Scope.open()) {
                                    Autograd.withoutGradients(() -> layer.apply(x).compute());
                                }
                            };
                        }));
        cases.add(
                Case.of(
                        name + " " + shape + " forward+backward",
                        device -> {
                            Layer layer = kind.get();
                            layer.initialize(device, 0);
                            Generator data = new Generator(0);
                            Tensor x =
                                    Training.kept(() -> data.normal(device, shape))
                                            .requireGradient();
                            Shape result = Autograd.withoutGradients(() -> layer.apply(x).shape());
                            Tensor seed = Training.kept(() -> data.normal(device, result));
                            return () -> {
                                try (var _ = Scope.open()) {
                                    Autograd.gradients(layer.apply(x), seed, List.of(x), false)
                                            .getFirst()
                                            .compute();
                                }
                            };
                        }));
    }
}
