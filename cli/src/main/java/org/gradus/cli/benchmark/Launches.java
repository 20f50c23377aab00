package org.gradus.cli.benchmark;

import java.util.List;
import java.util.function.UnaryOperator;
import org.gradus.shape.Shape;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/**
 * Operations on next to nothing: what is measured is the way through the framework, the device's
 * call and, where the device has a queue, its filling. Nothing waits for a result but the end of a
 * slice.
 */
final class Launches {
    private static final Shape SHAPE = Shape.of(8, 8);

    private Launches() {}

    static List<Case> cases() {
        return List.of(
                of("pointwise", x -> x.add(1).compute()),
                of("sum", x -> x.sum(1)),
                of("matmul", x -> x.matmul(x)),
                of("copy", x -> x.mT().contiguous()));
    }

    private static Case of(String name, UnaryOperator<Tensor> operation) {
        return Case.of(
                name + " " + SHAPE,
                device -> {
                    Generator data = new Generator(0);
                    Tensor x = Training.kept(() -> data.normal(device, SHAPE));
                    return () -> {
                        try (var _ = Scope.open()) {
                            operation.apply(x);
                        }
                    };
                });
    }
}
