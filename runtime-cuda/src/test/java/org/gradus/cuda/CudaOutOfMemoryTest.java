package org.gradus.cuda;

import static org.gradus.train.TrainingLength.steps;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.gradus.data.Dataset;
import org.gradus.data.Digits;
import org.gradus.device.DeviceMemoryException;
import org.gradus.dtype.DType;
import org.gradus.kernels.runtime.BinaryCache;
import org.gradus.models.Mlp;
import org.gradus.nn.Loss;
import org.gradus.optim.Adam;
import org.gradus.tensor.HostArray;
import org.gradus.train.StepReport;
import org.gradus.train.Trainer;
import org.gradus.train.TrainingListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole trainings on the emulated driver with hardly enough memory, and with less. */
class CudaOutOfMemoryTest {
    private static final long PLENTY = 1L << 30;

    /** 5 batches of 40; or 6 of 30, and one of 20. */
    private static final Dataset TRAIN = Digits.train().take(200);

    /** Kernels are compiled once for all of these tests. */
    @TempDir static Path cache;

    private final Emulator emulator = Emulator.get();
    private CudaDevice device;

    @BeforeEach
    void openWithPlenty() {
        open(PLENTY);
    }

    private void open(long limit) {
        Cuda cuda = Cuda.open(emulator.search());
        device =
                CudaDevice.open(
                        "cuda:0", cuda.devices().getFirst(), cuda, limit, new BinaryCache(cache));
    }

    @AfterEach
    void close() {
        emulator.setMemory(2 * PLENTY);
        emulator.forgetErrors();
        device.close();
    }

    /** A training's losses, parameters and memory, and why its steps were not recorded. */
    private static final class Trained implements TrainingListener {
        final List<Double> losses = new ArrayList<>();
        final List<String> reasons = new ArrayList<>();
        Map<String, HostArray> state;

        @Override
        public void onStep(StepReport report) {
            losses.add(report.loss());
        }

        @Override
        public void onCaptureRefused(String reason) {
            reasons.add(reason);
        }
    }

    private static Mlp model() {
        return new Mlp(64, List.of(200), 10, 0.1);
    }

    private Trained train(Mlp model, int batch, String capture) {
        Trained trained = new Trained();
        Trainer.of(model)
                .device(device)
                .seed(3)
                .batchSize(batch)
                .capture(capture)
                .optimizer(Adam.withLearningRate(1e-3))
                .loss(Loss.crossEntropy())
                .reportEvery(1)
                .listener(trained)
                .fit(TRAIN, steps(16));
        trained.state = model.stateDict();
        return trained;
    }

    private Trained train(int batch, String capture) {
        Mlp model = model();
        Trained trained = train(model, batch, capture);
        model.release();
        assertEquals(0, device.memory().usedBytes());
        return trained;
    }

    private static void assertSameBits(Trained expected, Trained actual) {
        assertEquals(expected.losses, actual.losses);
        expected.state.forEach(
                (name, values) ->
                        assertArrayEquals(
                                values.toFloats(), actual.state.get(name).toFloats(), name));
    }

    /** Returns the most memory that a training had in use at any time. */
    private long peak(int batch, String capture) {
        train(batch, capture);
        long peak = device.memory().peakUsedBytes();
        device.close();
        return peak;
    }

    /** Goes on with a device of another limit. */
    private void reopen(long limit) {
        device.close();
        open(limit);
    }

    @Test
    void whatIsCachedIsGivenBackWhenTheLimitIsReached() {
        Trained expected = train(40, "off");
        long peak = device.memory().peakUsedBytes();
        // emulated blocks are never used again: without giving them back this is the first step's
        assertTrue(device.memory().cachedBytes() > 3 * peak);
        reopen(peak);
        assertSameBits(expected, train(40, "off"));
        assertEquals(peak, device.memory().peakUsedBytes());
    }

    @Test
    void whatIsCachedIsGivenBackWhenTheDriverHasNoMore() {
        Trained expected = train(40, "off");
        long peak = device.memory().peakUsedBytes();
        reopen(PLENTY);
        // besides what the device and libraries have for themselves
        emulator.setMemory(emulator.used() + peak);
        assertSameBits(expected, train(40, "off"));
    }

    @Test
    void whatALibraryReservesTakesTheRoomOfTheCache() {
        device.allocate(DType.F32, 1000).release();
        emulator.setMemory(emulator.used());
        long address = device.stream().reserve(1000 * Float.BYTES);
        assertTrue(address != 0);
        assertEquals(0, device.memory().cachedBytes());
    }

    @Test
    void theErrorNamesTheHoldersAndTheTrainingGoesOnWithASmallerBatch() {
        long small = peak(10, "off");
        open(PLENTY);
        long large = peak(40, "off");
        open((small + large) / 2);
        Mlp model = model();
        var problem = assertThrows(DeviceMemoryException.class, () -> train(model, 40, "off"));
        String message = problem.getMessage();
        assertTrue(message.contains("out of memory on cuda:0"), message);
        assertTrue(message.contains("gradus.cuda.memory"), message);
        assertTrue(message.contains("wanted for f32["), message);
        // the weights, with their gradients and Adam's two averages
        assertTrue(message.contains(" x f32[200, 64], "), message);
        // only the model is left, whose parameters the failed training had changed by then
        assertEquals(model.parameterCount() * Float.BYTES, device.memory().usedBytes());
        Trained trained = train(model, 10, "off");
        assertEquals(16, trained.losses.size());
        assertTrue(trained.losses.getLast() < trained.losses.getFirst());
        model.release();
    }

    @Test
    void whereARecordingHasNoRoomStepsAreMadeOneByOne() {
        Trained expected = train(40, "off");
        long peak = device.memory().peakUsedBytes();
        reopen(peak + peak / 8);
        long before = emulator.replays();
        Trained actual = train(40, "auto");
        assertEquals(1, actual.reasons.size());
        assertTrue(actual.reasons.getFirst().contains("out of memory on cuda:0"));
        assertEquals(before, emulator.replays());
        assertSameBits(expected, actual);
    }

    @Test
    void aRecordingMakesRoomForOtherSteps() {
        Trained expected = train(30, "off");
        reopen(PLENTY);
        long before = emulator.replays();
        long made = emulator.graphsMade();
        assertSameBits(expected, train(30, "on"));
        long peak = device.memory().peakUsedBytes();
        // recorded in the first of three epochs, and checked in each
        assertEquals(1 + 3, emulator.graphsMade() - made);
        long replays = emulator.replays() - before;
        reopen(peak - 1);
        before = emulator.replays();
        assertSameBits(expected, train(30, "on"));
        assertTrue(emulator.replays() - before > 0);
        assertTrue(emulator.replays() - before < replays);
    }
}
