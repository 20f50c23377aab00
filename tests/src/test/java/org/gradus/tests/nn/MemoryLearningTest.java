package org.gradus.tests.nn;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.nn.LSTM;
import org.gradus.nn.Layer;
import org.gradus.nn.Linear;
import org.gradus.nn.Loss;
import org.gradus.nn.Sequential;
import org.gradus.nn.Tanh;
import org.gradus.optim.Adam;
import org.gradus.optim.Optimizer;
import org.gradus.shape.Shape;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tests.conformance.TestDevices;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A task that only a memory can learn: which of two symbols a sequence of noise began with. */
class MemoryLearningTest {
    private static final int STEPS = 6;
    private static final int BATCH = 64;

    private static final class Recall extends Layer {
        private final LSTM lstm = module("lstm", new LSTM(2, 16));
        private final Linear head = module("head", new Linear(16, 2));

        @Override
        protected Tensor forward(Tensor x) {
            return head.apply(lstm.apply(x).output().select(1, STEPS - 1));
        }
    }

    /** Sees the last step only. */
    private static final class Forgetful extends Layer {
        private final Layer body =
                module("body", new Sequential(new Linear(2, 16), new Tanh(), new Linear(16, 2)));

        @Override
        protected Tensor forward(Tensor x) {
            return body.apply(x.select(1, STEPS - 1));
        }
    }

    static Stream<Device> devices() {
        return TestDevices.all().stream();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void anLstmRecallsWhatASequenceBeganWith(Device device) {
        double remembered = accuracyAfterTraining(new Recall(), device);
        double guessed = accuracyAfterTraining(new Forgetful(), device);
        assertTrue(remembered > 0.97, "accuracy with memory " + remembered);
        assertTrue(guessed < 0.7, "accuracy without " + guessed);
    }

    private static double accuracyAfterTraining(Layer model, Device device) {
        model.initialize(device, 1);
        var optimizer = new Optimizer(model.parameters(), Adam.withLearningRate(0.02));
        Generator random = new Generator(2);
        for (int step = 0; step < 80; step++) {
            try (var _ = Scope.open()) {
                Tensor symbols = random.integers(device, Shape.of(BATCH, STEPS), 2);
                Tensor labels = symbols.select(1, 0);
                Loss.crossEntropy().of(model.apply(symbols.oneHot(2)), labels).backward();
                optimizer.step();
                optimizer.clearGradients();
            }
        }
        try (var _ = Scope.open()) {
            Tensor symbols = random.integers(device, Shape.of(512, STEPS), 2);
            Tensor right = model.apply(symbols.oneHot(2)).argmax(1).eq(symbols.select(1, 0));
            return right.to(DType.F32).mean().item();
        }
    }
}
