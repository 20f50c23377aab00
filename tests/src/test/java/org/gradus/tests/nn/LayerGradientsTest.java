package org.gradus.tests.nn;

import java.util.function.Supplier;
import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.nn.AdaptiveAvgPool2d;
import org.gradus.nn.AvgPool2d;
import org.gradus.nn.BatchNorm2d;
import org.gradus.nn.Conv2d;
import org.gradus.nn.ConvTranspose2d;
import org.gradus.nn.Flatten;
import org.gradus.nn.GELU;
import org.gradus.nn.GroupNorm;
import org.gradus.nn.InstanceNorm2d;
import org.gradus.nn.Layer;
import org.gradus.nn.LayerNorm;
import org.gradus.nn.Linear;
import org.gradus.nn.MaxPool2d;
import org.gradus.nn.MultiheadAttention;
import org.gradus.nn.RMSNorm;
import org.gradus.nn.Residual;
import org.gradus.nn.Sequential;
import org.gradus.nn.SiLU;
import org.gradus.nn.Softmax;
import org.gradus.nn.Tanh;
import org.gradus.nn.TransformerEncoder;
import org.gradus.nn.TransformerSettings;
import org.gradus.nn.Upsample;
import org.gradus.shape.Shape;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tests.conformance.TestDevices;
import org.gradus.tests.gradients.GradientCheck;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Gradients of networks by finite differences, first and second order: what a gradient penalty
 * differentiates.
 */
class LayerGradientsTest {
    private record Case(String name, Supplier<Layer> layer, int... input) {}

    private static Stream<Case> cases() {
        return Stream.of(
                new Case("perceptron", LayerGradientsTest::perceptron, 3, 4),
                new Case("convolutional", LayerGradientsTest::convolutional, 2, 2, 5, 5),
                new Case("generator", LayerGradientsTest::generator, 2, 3, 2, 2),
                new Case("transformer", LayerGradientsTest::transformer, 2, 3, 4),
                new Case("rotary", LayerGradientsTest::rotary, 1, 4, 8),
                new Case("residual", LayerGradientsTest::residual, 1, 2, 4, 4));
    }

    private static Layer perceptron() {
        return new Sequential(
                new Linear(4, 6), new LayerNorm(6), new GELU(), new RMSNorm(6), new Softmax(-1));
    }

    private static Layer convolutional() {
        return new Sequential(
                new Conv2d(2, 4, 3).padding(1).groups(2),
                new BatchNorm2d(4),
                new Tanh(),
                new AvgPool2d(2).stride(1),
                new MaxPool2d(2),
                new Flatten(),
                new Linear(16, 2));
    }

    private static Layer generator() {
        return new Sequential(
                new ConvTranspose2d(3, 4, 3).stride(2).padding(1),
                new GroupNorm(2, 4),
                new SiLU(),
                new Upsample(2),
                new Conv2d(4, 1, 2));
    }

    private static Layer transformer() {
        TransformerSettings settings =
                TransformerSettings.of(4, 2)
                        .withFeedforward(5)
                        .withDropout(0)
                        .withActivation(Tensor::gelu)
                        .withNormFirst()
                        .withCausal();
        return new TransformerEncoder(settings, 2).normalized();
    }

    private static Layer rotary() {
        return new MultiheadAttention(8, 4).keyHeads(2).rotary(100);
    }

    private static Layer residual() {
        Layer block = new Sequential(new InstanceNorm2d(2).affine(), new Conv2d(2, 2, 1));
        return new Sequential(new Residual(block), new AdaptiveAvgPool2d(3, 2));
    }

    @TestFactory
    Stream<DynamicTest> gradientsAreTheSlopes() {
        return TestDevices.doublePrecision().stream()
                .flatMap(device -> cases().map(c -> test(device, c)));
    }

    private static Tensor ones(Device device, int... sizes) {
        return Tensor.ones(device, DType.F64, Shape.of(sizes));
    }

    private static DynamicTest test(Device device, Case c) {
        return DynamicTest.dynamicTest(
                c.name() + " " + device.name(),
                () -> {
                    Layer layer = c.layer().get();
                    layer.initialize(device, 5);
                    layer.to(DType.F64);
                    // what a layer computes once and keeps is no leak
                    Scope.compute(() -> layer.apply(ones(device, c.input()))).release();
                    GradientCheck check =
                            GradientCheck.of(device, x -> layer.apply(x.getFirst()), c.input());
                    check.firstOrder();
                    check.secondOrder();
                });
    }
}
