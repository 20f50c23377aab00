package org.gradus.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** When a scope closes, the memory of its tensors is given back, whatever happened inside. */
class MemoryTest {
    static List<Named<Device>> devices() {
        return TestDevices.named();
    }

    private static void leavesNothing(Runnable work) {
        int storages = Storages.count();
        try (var _ = Scope.open()) {
            work.run();
        }
        Storages.assertAtMost(storages);
    }

    private static Tensor ones(Device device) {
        return Tensor.ones(device, DType.F32, Shape.of(3, 4));
    }

    private static Tensor leaf(Device device) {
        return ones(device).requireGradient();
    }

    private static Tensor loss(Tensor x) {
        return x.mul(2).tanh().matmul(x.mT()).softmax(1).sum();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void pendingAndComputedTensorsAreReleased(Device device) {
        leavesNothing(
                () -> {
                    Tensor x = ones(device);
                    x.add(1).mul(2).sum(0).toFloats();
                    x.exp();
                    x.mT().slice(0, 1, 3, 1).add(x.narrow(0, 0, 1).sum());
                });
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void anExceptionReleasesToo(Device device) {
        int storages = Storages.count();
        assertThrows(
                TensorException.class,
                () -> {
                    try (var _ = Scope.open()) {
                        Tensor x = leaf(device);
                        x.add(1).matmul(x);
                    }
                });
        Storages.assertAtMost(storages);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void anExceptionInABackwardPassReleasesToo(Device device) {
        int storages = Storages.count();
        assertThrows(
                TensorException.class,
                () -> {
                    try (var _ = Scope.open()) {
                        Tensor x = leaf(device);
                        Tensor y = x.add(1).compute();
                        Tensor loss = y.mul(y).sum();
                        Autograd.withoutGradients(() -> y.fillInPlace(0));
                        loss.backward();
                    }
                });
        Storages.assertAtMost(storages);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void aBackwardPassLeavesOnlyTheGradients(Device device) {
        leavesNothing(
                () -> {
                    Tensor x = leaf(device);
                    int before = Storages.count();
                    try (var _ = Scope.open()) {
                        loss(x).backward();
                    }
                    Storages.assertAtMost(before + 1);
                    x.clearGradient();
                    Storages.assertAtMost(before);
                });
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void gradientsAreReleasedWithTheirTensor(Device device) {
        int before = Storages.count();
        Tensor x = leaf(device).unowned();
        try (var _ = Scope.open()) {
            loss(x).backward();
            loss(x).backward();
        }
        x.release();
        Storages.assertAtMost(before);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void gradientsOfGradientsLeaveNothing(Device device) {
        leavesNothing(
                () -> {
                    Tensor x = leaf(device);
                    Tensor first = Autograd.gradients(loss(x), null, List.of(x), true).getFirst();
                    Tensor second =
                            Autograd.gradients(first.square().sum(), null, List.of(x), true)
                                    .getFirst();
                    second.sum().backward();
                });
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void abandonedGraphsLeaveNothing(Device device) {
        leavesNothing(
                () -> {
                    Tensor x = leaf(device);
                    loss(x).compute();
                    Autograd.gradients(loss(x), null, List.of(x), true);
                });
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void aTapeOutlivesTheScopeOfItsTensors(Device device) {
        leavesNothing(
                () -> {
                    Tensor x = leaf(device);
                    Tensor loss = Scope.compute(() -> loss(x));
                    loss.backward();
                    assertEquals(x.shape(), x.gradient().shape());
                });
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void aDeepGraphIsReleasedWithoutRecursion(Device device) {
        leavesNothing(
                () -> {
                    Tensor x = Tensor.scalar(1, device).requireGradient();
                    Tensor y = x;
                    for (int i = 0; i < 5_000; i++) {
                        y = y.add(1);
                    }
                    y.compute();
                });
        leavesNothing(
                () -> {
                    Tensor x = Tensor.scalar(1, device).requireGradient();
                    Tensor y = x;
                    for (int i = 0; i < 5_000; i++) {
                        y = y.mul(1.0001);
                    }
                    y.backward();
                    assertEquals(Math.pow(1.0001, 5_000), x.gradient().item(), 0.01);
                });
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void keptTensorsSurviveOneScope(Device device) {
        leavesNothing(
                () -> {
                    Tensor kept;
                    Tensor dropped;
                    try (var _ = Scope.open()) {
                        kept = ones(device).add(1).keep();
                        dropped = ones(device).add(1);
                    }
                    assertFalse(kept.isReleased());
                    assertTrue(dropped.isReleased());
                    assertEquals(24, kept.sum().item());
                });
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void viewsShareTheStorageAndKeepIt(Device device) {
        leavesNothing(
                () -> {
                    Tensor x = Tensor.arange(device, DType.F32, 0, 12, 1).compute();
                    int storages = Storages.count();
                    Tensor view = x.reshape(3, 4).mT().slice(0, 1, 4, 2).flip(1);
                    Storages.assertAtMost(storages);
                    x.release();
                    assertArrayEquals(new float[] {9, 5, 1, 11, 7, 3}, view.toFloats());
                });
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void releasingTwiceIsHarmless(Device device) {
        leavesNothing(
                () -> {
                    Tensor x = ones(device);
                    x.release();
                    x.release();
                    assertTrue(x.isReleased());
                });
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void manyStepsKeepMemoryFlat(Device device) {
        leavesNothing(
                () -> {
                    Tensor weight = Tensor.full(device, DType.F32, Shape.of(4, 4), 0.1);
                    weight.compute().requireGradient();
                    long buffers = -1;
                    for (int step = 0; step < 300; step++) {
                        try (var _ = Scope.open()) {
                            loss(ones(device).matmul(weight)).backward();
                            Tensor update = weight.gradient().mul(-0.01);
                            Autograd.withoutGradients(() -> weight.addInPlace(update));
                        }
                        weight.clearGradient();
                        long now = device.memory().buffers();
                        String found = now + " buffers at step " + step + ", before " + buffers;
                        assertTrue(step <= 2 || now <= buffers, found);
                        // fewer where the garbage collector finds what another test has left
                        buffers = step <= 2 ? now : Math.min(buffers, now);
                    }
                });
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void scopesCloseInReverseOrder(Device device) {
        Scope outer = Scope.open();
        Scope inner = Scope.open();
        Tensor x = ones(device);
        assertEquals(1, inner.size());
        assertThrows(IllegalStateException.class, outer::close);
        inner.close();
        outer.close();
        assertTrue(x.isReleased());
    }
}
