package org.gradus.cpu.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.gradus.cpu.CpuDevice;
import org.gradus.cpu.TestTensors;
import org.gradus.cpu.TestTensors.Layout;
import org.gradus.device.MultiTensorKernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Program;
import org.gradus.expr.Scalars;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.Test;

class CpuMultiTensorTest {
    private static final Shape[] SHAPES = {
        Shape.of(1),
        Shape.of(7),
        Shape.of(0),
        Shape.of(300, 200),
        Shape.of(16),
        Shape.scalar(),
        Shape.of(1025),
        Shape.of(3, 3, 3, 3)
    };

    private final CpuDevice device = new CpuDevice(2);
    private final TestTensors tensors = new TestTensors(device, 1);
    private final MultiTensorKernels kernels =
            device.kernels(MultiTensorKernels.class, DType.F32).orElseThrow();

    private View wave(Shape shape) {
        double[] values = new double[(int) shape.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.sin(i * 0.37 + values.length);
        }
        return tensors.of(DType.F32, shape, values);
    }

    @Test
    void allGroupsAreUpdatedInPlaceAsOneAfterTheOther() {
        Expr w = Expr.input(0, DType.F32);
        Expr g = Expr.input(1, DType.F32);
        Expr m = Expr.input(2, DType.F32);
        Expr momentum = m.multiply(0.9).add(g);
        Expr rate = Expr.scalar(0, DType.F32);
        Program program = Program.of(momentum, w.subtract(momentum.multiply(rate)));
        long[] scalars = {Scalars.encode(0.1, DType.F32)};
        List<List<View>> inputs = new ArrayList<>();
        List<List<View>> outputs = new ArrayList<>();
        List<double[]> expected = new ArrayList<>();
        for (Shape shape : SHAPES) {
            List<View> in = List.of(wave(shape), wave(shape), wave(shape));
            List<View> out =
                    List.of(
                            tensors.empty(DType.F32, shape, Layout.CONTIGUOUS),
                            tensors.empty(DType.F32, shape, Layout.CONTIGUOUS));
            device.map(program, shape, scalars, in, out);
            expected.add(TestTensors.toDoubles(out.get(0)));
            expected.add(TestTensors.toDoubles(out.get(1)));
            inputs.add(in);
            outputs.add(List.of(in.get(2), in.get(0)));
        }
        kernels.map(program, scalars, inputs, outputs);
        for (int i = 0; i < outputs.size(); i++) {
            for (int k = 0; k < 2; k++) {
                double[] actual = TestTensors.toDoubles(outputs.get(i).get(k));
                assertArrayEquals(expected.get(2 * i + k), actual);
            }
        }
    }

    @Test
    void theSumOfSquaresCountsEveryElement() {
        List<View> views = new ArrayList<>();
        double expected = 0;
        for (Shape shape : SHAPES) {
            View view = wave(shape);
            views.add(view);
            for (double x : TestTensors.toDoubles(view)) {
                expected += x * x;
            }
        }
        View out = tensors.empty(DType.F32, Shape.scalar(), Layout.OFFSET);
        kernels.sumOfSquares(views, out);
        assertEquals(expected, TestTensors.get(out, 0), expected * 1e-6);
        kernels.sumOfSquares(List.of(), out);
        assertEquals(0, TestTensors.get(out, 0));
    }
}
