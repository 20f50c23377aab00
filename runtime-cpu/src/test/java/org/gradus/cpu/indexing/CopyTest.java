package org.gradus.cpu.indexing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.gradus.cpu.CpuDevice;
import org.gradus.cpu.Elements;
import org.gradus.cpu.TestTensors;
import org.gradus.cpu.TestTensors.Layout;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.Test;

class CopyTest {
    private static final Shape[] SHAPES = {
        Shape.scalar(),
        Shape.of(0),
        Shape.of(1),
        Shape.of(7),
        Shape.of(3, 5, 7),
        Shape.of(129, 67),
        Shape.of(2, 70_001),
        Shape.of(4, 0, 3),
        Shape.of(6, 40, 50),
        Shape.of(5, 1, 33, 2)
    };

    private final CpuDevice device = new CpuDevice(2);
    private final TestTensors tensors = new TestTensors(device, 7);

    @Test
    void everyLayoutCopiesToEveryOther() {
        for (DType type : DType.values()) {
            for (Shape shape : SHAPES) {
                if (shape.elements() > 10_000 && type != DType.F32) {
                    continue;
                }
                for (Layout from : Layout.values()) {
                    View source = tensors.random(type, shape, from);
                    double[] expected = TestTensors.toDoubles(source);
                    for (int to = 0; to < 5; to++) {
                        View target = tensors.empty(type, shape, Layout.values()[to]);
                        device.copyStrided(source, target);
                        assertArrayEquals(expected, TestTensors.toDoubles(target));
                    }
                }
            }
        }
    }

    @Test
    void fillingLeavesWhatIsBetweenAlone() {
        for (DType type : DType.values()) {
            for (Shape shape : SHAPES) {
                View view = tensors.random(type, shape, Layout.GAPS);
                Object array = org.gradus.cpu.CpuBuffer.of(view).array();
                double[] before = new double[(int) view.buffer().length()];
                for (int i = 0; i < before.length; i++) {
                    before[i] = Elements.getDouble(array, type, i);
                }
                device.fill(view, 1);
                int filled = 0;
                for (int i = 0; i < before.length; i++) {
                    double now = Elements.getDouble(array, type, i);
                    filled += now == 1 && before[i] != 1 ? 1 : 0;
                    if (i % 3 != 0) {
                        assertEquals(before[i], now);
                    }
                }
                for (double x : TestTensors.toDoubles(view)) {
                    assertEquals(1, x);
                }
                assertEquals(true, filled <= shape.elements());
            }
        }
    }
}
