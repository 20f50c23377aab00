package org.gradus.tests.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.nn.AlphaDropout;
import org.gradus.nn.ChannelDropout;
import org.gradus.nn.Conv2d;
import org.gradus.nn.DropPath;
import org.gradus.nn.Layer;
import org.gradus.shape.Shape;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tests.conformance.TestDevices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers that leave something out at random. */
class DropoutTest {
    static List<Device> devices() {
        return TestDevices.all();
    }

    @ParameterizedTest
    @MethodSource("devices")
    void alphaDropoutKeepsMeanAndVariance(Device device) {
        try (var _ = Scope.open()) {
            Layer layer = new AlphaDropout(0.3);
            layer.initialize(device, 1);
            Tensor x = new Generator(2).normal(device, Shape.of(100_000));
            Tensor y = layer.apply(x);
            // the error of a mean of so many is 0.003, that of a variance about twice that
            assertEquals(0, y.mean().item(), 0.015);
            assertEquals(1, y.var().item(), 0.03);
            layer.eval();
            assertArrayEquals(x.toFloats(), layer.apply(x).toFloats());
        }
        assertThrows(IllegalArgumentException.class, () -> new AlphaDropout(1));
    }

    @ParameterizedTest
    @MethodSource("devices")
    void aDroppedPathIsThatOfAWholeSample(Device device) {
        check(device, new DropPath(0.25), 12);
    }

    @ParameterizedTest
    @MethodSource("devices")
    void aDroppedChannelIsThatOfOneSample(Device device) {
        check(device, new ChannelDropout(0.25), 6);
    }

    /** Checks that groups of neighbours share a fate, and how often which. */
    private static void check(Device device, Layer layer, int together) {
        try (var _ = Scope.open()) {
            layer.initialize(device, 1);
            Tensor x = Tensor.ones(device, DType.F32, Shape.of(2000, 2, 3, 2)).requireGradient();
            Tensor y = layer.apply(x);
            y.sum().backward();
            float[] values = y.toFloats();
            assertArrayEquals(values, x.gradient().toFloats());
            int groups = values.length / together;
            int dropped = 0;
            for (int i = 0; i < groups; i++) {
                float first = values[i * together];
                assertTrue(first == 0 || Math.abs(first - 1 / 0.75) < 1e-6, "" + first);
                for (int j = 1; j < together; j++) {
                    assertEquals(first, values[i * together + j]);
                }
                dropped += first == 0 ? 1 : 0;
            }
            // a deviation of 0.01 for 2000 groups
            assertEquals(0.25, dropped / (double) groups, 0.04);
            layer.eval();
            assertArrayEquals(x.toFloats(), layer.apply(x).toFloats());
        }
    }

    @Test
    void samePaddingNeedsAStrideOfOne() {
        Conv2d strided = new Conv2d(1, 1, 3).stride(2);
        assertThrows(IllegalArgumentException.class, strided::samePadding);
    }
}
