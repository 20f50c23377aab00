package org.gradus.kernels;

import java.util.List;
import java.util.Optional;
import org.gradus.device.AttentionKernels;
import org.gradus.device.ConvolutionKernels;
import org.gradus.device.CtcKernels;
import org.gradus.device.Kernels;
import org.gradus.device.MultiTensorKernels;
import org.gradus.device.NormalizationKernels;
import org.gradus.device.PoolingKernels;
import org.gradus.device.RecurrentKernels;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.device.SoftmaxKernels;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Program;
import org.gradus.kernels.families.KernelFamilies;
import org.gradus.shape.Shape;

/** Launches every kernel of every family, with all settings that its text depends on. */
final class FamilyLaunches {
    private final RecordingLauncher launcher;
    private final DType type;

    FamilyLaunches(RecordingLauncher launcher, DType type) {
        this.launcher = launcher;
        this.type = type;
    }

    private View view(int... sizes) {
        return view(type, sizes);
    }

    private View view(DType dtype, int... sizes) {
        Shape shape = Shape.of(sizes);
        return View.of(launcher.allocate(dtype, shape.elements()), shape);
    }

    private <K extends Kernels> K family(Class<K> family) {
        return new KernelFamilies(launcher).find(family, type).orElseThrow();
    }

    void all() {
        convolutions();
        pooling();
        normalization();
        softmax();
        attention();
        recurrence();
        alignment();
        manyTensors();
    }

    private void convolutions() {
        ConvolutionKernels convolution = family(ConvolutionKernels.class);
        Window window = new Window(new int[] {3}, new int[] {2}, new int[] {1}, new int[] {1});
        Window inside = new Window(new int[] {3}, new int[] {1}, new int[] {0}, new int[] {1});
        for (int filters : new int[] {2, 6, 12, 24, 70}) {
            View image = view(2, 2, 99);
            View weight = view(filters, 2, 3);
            View output = view(2, filters, 50);
            View bias = view(filters);
            convolution.forward(image, weight, Optional.of(bias), window, 1, output);
            View wide = view(2, filters, 97);
            convolution.forward(image, weight, Optional.empty(), inside, 1, wide);
            convolution.inputGradient(output, weight, window, 1, image);
            convolution.weightGradient(image, output, window, 1, weight);
        }
    }

    private void pooling() {
        PoolingKernels pooling = family(PoolingKernels.class);
        Window window = new Window(new int[] {3}, new int[] {2}, new int[] {1}, new int[] {1});
        View image = view(2, 3, 99);
        View output = view(2, 3, 50);
        pooling.maximum(image, window, output, view(DType.I64, 2, 3, 50));
        for (boolean countPadding : new boolean[] {false, true}) {
            pooling.average(image, window, countPadding, output);
            pooling.averageGradient(output, window, countPadding, image);
        }
    }

    private void normalization() {
        NormalizationKernels normalization = family(NormalizationKernels.class);
        View row = view(5);
        View rows = view(DType.F32, 9);
        View channels = view(DType.F32, 5);
        View matrix = view(9, 5);
        for (Optional<View> weight : List.of(Optional.of(row), Optional.<View>empty())) {
            for (int inner : new int[] {1, 40}) {
                View image = view(3, 5, inner);
                normalization.batch(image, weight, weight, 1e-5, image, channels, channels);
                normalization.batchGradient(
                        image, image, weight, channels, channels, image, row, row);
            }
            normalization.layer(matrix, weight, weight, 1e-5, matrix, rows, rows);
            normalization.layerGradient(matrix, matrix, weight, rows, rows, matrix, row, row);
            normalization.rms(matrix, weight, 1e-5, matrix, rows);
            normalization.rmsGradient(matrix, matrix, weight, rows, matrix, row);
        }
    }

    private void softmax() {
        SoftmaxKernels softmax = family(SoftmaxKernels.class);
        View matrix = view(9, 5);
        View labels = view(DType.I64, 9);
        View sums = view(DType.F32, 9);
        softmax.softmax(matrix, matrix);
        softmax.softmaxGradient(matrix, matrix, matrix);
        softmax.logSoftmax(matrix, matrix);
        softmax.logSoftmaxGradient(matrix, matrix, matrix);
        softmax.crossEntropy(matrix, labels, view(9), sums);
        softmax.crossEntropyGradient(view(9), matrix, labels, sums, matrix);
    }

    private void attention() {
        AttentionKernels attention = family(AttentionKernels.class);
        for (int size : new int[] {24, 100}) {
            View x = view(2, 3, 40, size);
            View sums = view(DType.F32, 2, 3, 40);
            View mask = view(2, 3, 40, 40);
            for (Optional<View> some : List.of(Optional.of(mask), Optional.<View>empty())) {
                attention.forward(x, x, x, some, true, 1, x, sums);
                attention.backward(x, x, x, x, some, true, 1, x, sums, x, x, x);
            }
        }
    }

    private void recurrence() {
        RecurrentKernels recurrent = family(RecurrentKernels.class);
        for (Cell cell : Cell.values()) {
            View inputs = view(2, 3, 5 * cell.gates());
            View weight = view(5 * cell.gates(), 5);
            View initial = view(cell.states(), 3, 5);
            View states = view(cell.states(), 2, 3, 5);
            View kept = view(DType.F32, 2, 3, 5 * cell.kept());
            View lengths = view(DType.I64, 3);
            Optional<View> both = cell == Cell.GRU ? Optional.of(inputs) : Optional.empty();
            for (Optional<View> some : List.of(Optional.of(lengths), Optional.<View>empty())) {
                recurrent.forward(
                        cell, inputs, weight, Optional.empty(), initial, some, false, states, kept);
                recurrent.backward(
                        cell, states, weight, initial, some, false, states, kept, inputs, both,
                        initial);
            }
        }
    }

    private void alignment() {
        CtcKernels ctc = family(CtcKernels.class);
        View logs = view(DType.F32, 4, 3, 5);
        View losses = view(DType.F32, 3);
        View sums = view(DType.F32, 3, 4, 5);
        View labels = view(DType.I64, 3, 2);
        View counts = view(DType.I64, 3);
        var targets = new CtcKernels.Targets(labels, counts, counts, 0);
        ctc.likelihoods(logs, targets, losses, sums);
        ctc.gradient(losses, logs, targets, losses, sums, logs);
    }

    private void manyTensors() {
        MultiTensorKernels kernels = family(MultiTensorKernels.class);
        kernels.sumOfSquares(List.of(view(9, 5), view(5)), view(DType.F32));
        Expr sum = Expr.input(0, DType.F32).add(Expr.input(1, DType.F32));
        Program program = Program.of(sum, sum.multiply(Expr.scalar(0, DType.F32)));
        List<View> some = List.of(view(70), view(70));
        List<View> more = List.of(view(3, 4), view(3, 4));
        // in place, and with one output that is no input
        kernels.map(program, new long[1], List.of(some, more), List.of(some, more));
        kernels.map(
                program,
                new long[1],
                List.of(some, more),
                List.of(List.of(some.get(1), view(70)), List.of(more.get(1), view(3, 4))));
    }
}
