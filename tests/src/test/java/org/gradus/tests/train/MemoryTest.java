package org.gradus.tests.train;

import static org.gradus.tests.train.SmallTraining.TRAIN;
import static org.gradus.tests.train.SmallTraining.VALIDATION;
import static org.gradus.tests.train.SmallTraining.trainer;
import static org.gradus.train.TrainingLength.epochs;
import static org.gradus.train.TrainingLength.steps;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.gradus.data.Dataset;
import org.gradus.data.Digits;
import org.gradus.device.Device;
import org.gradus.device.MemoryReport;
import org.gradus.models.Mlp;
import org.gradus.opencl.OpenClDevice;
import org.gradus.optim.SGD;
import org.gradus.tensor.TensorException;
import org.gradus.tests.conformance.TestDevices;
import org.gradus.train.StepReport;
import org.gradus.train.TrainingListener;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Training keeps no memory, on any device. Each test has a device of its own, whose buffers nobody
 * else uses.
 *
 * <p>The system property {@code gradus.test.memorySteps} is the number of steps, 4000 by default;
 * docs/contributing.md has the command of the long run.
 */
class MemoryTest {
    private static final int STEPS = Integer.getInteger("gradus.test.memorySteps", 4000);

    /** What is lost in each step shows in so few too; the emulated GPU takes its time. */
    private static final int EMULATED_STEPS = 240;

    /** The heap's pages are resident too, and come and go with its garbage. */
    private static final long RESIDENT_LIMIT = 192 << 20;

    static List<String> devices() {
        return TestDevices.names();
    }

    /** What is held at the end of a quarter. */
    private record Held(MemoryReport memory, String objects, long heap, long resident) {
        static Held of(Device device) {
            String objects =
                    device instanceof OpenClDevice opencl ? opencl.driverObjects().toString() : "";
            return new Held(device.memory(), objects, heapInUse(), residentBytes());
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void memoryStaysFlatOverThousandsOfSteps(String name) {
        try (Device device = TestDevices.open(name)) {
            // a quarter of the training: the second one is compared with the last
            int epoch = (TestDevices.isEmulated(device) ? EMULATED_STEPS : STEPS) / 4;
            List<Held> held = new ArrayList<>();
            TrainingListener observer =
                    new TrainingListener() {
                        @Override
                        public void onStep(StepReport report) {
                            device.synchronize();
                            held.add(Held.of(device));
                        }
                    };
            trainer()
                    .device(device)
                    .reportEvery(epoch)
                    .listener(observer)
                    .fit(wholeBatches(epoch), steps(4 * epoch));
            assertEquals(4, held.size());
            Held early = held.get(1);
            Held late = held.get(3);
            assertEquals(early.memory().buffers(), late.memory().buffers());
            assertEquals(early.memory().usedBytes(), late.memory().usedBytes());
            if (!TestDevices.isEmulated(device)) {
                // which keeps what was released, and uses no memory twice, to see mistakes
                assertEquals(early.memory().cachedBytes(), late.memory().cachedBytes());
            }
            assertEquals(early.objects(), late.objects());
            // 500 bytes in each of the fewest steps, 2000; compiled code and class data come and
            // go.
            assertTrue(late.heap() - early.heap() < 1_000_000, held.toString());
            assertTrue(late.resident() - early.resident() < RESIDENT_LIMIT, held.toString());
        }
    }

    /** The digits over and over: batches of one size, so that each report finds the same in use. */
    private static Dataset wholeBatches(int epoch) {
        int[] indices = IntStream.range(0, 16 * epoch).map(i -> i % 1000).toArray();
        return Digits.train().subset(indices);
    }

    private static long heapInUse() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** Returns the memory of the process, heap and all; 0 where the system does not say. */
    private static long residentBytes() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException unknown) {
            return 0;
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void nothingIsLeftButTheModel(String name) {
        try (Device device = TestDevices.open(name)) {
            nothingIsLeftButTheModel(device);
        }
    }

    private static void nothingIsLeftButTheModel(Device device) {
        Mlp model = SmallTraining.model();
        model.initialize(device, 1);
        long before = device.memory().buffers();
        trainer(model)
                .device(device)
                .optimizer(SGD.withLearningRate(0.1))
                .fit(TRAIN, VALIDATION, epochs(1));
        assertEquals(before, device.memory().buffers());
    }

    @ParameterizedTest
    @MethodSource("devices")
    void anErrorInTheModelLeavesNothing(String name) {
        try (Device device = TestDevices.open(name)) {
            anErrorInTheModelLeavesNothing(device);
        }
    }

    private static void anErrorInTheModelLeavesNothing(Device device) {
        Mlp wrong = new Mlp(63, List.of(16), 10, 0.2);
        wrong.initialize(device, 1);
        long before = device.memory().buffers();
        assertThrows(
                TensorException.class, () -> trainer(wrong).device(device).fit(TRAIN, epochs(1)));
        assertEquals(before, device.memory().buffers());
    }
}
