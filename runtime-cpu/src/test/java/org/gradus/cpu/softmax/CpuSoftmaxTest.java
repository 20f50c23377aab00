package org.gradus.cpu.softmax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.function.IntToDoubleFunction;
import org.gradus.cpu.CpuDevice;
import org.gradus.cpu.TestTensors;
import org.gradus.cpu.TestTensors.Layout;
import org.gradus.device.SoftmaxKernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.Test;

class CpuSoftmaxTest {
    private static final Shape[] SHAPES = {
        Shape.of(1, 1),
        Shape.of(3, 7),
        Shape.of(5, 16),
        Shape.of(2, 33),
        Shape.of(700, 37),
        Shape.of(3, 5001),
        Shape.of(0, 4)
    };

    private final CpuDevice device = new CpuDevice(2);
    private final TestTensors tensors = new TestTensors(device, 1);
    private final SoftmaxKernels kernels =
            device.kernels(SoftmaxKernels.class, DType.F32).orElseThrow();

    private View generate(Shape shape, IntToDoubleFunction value) {
        double[] values = new double[(int) shape.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value.applyAsDouble(i);
        }
        View plain = tensors.of(DType.F32, shape, values);
        View view = tensors.empty(DType.F32, shape, Layout.OFFSET);
        device.copyStrided(plain, view);
        return view;
    }

    /** Logits far from 0, so that a missing shift by the maximum would overflow. */
    private View logits(Shape shape) {
        return generate(shape, i -> 300 + 8 * Math.sin(i * 1.7));
    }

    private static double[] logSoftmax(View x) {
        int n = x.shape().size(1);
        double[] result = TestTensors.toDoubles(x);
        for (int row = 0; row < x.shape().size(0); row++) {
            double max = Double.NEGATIVE_INFINITY;
            for (int i = row * n; i < (row + 1) * n; i++) {
                max = Math.max(max, result[i]);
            }
            double sum = 0;
            for (int i = row * n; i < (row + 1) * n; i++) {
                sum += Math.exp(result[i] - max);
            }
            for (int i = row * n; i < (row + 1) * n; i++) {
                result[i] -= max + Math.log(sum);
            }
        }
        return result;
    }

    @Test
    void softmaxAndItsLogarithmMatchTheDefinition() {
        for (Shape shape : SHAPES) {
            View x = logits(shape);
            View y = tensors.empty(DType.F32, shape, Layout.CONTIGUOUS);
            View z = tensors.empty(DType.F32, shape, Layout.OFFSET);
            kernels.softmax(x, y);
            kernels.logSoftmax(x, z);
            double[] expected = logSoftmax(x);
            for (int i = 0; i < expected.length; i++) {
                double e = Math.exp(expected[i]);
                assertEquals(e, TestTensors.get(y, i), 1e-6 * e + 1e-12);
                assertEquals(expected[i], TestTensors.get(z, i), 1e-5);
            }
        }
    }

    @Test
    void gradientsMatchTheDefinition() {
        for (Shape shape : SHAPES) {
            int n = shape.size(1);
            View x = logits(shape);
            View g = generate(shape, i -> Math.cos(i * 0.3));
            View y = tensors.empty(DType.F32, shape, Layout.CONTIGUOUS);
            View z = tensors.empty(DType.F32, shape, Layout.CONTIGUOUS);
            View dx = tensors.empty(DType.F32, shape, Layout.OFFSET);
            View dz = tensors.empty(DType.F32, shape, Layout.CONTIGUOUS);
            kernels.softmax(x, y);
            kernels.softmaxGradient(g, y, dx);
            kernels.logSoftmax(x, z);
            kernels.logSoftmaxGradient(g, z, dz);
            double[] log = logSoftmax(x);
            for (int row = 0; row < shape.size(0); row++) {
                double dot = 0;
                double sum = 0;
                for (int i = row * n; i < (row + 1) * n; i++) {
                    dot += Math.exp(log[i]) * TestTensors.get(g, i);
                    sum += TestTensors.get(g, i);
                }
                for (int i = row * n; i < (row + 1) * n; i++) {
                    double p = Math.exp(log[i]);
                    double gradient = TestTensors.get(g, i);
                    assertEquals((gradient - dot) * p, TestTensors.get(dx, i), 1e-6);
                    assertEquals(gradient - p * sum, TestTensors.get(dz, i), 1e-5 * (1 + n * p));
                }
            }
        }
    }

    @Test
    void crossEntropyAndItsGradientMatchTheDefinition() {
        for (Shape shape : SHAPES) {
            int rows = shape.size(0);
            int n = shape.size(1);
            View x = logits(shape);
            View labels = tensors.empty(DType.I64, Shape.of(rows), Layout.OFFSET);
            for (int row = 0; row < rows; row++) {
                org.gradus.cpu.CpuBuffer.of(labels).longs()[5 + row] = row * 31L % n;
            }
            View losses = tensors.empty(DType.F32, Shape.of(rows), Layout.CONTIGUOUS);
            View logSums = tensors.empty(DType.F32, Shape.of(rows), Layout.CONTIGUOUS);
            View g = generate(Shape.of(rows), i -> 0.5 + i % 3);
            View dx = tensors.empty(DType.F32, shape, Layout.CONTIGUOUS);
            kernels.crossEntropy(x, labels, losses, logSums);
            kernels.crossEntropyGradient(g, x, labels, logSums, dx);
            double[] log = logSoftmax(x);
            for (int row = 0; row < rows; row++) {
                int label = row * 31 % n;
                assertEquals(-log[row * n + label], TestTensors.get(losses, row), 2e-6 * 16);
                for (int i = 0; i < n; i++) {
                    double p = Math.exp(log[row * n + i]) - (i == label ? 1 : 0);
                    double factor = TestTensors.get(g, row);
                    // log sums near 300 are rounded to 3e-5
                    assertEquals(p * factor, TestTensors.get(dx, row * n + i), 1e-4);
                }
            }
        }
    }

    @Test
    void aLabelThatIsNoClassIsNamed() {
        View x = logits(Shape.of(2, 3));
        View labels = tensors.of(DType.I64, Shape.of(2), 1, 3);
        View out = tensors.empty(DType.F32, Shape.of(2), Layout.CONTIGUOUS);
        IndexOutOfBoundsException e =
                assertThrows(
                        IndexOutOfBoundsException.class,
                        () -> kernels.crossEntropy(x, labels, out, out));
        assertEquals("label 3 is out of bounds for 3 classes", e.getMessage());
    }
}
