package org.gradus.tests.train;

import static org.gradus.train.TrainingLength.steps;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.gradus.data.Digits;
import org.gradus.device.Device;
import org.gradus.device.DeviceMemoryException;
import org.gradus.dtype.DType;
import org.gradus.models.Mlp;
import org.gradus.nn.Loss;
import org.gradus.shape.Shape;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tests.conformance.TestDevices;
import org.gradus.train.Trainer;
import org.gradus.train.TrainingResult;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What happens when a device has no memory left. */
class OutOfMemoryTest {
    /** More than these tests have: 7.6 GB. */
    private static final Shape HUGE = Shape.of(1900, 1000, 1000);

    private static final long PLENTY = 1L << 30;

    static List<String> devices() {
        return TestDevices.names();
    }

    @ParameterizedTest
    @MethodSource("devices")
    void theErrorNamesWhoHoldsTheMemory(String name) {
        try (Device device = open(name, PLENTY);
                var _ = Scope.open()) {
            Tensor.zeros(device, DType.F32, Shape.of(31, 37, 41));
            Tensor.zeros(device, DType.F32, Shape.of(31, 37, 41));
            Tensor.zeros(device, DType.I64, Shape.of(31, 37, 41));
            var problem =
                    assertThrows(
                            DeviceMemoryException.class,
                            () -> Tensor.zeros(device, DType.F32, HUGE));
            String message = problem.getMessage();
            assertTrue(message.contains("out of memory"), message);
            assertTrue(message.contains("wanted for f32[1900, 1000, 1000]"), message);
            assertTrue(message.contains("2 x f32[31, 37, 41], 376.2 kB"), message);
            assertTrue(message.contains("1 x i64[31, 37, 41], 376.2 kB"), message);
        }
    }

    /** The loss of a batch of 32 needs what there is no memory for; that of 8 does not. */
    @ParameterizedTest
    @MethodSource("devices")
    void trainingGoesOnWithASmallerBatch(String name) {
        Device device = open(name, PLENTY);
        Mlp model = new Mlp(64, List.of(16), 10, 0);
        Loss greedy =
                (output, target) -> {
                    if (output.size(0) > 8) {
                        Tensor.ones(output.device(), DType.F32, HUGE);
                    }
                    return Loss.crossEntropy().of(output, target);
                };
        Trainer trainer = Trainer.of(model).device(device).loss(greedy);
        int before = Tensor.liveStorages();
        assertThrows(
                DeviceMemoryException.class,
                () -> trainer.batchSize(32).fit(Digits.train(), steps(3)));
        long parameters = model.parameters().size();
        // at most: the collector may find garbage of earlier tests meanwhile
        assertTrue(Tensor.liveStorages() <= before + parameters);
        TrainingResult result = trainer.batchSize(8).fit(Digits.train(), steps(3));
        assertEquals(3, result.steps());
        model.release();
        device.close();
    }

    // ---- devices whose memory can be limited

    static List<String> limitedDevices() {
        return TestDevices.names().stream().filter(name -> !name.equals("cpu")).toList();
    }

    /** Opens a device for one test; the CPU's limit is that of the virtual machine. */
    private static Device open(String name, long limit) {
        String property = "gradus." + name.split(":")[0] + ".memory";
        String before = System.getProperty(property);
        System.setProperty(property, Long.toString(limit));
        try {
            return TestDevices.open(name);
        } finally {
            if (before == null) {
                System.clearProperty(property);
            } else {
                System.setProperty(property, before);
            }
        }
    }

    private static TrainingResult train(Device device, Mlp model, int batch) {
        return Trainer.of(model)
                .device(device)
                .batchSize(batch)
                .capture("off")
                .loss(Loss.crossEntropy())
                .fit(Digits.train(), steps(12));
    }

    private static long peak(String name, int batch) {
        try (Device device = open(name, PLENTY)) {
            Mlp model = new Mlp(64, List.of(300), 10, 0);
            train(device, model, batch);
            model.release();
            return device.memory().peakUsedBytes();
        }
    }

    /** With less memory than a batch of 64 needs, and more than one of 4. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("limitedDevices")
    void aDeviceOfLittleMemoryTrainsOnSmallBatches(String name) {
        long limit = (peak(name, 4) + peak(name, 64)) / 2;
        try (Device device = open(name, limit)) {
            Mlp model = new Mlp(64, List.of(300), 10, 0);
            var problem = assertThrows(DeviceMemoryException.class, () -> train(device, model, 64));
            String message = problem.getMessage();
            assertTrue(message.contains(limit + " is the limit"), message);
            assertTrue(message.contains(" x f32[300, 64], "), message);
            TrainingResult result = train(device, model, 4);
            assertEquals(12, result.steps());
            assertTrue(device.memory().peakUsedBytes() <= limit);
            model.release();
            assertEquals(0, device.memory().usedBytes());
        }
    }
}
