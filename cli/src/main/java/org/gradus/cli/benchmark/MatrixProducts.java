package org.gradus.cli.benchmark;

import java.util.ArrayList;
import java.util.List;
import org.gradus.device.Device;
import org.gradus.shape.Shape;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/** Products of matrices: squares, the shapes of training steps, and transposed operands. */
final class MatrixProducts {
    private static final int[] SQUARES = {64, 128, 256, 512, 1024, 2048};

    private MatrixProducts() {}

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (int size : SQUARES) {
            cases.add(product(size, size, size, false, false));
        }
        cases.add(product(512, 512, 512, true, false));
        cases.add(product(512, 512, 512, false, true));
        cases.add(product(128, 784, 512, false, true));
        cases.add(product(784, 128, 512, true, false));
        cases.add(product(32, 256, 1024, false, true));
        cases.add(product(2048, 192, 768, false, true));
        cases.add(product(128, 512, 10, false, true));
        cases.add(product(1, 1024, 1024, false, false));
        return cases;
    }

    private static Case product(int m, int k, int n, boolean transposeA, boolean transposeB) {
        String label = "%dx%dx%d".formatted(m, k, n);
        if (transposeA || transposeB) {
            label += transposeA ? " A transposed" : " B transposed";
        }
        return new Case(
                label,
                0,
                2.0 * m * k * n,
                device -> {
                    Generator data = new Generator(0);
                    Tensor a = matrix(data, device, m, k, transposeA);
                    Tensor b = matrix(data, device, k, n, transposeB);
                    return () -> {
                        try (var _ = Scope.open()) {
                            a.matmul(b);
                        }
                    };
                });
    }

    private static Tensor matrix(
            Generator data, Device device, int rows, int columns, boolean transposed) {
        Shape stored = transposed ? Shape.of(columns, rows) : Shape.of(rows, columns);
        Tensor matrix = Training.kept(() -> data.normal(device, stored));
        return transposed ? matrix.mT() : matrix;
    }
}
