package org.gradus.tests.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.gradus.device.Device;
import org.gradus.device.Devices;
import org.gradus.models.Autoencoder;
import org.gradus.models.Dcgan;
import org.gradus.models.Gan;
import org.gradus.models.ResNet;
import org.gradus.models.Vae;
import org.gradus.models.VaeTask;
import org.gradus.models.WganGp;
import org.gradus.models.WganGpTask;
import org.gradus.nn.Flatten;
import org.gradus.nn.Initializer;
import org.gradus.nn.Linear;
import org.gradus.nn.Sequential;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.train.TensorBatch;
import org.gradus.train.Update;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The networks of pictures: shapes, sizes, names, and the losses of their tasks. */
class PictureModelsTest {
    private final Device device = Devices.of("cpu");
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private Tensor pictures(int... sizes) {
        return new Generator(1).uniform(device, Shape.of(sizes));
    }

    private static double[] values(Supplier<Tensor> work) {
        return Autograd.withoutGradients(work).toHost().toDoubles();
    }

    @Test
    void resNet18HasTheSizeThatIsKnownForCifar() {
        ResNet model = ResNet.resnet18(3, 10);
        assertEquals(11_173_962, model.parameterCount());
        Set<String> names = model.parameters().keySet();
        for (String name :
                List.of(
                        "conv1.weight",
                        "bn1.bias",
                        "layer1.0.conv1.weight",
                        "layer2.0.downsample.0.weight",
                        "layer2.0.downsample.1.weight",
                        "layer4.1.bn2.weight",
                        "fc.bias")) {
            assertTrue(names.contains(name), name + " is not in " + names);
        }
        // torchvision's has the same but for the first convolution: 62 tensors to learn
        assertEquals(62, names.size());
        assertFalse(names.contains("layer1.0.downsample.0.weight"));
    }

    @Test
    void resNetTakesPicturesOfAnySize() {
        ResNet model = ResNet.resnet8(1, 7);
        model.initialize(device, 1);
        assertEquals(77_559, model.parameterCount());
        assertEquals(Shape.of(2, 7), model.apply(pictures(2, 1, 28, 28)).shape());
        assertEquals(Shape.of(3, 7), model.apply(pictures(3, 1, 9, 12)).shape());
    }

    @Test
    void blocksOfAFreshResNetAddNothing() {
        ResNet shallow = new ResNet(1, 4, List.of(1), 3);
        ResNet deep = new ResNet(1, 4, List.of(3), 3);
        shallow.initialize(device, 5).eval();
        deep.initialize(device, 5).eval();
        Tensor x = pictures(2, 1, 8, 8);
        assertArrayEquals(values(() -> shallow.apply(x)), values(() -> deep.apply(x)));
    }

    @Test
    void anAutoencoderGivesLogitsInTheShapeOfThePictures() {
        Autoencoder model = new Autoencoder(3, 8, 12, 4, 5);
        model.initialize(device, 1);
        Tensor x = pictures(2, 3, 8, 12);
        assertEquals(x.shape(), model.apply(x).shape());
        Tensor latent = model.encode(x);
        assertEquals(Shape.of(2, 5), latent.shape());
        assertArrayEquals(
                values(() -> model.apply(x).sigmoid()), values(() -> model.decode(latent)), 1e-7);
        var refused =
                assertThrows(IllegalArgumentException.class, () -> new Autoencoder(1, 10, 8, 4, 5));
        assertTrue(refused.getMessage().contains("10"), refused.getMessage());
    }

    @Test
    void aVaeDrawsInTrainingAndTakesTheMeanOtherwise() {
        Vae model = new Vae(1, 8, 8, 4, 3);
        model.initialize(device, 1);
        Tensor x = pictures(2, 1, 8, 8);
        double[] first = values(() -> model.apply(x).logits());
        assertFalse(Arrays.equals(first, values(() -> model.apply(x).logits())));
        model.eval();
        double[] expected = values(() -> model.decode(model.apply(x).mean()));
        assertArrayEquals(expected, values(() -> model.apply(x).logits().sigmoid()), 1e-7);
    }

    @Test
    void theLossOfAVaeIsItsFormula() {
        Vae model = new Vae(1, 4, 4, 2, 2);
        model.initialize(device, 1).eval();
        Tensor x = pictures(3, 1, 4, 4);
        VaeTask task = new VaeTask(model, 2);
        double loss = values(() -> task.evaluate(new TensorBatch(List.of(x), x, 3)))[0];

        double[] pixels = x.toHost().toDoubles();
        double[] logits = values(() -> model.apply(x).logits());
        double[] mean = values(() -> model.apply(x).mean());
        double[] logVariance = values(() -> model.apply(x).logVariance());
        double sum = 0;
        for (int i = 0; i < pixels.length; i++) {
            double p = 1 / (1 + Math.exp(-logits[i]));
            sum -= pixels[i] * Math.log(p) + (1 - pixels[i]) * Math.log(1 - p);
        }
        double divergence = 0;
        for (int i = 0; i < mean.length; i++) {
            divergence += 0.5 * (mean[i] * mean[i] + Math.exp(logVariance[i]) - 1 - logVariance[i]);
        }
        // Some 11 per picture, summed in single precision.
        assertEquals((sum + 2 * divergence) / 3, loss, 1e-4);
    }

    @Test
    void gansMakePicturesBetweenMinusOneAndOneAndGiveEachAScore() {
        for (Gan model : List.of(Dcgan.of(3, 12, 4, 6), WganGp.of(3, 12, 4, 6))) {
            model.initialize(device, 1);
            Tensor made = model.generate(5, new Generator(3));
            assertEquals(Shape.of(5, 3, 12, 12), made.shape());
            for (double pixel : values(() -> made)) {
                assertTrue(pixel > -1 && pixel < 1, "pixel " + pixel);
            }
            assertEquals(Shape.of(5, 1), model.discriminate(made).shape());
        }
    }

    @Test
    void aCriticOfTheWassersteinKindScoresEachPictureByItself() {
        Gan model = WganGp.of(1, 8, 4, 6);
        model.initialize(device, 1);
        Tensor both = pictures(2, 1, 8, 8);
        double alone = values(() -> model.discriminate(both.narrow(0, 0, 1)))[0];
        assertEquals(alone, values(() -> model.discriminate(both))[0], 1e-6);
    }

    /** A linear critic has the same slope everywhere, so its penalty is known. */
    @Test
    void theGradientPenaltyIsThatOfTheSlope() {
        Linear linear = new Linear(4, 1);
        linear.parameters().get("weight").initializeWith(Initializer.constant(1.5));
        Gan model = new Gan(new Linear(2, 4), new Sequential(new Flatten(), linear), 2);
        model.initialize(device, 1);
        Update critic = new WganGpTask(model, 1, 7).updates().getFirst();
        Tensor real = pictures(6, 4);
        double withPenalty = critic.loss().of(new TensorBatch(List.of(real), real, 6)).item();
        model.initialize(device, 1);
        Update without = new WganGpTask(model, 1, 0).updates().getFirst();
        double distance = without.loss().of(new TensorBatch(List.of(real), real, 6)).item();
        // The slope is the norm of four times 1.5, which is 3.
        assertEquals(7 * (3 - 1) * (3 - 1), withPenalty - distance, 1e-4);
    }
}
