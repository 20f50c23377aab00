package org.gradus.cli.benchmark;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.gradus.device.Device;
import org.gradus.models.Dcgan;
import org.gradus.models.Gpt;
import org.gradus.models.LeNet;
import org.gradus.models.Mlp;
import org.gradus.models.ResNet;
import org.gradus.nn.Embedding;
import org.gradus.nn.LSTM;
import org.gradus.nn.Layer;
import org.gradus.nn.Linear;
import org.gradus.nn.Loss;
import org.gradus.optim.Adam;
import org.gradus.optim.AdamW;
import org.gradus.optim.SGD;
import org.gradus.optim.UpdateRule;
import org.gradus.shape.Shape;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/** Training steps of whole models, on batches of random numbers. */
final class Training {
    private static final int CHARACTERS = 65;
    private static final long DATA_SEED = 1;

    static final Workload MLP =
            workload(
                    "mlp",
                    "784-512-512-10, batch 128, Adam",
                    128,
                    device ->
                            classifier(
                                    () -> new Mlp(784, List.of(512, 512), 10, 0),
                                    Adam.withLearningRate(1e-3),
                                    device,
                                    10,
                                    Shape.of(128, 1, 28, 28)));

    static final Workload LENET =
            workload(
                    "lenet",
                    "28 by 28, 32 and 64 channels, batch 64, Adam",
                    64,
                    device ->
                            classifier(
                                    LeNet::mnist,
                                    Adam.withLearningRate(1e-3),
                                    device,
                                    10,
                                    Shape.of(64, 1, 28, 28)));

    static final Workload RESNET =
            workload(
                    "resnet18",
                    "CIFAR-10's variant for 32 by 32, batch 32, SGD with momentum",
                    32,
                    device ->
                            classifier(
                                    () -> ResNet.resnet18(3, 10),
                                    SGD.withLearningRate(0.01)
                                            .withMomentum(0.9)
                                            .withWeightDecay(5e-4),
                                    device,
                                    10,
                                    Shape.of(32, 3, 32, 32)));

    static final Workload RESNET_50 = resnet50(224, 64);

    static final Workload DCGAN =
            workload(
                    "dcgan", "28 by 28, batch 64, a step of each network, Adam", 64, Training::gan);

    static final Workload CHARACTER_LSTM =
            workload(
                    "lstm",
                    "65 characters, 2 layers of 256, 64 steps, batch 32, Adam",
                    32,
                    device ->
                            characters(
                                    CharacterLstm::new,
                                    Adam.withLearningRate(1e-3),
                                    device,
                                    Shape.of(32, 64)));

    static final Workload GPT =
            workload(
                    "gpt",
                    "6 layers, 6 heads, width 192, context 128, batch 16, AdamW",
                    16,
                    device ->
                            characters(
                                    () -> new Gpt(Gpt.Settings.of(CHARACTERS, 128, 192, 6, 6)),
                                    AdamW.withLearningRate(3e-4).withWeightDecay(0.01),
                                    device,
                                    Shape.of(16, 128)));

    static final Workload GPT_2 = gpt2(Gpt.Settings.of(50257, 1024, 768, 12, 12), 8);

    private Training() {}

    /** Returns a step on images of some height and width. */
    static Workload resnet50(int size, int batch) {
        return workload(
                "resnet50",
                "%d by %d, 1000 classes, batch %d, SGD with momentum".formatted(size, size, batch),
                batch,
                device ->
                        classifier(
                                () -> ResNet.resnet50(3, 1000),
                                SGD.withLearningRate(0.01).withMomentum(0.9).withWeightDecay(5e-4),
                                device,
                                1000,
                                Shape.of(batch, 3, size, size)));
    }

    /** Returns a step of a model of GPT-2's kind on texts as long as its context. */
    static Workload gpt2(Gpt.Settings settings, int batch) {
        return workload(
                "gpt2",
                "%d layers, %d heads, width %d, context %d, batch %d, AdamW"
                        .formatted(
                                settings.layers(),
                                settings.heads(),
                                settings.size(),
                                settings.context(),
                                batch),
                batch,
                device ->
                        tokens(
                                () -> new Gpt(settings),
                                AdamW.withLearningRate(3e-4).withWeightDecay(0.01),
                                device,
                                settings.vocabulary(),
                                Shape.of(batch, settings.context())));
    }

    private static Workload workload(
            String name,
            String description,
            int samples,
            Function<Device, TrainingStep> preparation) {
        return new Workload(name, description, List.of(new Case("step", samples, 0, preparation)));
    }

    /** Returns a step of a model that finds the class of each of a batch of inputs. */
    private static TrainingStep classifier(
            Supplier<Layer> model, UpdateRule rule, Device device, int classes, Shape input) {
        Generator data = new Generator(DATA_SEED);
        return new ModelStep(
                model.get(),
                Loss.crossEntropy(),
                rule,
                kept(() -> data.normal(device, input)),
                kept(() -> data.integers(device, Shape.of(input.size(0)), classes)));
    }

    private static TrainingStep gan(Device device) {
        Generator data = new Generator(DATA_SEED);
        int latent = 100;
        return new GanStep(
                Dcgan.of(1, 28, 64, latent),
                kept(() -> data.uniform(device, Shape.of(64, 1, 28, 28), -1, 1)),
                kept(() -> data.normal(device, Shape.of(64, latent))));
    }

    private static TrainingStep characters(
            Supplier<Layer> model, UpdateRule rule, Device device, Shape input) {
        return tokens(model, rule, device, CHARACTERS, input);
    }

    /** Returns a step of a model that finds the token that follows each of a text. */
    private static TrainingStep tokens(
            Supplier<Layer> model, UpdateRule rule, Device device, int vocabulary, Shape input) {
        Generator data = new Generator(DATA_SEED);
        return new ModelStep(
                model.get(),
                (logits, next) -> logits.flatten(0, 1).crossEntropy(next.flatten()).mean(),
                rule,
                kept(() -> data.integers(device, input, vocabulary)),
                kept(() -> data.integers(device, input, vocabulary)));
    }

    /** An embedding, recurrent layers and a linear one, as a user would put them together. */
    private static final class CharacterLstm extends Layer {
        private static final int EMBEDDING = 128;
        private static final int HIDDEN = 256;

        private final Embedding embedding =
                module("embedding", new Embedding(CHARACTERS, EMBEDDING));
        private final LSTM lstm = module("lstm", new LSTM(EMBEDDING, HIDDEN).layers(2));
        private final Linear output = module("output", new Linear(HIDDEN, CHARACTERS));

        @Override
        protected Tensor forward(Tensor x) {
            return output.apply(lstm.apply(embedding.apply(x)).output());
        }
    }

    /** Computes a tensor that lives as long as the step. */
    static Tensor kept(Supplier<Tensor> values) {
        return Scope.compute(() -> values.get().compute());
    }
}
