package org.gradus.tests.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.models.CharLstm;
import org.gradus.models.Continuation;
import org.gradus.models.Sampler;
import org.gradus.models.TextGeneration;
import org.gradus.shape.Shape;
import org.gradus.tensor.Generator;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;
import org.gradus.tests.conformance.TestDevices;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The state that a continuation carries stands for all tokens before. */
class CharLstmTest {
    private static final int VOCABULARY = 11;

    static List<Named<Device>> devices() {
        return TestDevices.named();
    }

    private static CharLstm model(Device device) {
        CharLstm model = new CharLstm(VOCABULARY, 5, 8, 2, 0.2);
        model.initialize(device, 3);
        return model;
    }

    private static Tensor tokens(Device device, int rows, int steps) {
        return new Generator(9).integers(device, Shape.of(rows, steps), VOCABULARY).compute();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void laterTokensDoNotChangeEarlierLogits(Device device) {
        CharLstm model = model(device);
        model.eval();
        try (var _ = Scope.open()) {
            Tensor all = tokens(device, 3, 9);
            Tensor logits = model.apply(all);
            assertEquals(Shape.of(3, 9, VOCABULARY), logits.shape());
            assertArrayEquals(
                    logits.narrow(1, 0, 4).toFloats(),
                    model.apply(all.narrow(1, 0, 4)).toFloats(),
                    1e-6f);
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void readingPieceByPieceGivesTheLogitsOfTheWhole(Device device) {
        CharLstm model = model(device);
        try (var _ = Scope.open()) {
            Tensor all = tokens(device, 3, 9);
            float[] expected;
            try (Continuation reading = model.continuation()) {
                expected = model.apply(all).select(1, -1).toFloats();
                reading.read(all.narrow(1, 0, 4));
                reading.read(all.narrow(1, 4, 1));
                Tensor last = all.narrow(1, 5, 4);
                assertArrayEquals(expected, reading.read(last).toFloats(), 1e-6f);
            }
            assertTrue(model.isTraining(), "the mode before is back");
            try (Continuation reading = model.continuation()) {
                reading.read(all.narrow(1, 0, 8));
                // the last sequence, twice
                reading.select(Tensor.of(HostArray.of(new long[] {2, 2}, Shape.of(2)), device));
                Tensor next = all.narrow(1, 8, 1).narrow(0, 2, 1).expand(2, 1).copy();
                float[] twice = reading.read(next).toFloats();
                float[] third = Arrays.copyOfRange(expected, 2 * VOCABULARY, 3 * VOCABULARY);
                assertArrayEquals(third, Arrays.copyOfRange(twice, 0, VOCABULARY), 1e-6f);
                assertArrayEquals(
                        third, Arrays.copyOfRange(twice, VOCABULARY, twice.length), 1e-6f);
            }
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void generationGivesItsMemoryBack(Device device) {
        CharLstm model = model(device);
        Runnable work =
                () -> {
                    try (var _ = Scope.open();
                            Continuation reading = model.continuation()) {
                        TextGeneration.of(20)
                                .withSampler(Sampler.ofTemperature(1))
                                .generate(reading, tokens(device, 2, 5), new Generator(1));
                    }
                };
        work.run();
        int live = Tensor.liveStorages();
        work.run();
        assertTrue(Tensor.liveStorages() <= live, "storages are left");
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void tokensWithoutABatchAxisAreRefused(Device device) {
        CharLstm model = model(device);
        try (var _ = Scope.open()) {
            Tensor flat = Tensor.zeros(device, DType.I64, Shape.of(4));
            var error = assertThrows(TensorException.class, () -> model.apply(flat));
            assertTrue(error.getMessage().contains("[batch, steps]"), error.getMessage());
        }
    }
}
