package org.gradus.tests.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.nn.AdversarialLoss;
import org.gradus.nn.Conv2d;
import org.gradus.nn.Flatten;
import org.gradus.nn.GradientPenalty;
import org.gradus.nn.Layer;
import org.gradus.nn.LayerNorm;
import org.gradus.nn.LeakyReLU;
import org.gradus.nn.Linear;
import org.gradus.nn.Sequential;
import org.gradus.optim.Adam;
import org.gradus.optim.Optimizer;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;
import org.gradus.tests.conformance.TestDevices;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What only GANs use: their losses, gradient penalties, and spectral normalization. */
class AdversarialTest {
    static List<Device> devices() {
        return TestDevices.all();
    }

    private static double softplus(double x) {
        return Math.log1p(Math.exp(x));
    }

    @ParameterizedTest
    @MethodSource("devices")
    void lossesAreThoseOfThePapers(Device device) {
        check(
                device,
                AdversarialLoss.crossEntropy(),
                x -> softplus(-x),
                AdversarialTest::softplus,
                x -> softplus(-x));
        check(
                device,
                AdversarialLoss.crossEntropy(0.9),
                x -> 0.9 * softplus(-x) + 0.1 * softplus(x),
                AdversarialTest::softplus,
                x -> softplus(-x));
        check(
                device,
                AdversarialLoss.leastSquares(),
                x -> (x - 1) * (x - 1),
                x -> x * x,
                x -> (x - 1) * (x - 1));
        check(
                device,
                AdversarialLoss.hinge(),
                x -> Math.max(0, 1 - x),
                x -> Math.max(0, 1 + x),
                x -> -x);
        check(device, AdversarialLoss.wasserstein(), x -> -x, x -> x, x -> -x);
    }

    private static void check(
            Device device,
            AdversarialLoss loss,
            DoubleUnaryOperator real,
            DoubleUnaryOperator fake,
            DoubleUnaryOperator generated) {
        double[] reals = {-2, 0.5, 1.5};
        double[] fakes = {-0.25, 3, -1.5};
        try (var _ = Scope.open()) {
            Tensor realScores = Tensor.of(reals).to(DType.F32).to(device);
            Tensor fakeScores = Tensor.of(fakes).to(DType.F32).to(device);
            double discriminator = mean(real, reals) + mean(fake, fakes);
            // F32 rounds each of a handful of operations
            double limit = 1e-5;
            assertEquals(
                    discriminator,
                    loss.ofDiscriminator(realScores, fakeScores).item(),
                    limit,
                    loss.toString());
            assertEquals(
                    mean(generated, fakes),
                    loss.ofGenerator(fakeScores).item(),
                    limit,
                    loss.toString());
        }
    }

    private static double mean(DoubleUnaryOperator function, double... values) {
        return DoubleStream.of(values).map(function).average().orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("devices")
    void thePenaltyIsThatOfTheGradientBetweenRealAndGenerated(Device device) {
        try (var _ = Scope.open()) {
            Tensor real = Tensor.full(device, DType.F32, Shape.of(50, 1, 4), 1);
            Tensor fake = Tensor.full(device, DType.F32, Shape.of(50, 1, 4), 3);
            // the gradient of half the square is the point itself
            double same =
                    GradientPenalty.between(x -> x.square().mul(0.5), fake, fake, new Generator(1))
                            .item();
            assertEquals((6 - 1) * (6 - 1), same, 1e-4);
            double between =
                    GradientPenalty.between(x -> x.square().mul(0.5), real, fake, new Generator(1))
                            .item();
            // norms uniform from 2 to 6: the mean of (n - 1)^2 is 31/3, its error about 7/sqrt(50)
            assertEquals(31 / 3.0, between, 3);
            double again =
                    GradientPenalty.between(x -> x.square().mul(0.5), real, fake, new Generator(1))
                            .item();
            assertEquals(between, again);
            assertEquals(36, GradientPenalty.at(x -> x.square().mul(0.5), fake, 0).item(), 1e-4);
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void aCriticLearnsASlopeOfOneFromThePenaltyAlone(Device device) {
        Layer critic =
                new Sequential(
                        new Conv2d(1, 4, 3).stride(2).padding(1),
                        new LeakyReLU(0.2),
                        new LayerNorm(4, 3, 3),
                        new Flatten(),
                        new Linear(36, 1));
        critic.initialize(device, 3);
        Optimizer optimizer = new Optimizer(critic.parameters(), Adam.withLearningRate(0.01));
        Generator generator = new Generator(5);
        double first = 0;
        double last = 0;
        for (int step = 0; step < 40; step++) {
            try (var _ = Scope.open()) {
                Tensor real = generator.normal(device, Shape.of(8, 1, 6, 6));
                Tensor fake = generator.normal(device, Shape.of(8, 1, 6, 6));
                Tensor penalty =
                        GradientPenalty.between(x -> critic.apply(x).mul(5), real, fake, generator);
                optimizer.clearGradients();
                penalty.backward();
                optimizer.step();
                last = penalty.item();
                first = step == 0 ? last : first;
            }
        }
        assertTrue(last < first / 4, "the penalty went from " + first + " to " + last);
    }

    @ParameterizedTest
    @MethodSource("devices")
    void aSpectrallyNormalizedMapStretchesNothing(Device device) {
        Linear layer = new Linear(6, 4).spectralNorm();
        layer.initialize(device, 1);
        try (var _ = Scope.open()) {
            Tensor x = new Generator(2).normal(device, Shape.of(500, 6));
            for (int i = 0; i < 100; i++) {
                layer.apply(x);
            }
            Tensor map = layer.apply(x).sub(layer.bias().value());
            Tensor stretch = map.norm(1).div(x.norm(1));
            // exactly 1 for the worst direction only; F32's rounding beyond that
            assertTrue(stretch.amax().item() < 1.0001);
            assertTrue(stretch.amax().item() > 0.9);
            layer.eval();
            float[] before = layer.stateDict().get("weight_u").toFloats();
            layer.apply(x);
            assertArrayEquals(before, layer.stateDict().get("weight_u").toFloats());
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void twoForwardPassesMayPrecedeTheBackwardPass(Device device) {
        Linear layer = new Linear(3, 1).spectralNorm();
        layer.initialize(device, 1);
        try (var _ = Scope.open()) {
            Tensor real = Tensor.ones(device, DType.F32, Shape.of(2, 3));
            Tensor loss = layer.apply(real).mean().sub(layer.apply(real.mul(2)).mean());
            loss.backward();
            assertEquals(Shape.of(1, 3), layer.weight().gradient().shape());
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void batchesThatDoNotFitAreRefused(Device device) {
        Tensor real = Tensor.ones(device, DType.F32, Shape.of(2, 3));
        Tensor fake = Tensor.ones(device, DType.F32, Shape.of(3, 3));
        Generator generator = new Generator(1);
        assertThrows(
                TensorException.class,
                () -> GradientPenalty.between(x -> x, real, fake, generator));
        assertThrows(
                TensorException.class,
                () ->
                        Autograd.withoutGradients(
                                () -> GradientPenalty.between(x -> x, real, real, generator)));
    }
}
