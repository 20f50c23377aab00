package org.gradus.tests.train;

import static org.gradus.tests.train.SmallTraining.TRAIN;
import static org.gradus.tests.train.SmallTraining.VALIDATION;
import static org.gradus.tests.train.SmallTraining.trainer;
import static org.gradus.train.TrainingLength.epochs;
import static org.gradus.train.TrainingLength.steps;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.gradus.data.Dataset;
import org.gradus.data.Digits;
import org.gradus.device.Device;
import org.gradus.device.Devices;
import org.gradus.device.MemoryReport;
import org.gradus.models.Mlp;
import org.gradus.optim.SGD;
import org.gradus.tensor.TensorException;
import org.gradus.train.StepReport;
import org.gradus.train.TrainingListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Training keeps no memory. Each test has a device of its own, whose buffers nobody else uses.
 *
 * <p>The system property {@code gradus.test.memorySteps} is the number of steps, 4000 by default;
 * docs/contributing.md has the command of the long run.
 */
class MemoryTest {
    /** A quarter of the training: the second one is compared with the last. */
    private static final int EPOCH = Integer.getInteger("gradus.test.memorySteps", 4000) / 4;

    private Device device;

    @BeforeEach
    void open() {
        device =
                Devices.providers().stream()
                        .filter(provider -> provider.name().equals("cpu"))
                        .findFirst()
                        .orElseThrow()
                        .open(0);
    }

    @AfterEach
    void close() {
        device.close();
    }

    @Test
    void memoryStaysFlatOverThousandsOfSteps() {
        List<MemoryReport> reports = new ArrayList<>();
        List<Long> heap = new ArrayList<>();
        TrainingListener observer =
                new TrainingListener() {
                    @Override
                    public void onStep(StepReport report) {
                        reports.add(device.memory());
                        heap.add(heapInUse());
                    }
                };
        trainer()
                .device(device)
                .reportEvery(EPOCH)
                .listener(observer)
                .fit(wholeBatches(), steps(4 * EPOCH));
        assertEquals(4, reports.size());
        assertEquals(reports.get(1).buffers(), reports.get(3).buffers());
        assertEquals(reports.get(1).usedBytes(), reports.get(3).usedBytes());
        assertEquals(reports.get(1).cachedBytes(), reports.get(3).cachedBytes());
        // 500 bytes in each of the fewest steps, 2000; compiled code and class data come and go.
        assertTrue(heap.get(3) - heap.get(1) < 1_000_000, heap.toString());
    }

    /** The digits over and over: batches of one size, so that each report finds the same in use. */
    private static Dataset wholeBatches() {
        int[] indices = IntStream.range(0, 16 * EPOCH).map(i -> i % 1000).toArray();
        return Digits.train().subset(indices);
    }

    private static long heapInUse() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    void nothingIsLeftButTheModel() {
        Mlp model = SmallTraining.model();
        model.initialize(device, 1);
        long before = device.memory().buffers();
        trainer(model)
                .device(device)
                .optimizer(SGD.withLearningRate(0.1))
                .fit(TRAIN, VALIDATION, epochs(1));
        assertEquals(before, device.memory().buffers());
    }

    @Test
    void anErrorInTheModelLeavesNothing() {
        Mlp wrong = new Mlp(63, List.of(16), 10, 0.2);
        wrong.initialize(device, 1);
        long before = device.memory().buffers();
        assertThrows(
                TensorException.class, () -> trainer(wrong).device(device).fit(TRAIN, epochs(1)));
        assertEquals(before, device.memory().buffers());
    }
}
