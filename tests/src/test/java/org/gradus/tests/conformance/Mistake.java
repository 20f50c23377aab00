package org.gradus.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;
import org.junit.jupiter.api.DynamicTest;

/**
 * A mistake, and what the refusal must say.
 *
 * @param work makes it
 * @param words what the message must contain
 */
record Mistake(String name, Consumer<Device> work, String... words) {
    static Mistake of(String name, Consumer<Device> work, String... words) {
        return new Mistake(name, work, words);
    }

    static Tensor ones(Device device, int... sizes) {
        return Tensor.ones(device, DType.F32, Shape.of(sizes));
    }

    static Tensor whole(Device device, int... sizes) {
        return Tensor.zeros(device, DType.I64, Shape.of(sizes));
    }

    static Window window(int kernel) {
        int[] one = {1, 1};
        return new Window(new int[] {kernel, kernel}, one, new int[] {0, 0}, one);
    }

    /** Returns a test of each mistake on each device. */
    static Stream<DynamicTest> tests(Stream<Mistake> mistakes) {
        List<Device> devices = TestDevices.all();
        return mistakes.flatMap(
                mistake ->
                        devices.stream()
                                .map(
                                        device ->
                                                DynamicTest.dynamicTest(
                                                        device.name() + ": " + mistake.name(),
                                                        () -> check(mistake, device))));
    }

    private static void check(Mistake mistake, Device device) {
        int live = Storages.count();
        try (var _ = Scope.open()) {
            check(mistake.name(), () -> mistake.work().accept(device), mistake.words());
        }
        Storages.assertAtMost(live);
    }

    /** Fails unless the work is refused in these words. */
    static void check(String name, Runnable work, String... words) {
        TensorException error = assertThrows(TensorException.class, work::run, name);
        for (String word : words) {
            assertTrue(
                    error.getMessage().contains(word),
                    () -> "no '" + word + "' in: " + error.getMessage());
        }
    }
}
