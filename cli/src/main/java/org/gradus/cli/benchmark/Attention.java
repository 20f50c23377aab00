package org.gradus.cli.benchmark;

import java.util.List;
import org.gradus.device.Device;
import org.gradus.shape.Shape;
import org.gradus.tensor.AttentionOptions;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/** Causal scaled dot-product attention (Vaswani et al., 2017). */
final class Attention {
    private static final AttentionOptions CAUSAL = AttentionOptions.DEFAULT.withCausal();

    private Attention() {}

    static List<Case> cases() {
        return List.of(
                forward(16, 6, 128, 32),
                both(16, 6, 128, 32),
                forward(4, 6, 512, 64),
                both(4, 6, 512, 64));
    }

    private static Case forward(int batch, int heads, int length, int size) {
        Shape shape = Shape.of(batch, heads, length, size);
        return new Case(
                shape + " forward",
                batch,
                4.0 * shape.elements() * length,
                device -> {
                    List<Tensor> qkv = draw(device, shape);
                    return () -> {
                        try (var _ = Scope.open()) {
                            Autograd.withoutGradients(() -> attend(qkv));
                        }
                    };
                });
    }

    private static Case both(int batch, int heads, int length, int size) {
        Shape shape = Shape.of(batch, heads, length, size);
        return new Case(
                shape + " forward+backward",
                batch,
                12.0 * shape.elements() * length,
                device -> {
                    List<Tensor> qkv =
                            draw(device, shape).stream().map(Tensor::requireGradient).toList();
                    Tensor seed = Training.kept(() -> new Generator(1).normal(device, shape));
                    return () -> {
                        try (var _ = Scope.open()) {
                            Autograd.gradients(attend(qkv), seed, qkv, false)
                                    .forEach(Tensor::compute);
                        }
                    };
                });
    }

    private static List<Tensor> draw(Device device, Shape shape) {
        Generator data = new Generator(0);
        return List.of(
                Training.kept(() -> data.normal(device, shape)),
                Training.kept(() -> data.normal(device, shape)),
                Training.kept(() -> data.normal(device, shape)));
    }

    private static Tensor attend(List<Tensor> qkv) {
        return qkv.get(0).attention(qkv.get(1), qkv.get(2), CAUSAL);
    }
}
