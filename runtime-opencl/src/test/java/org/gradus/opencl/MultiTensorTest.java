package org.gradus.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.gradus.device.Device;
import org.gradus.device.MultiTensorKernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Program;
import org.gradus.expr.Scalars;
import org.gradus.opencl.Twins.Spec;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is done to many tensors at once, against the CPU. */
class MultiTensorTest {
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

    private static MultiTensorKernels kernels(Twins twins, Device device) {
        return twins.kernels(device, MultiTensorKernels.class);
    }

    private static MultiTensorKernels kernels(Device device) {
        return device.kernels(MultiTensorKernels.class, DType.F32).orElseThrow();
    }

    /** Momentum: two inputs and outputs for each tensor, in place. */
    private static Program momentum() {
        Expr weight = Expr.input(0, DType.F32);
        Expr gradient = Expr.input(1, DType.F32);
        Expr velocity = Expr.input(2, DType.F32);
        Expr rate = Expr.scalar(0, DType.F32);
        Expr next = velocity.multiply(Expr.constant(0.9, DType.F32)).add(gradient);
        return Program.of(weight.subtract(rate.multiply(next)), next);
    }

    /** Steps tensors of the given sizes, and adds up their squares. */
    static void check(Twins twins, int... sizes) {
        List<Spec> specs = new ArrayList<>();
        for (int size : sizes) {
            for (int i = 0; i < 3; i++) {
                specs.add(Spec.of(DType.F32, size));
            }
        }
        specs.add(Spec.statistic());
        long[] scalars = {Scalars.encode(0.1, DType.F32)};
        twins.check(
                sizes.length + " tensors",
                2e-6,
                (d, v) -> {
                    List<List<View>> inputs = new ArrayList<>();
                    List<List<View>> outputs = new ArrayList<>();
                    for (int i = 0; i < v.size() - 1; i += 3) {
                        inputs.add(v.subList(i, i + 3));
                        outputs.add(List.of(v.get(i), v.get(i + 2)));
                    }
                    kernels(twins, d).map(momentum(), scalars, inputs, outputs);
                    kernels(twins, d).sumOfSquares(v.subList(0, v.size() - 1), v.getLast());
                },
                specs.toArray(Spec[]::new));
    }

    @Test
    void everyTensorIsStepped() {
        check(twins, 1, 0, 17, 1000, 300_000, 3);
        check(twins, 40_000);
        check(twins, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24);
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void isTheSameInSixteenBits(DType type) {
        check(twins.storing(type), 1, 0, 17, 1000, 40_000, 3);
    }

    @Test
    void noTensorsAreNothing() {
        View sum = View.of(device.allocate(DType.F32, 1), Shape.scalar());
        device.fill(sum, Double.NaN);
        kernels(device).map(momentum(), new long[1], List.of(), List.of());
        kernels(device).sumOfSquares(List.of(), sum);
        float[] result = new float[1];
        device.download(sum.buffer(), 0, MemorySegment.ofArray(result));
        assertEquals(0f, result[0]);
    }

    @Test
    void tensorsMayHaveGaps() {
        twins.check(
                "a sum of squares",
                2e-6,
                (d, v) -> kernels(twins, d).sumOfSquares(v.subList(0, 3), v.get(3)),
                Spec.of(DType.F32, 7, 9).transposed(),
                Spec.of(DType.F32, 100).spread(),
                Spec.of(DType.F32, 3, 3, 3).flipped(),
                Spec.of(DType.F32));
    }
}
