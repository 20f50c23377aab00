package org.gradus.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import org.gradus.device.Device;
import org.gradus.device.SoftmaxKernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.opencl.Twins.Below;
import org.gradus.opencl.Twins.Spec;
import org.gradus.opencl.Twins.Special;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Softmax and cross-entropy against the CPU; labels that are out of bounds. */
class SoftmaxTest {
    private static OpenClDevice device;
    private static Twins twins;

    @BeforeAll
    static void open() {
        device = TestDevice.open();
        twins = new Twins(device);
    }

    @AfterAll
    static void close() {
        if (device != null) {
            twins.close();
            device.close();
        }
    }

    private static SoftmaxKernels kernels(Twins twins, Device device) {
        return twins.kernels(device, SoftmaxKernels.class);
    }

    private static SoftmaxKernels kernels(Device device) {
        return device.kernels(SoftmaxKernels.class, DType.F32).orElseThrow();
    }

    /** Runs all of them. */
    static void check(Twins twins, int rows, int classes) {
        String what = rows + " rows of " + classes;
        Spec matrix = Spec.of(DType.F32, rows, classes);
        Spec column = Spec.of(DType.F32, rows);
        Spec labels = Spec.of(DType.I64, rows).with(new Below(classes));
        twins.check(
                what + " softmax",
                1e-6,
                (d, v) -> kernels(twins, d).softmax(v.get(0), v.get(1)),
                matrix,
                matrix);
        twins.check(
                what + " log-softmax",
                1e-6,
                (d, v) -> kernels(twins, d).logSoftmax(v.get(0), v.get(1)),
                matrix,
                matrix);
        twins.check(
                what + " gradients",
                1e-4,
                (d, v) -> {
                    kernels(twins, d).softmax(v.get(0), v.get(1));
                    kernels(twins, d).softmaxGradient(v.get(2), v.get(1), v.get(3));
                    kernels(twins, d).logSoftmax(v.get(0), v.get(1));
                    kernels(twins, d).logSoftmaxGradient(v.get(2), v.get(1), v.get(4));
                },
                matrix,
                matrix,
                matrix,
                matrix,
                matrix);
        twins.check(
                what + " cross-entropy",
                1e-5,
                (d, v) -> {
                    kernels(twins, d).crossEntropy(v.get(0), v.get(1), v.get(2), v.get(3));
                    kernels(twins, d)
                            .crossEntropyGradient(v.get(4), v.get(0), v.get(1), v.get(3), v.get(5));
                },
                matrix,
                labels,
                column,
                Spec.statistic(rows),
                column,
                matrix);
    }

    @ParameterizedTest
    @CsvSource({
        "1,1", "3,2", "17,10", "5,16", "5,17", "128,10", "7,65", "2,1000", "3,5003", "1000,3"
    })
    void isWhatTheCpuComputes(int rows, int classes) {
        check(twins, rows, classes);
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void isTheSameInSixteenBits(DType type) {
        check(twins.storing(type), 17, 10);
        check(twins.storing(type), 3, 1003);
    }

    @Test
    void infinitiesAndNan() {
        Spec matrix = Spec.of(DType.F32, 50, 9);
        twins.check(
                "special numbers",
                1e-6,
                (d, v) -> kernels(twins, d).softmax(v.get(0), v.get(1)),
                matrix.with(new Special()),
                matrix);
    }

    @Test
    void aLabelOutOfBoundsIsReportedWhenTheDeviceIsWaitedFor() {
        for (long label : new long[] {-1, 4, 1L << 40}) {
            View logits = view(DType.F32, 3, 4);
            device.fill(logits, 0.5);
            View labels = view(DType.I64, 3);
            device.upload(MemorySegment.ofArray(new long[] {0, label, 3}), labels.buffer(), 0);
            View losses = view(DType.F32, 3);
            View sums = view(DType.F32, 3);
            kernels(device).crossEntropy(logits, labels, losses, sums);
            var thrown = assertThrows(IndexOutOfBoundsException.class, device::synchronize);
            assertEquals(
                    "index " + label + " is out of bounds for axis 1 of size 4",
                    thrown.getMessage());
            kernels(device).crossEntropyGradient(losses, logits, labels, sums, logits);
            assertThrows(IndexOutOfBoundsException.class, device::synchronize);
            device.synchronize();
        }
    }

    private static View view(DType dtype, int... sizes) {
        Shape shape = Shape.of(sizes);
        return View.of(device.allocate(dtype, shape.elements()), shape);
    }
}
