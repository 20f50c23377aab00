package org.gradus.cli.benchmark;

import java.util.List;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/** Causal scaled dot-product attention (Vaswani et al., 2017), as its definition has it. */
final class Attention {
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
                    Tensor mask = mask(device, length);
                    return () -> {
                        try (var _ = Scope.open()) {
                            Autograd.withoutGradients(() -> attend(qkv, mask));
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
                    Tensor mask = mask(device, length);
                    Tensor seed = Training.kept(() -> new Generator(1).normal(device, shape));
                    return () -> {
                        try (var _ = Scope.open()) {
                            Autograd.gradients(attend(qkv, mask), seed, qkv, false)
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

    /** Returns what hides later positions: negative infinity above the diagonal. */
    private static Tensor mask(Device device, int length) {
        return Training.kept(
                () ->
                        Tensor.full(
                                        device,
                                        DType.F32,
                                        Shape.of(length, length),
                                        Double.NEGATIVE_INFINITY)
                                .triu(1));
    }

    private static Tensor attend(List<Tensor> qkv, Tensor mask) {
        double scale = 1 / Math.sqrt(qkv.getFirst().size(-1));
        Tensor scores = qkv.get(0).matmul(qkv.get(1).mT()).mul(scale).add(mask);
        return scores.softmax(-1).matmul(qkv.get(2));
    }
}
