package org.gradus.cpu.matmul;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.gradus.cpu.TestViews;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.cpu.vector.VectorProvider;
import org.gradus.device.MatmulOptions;
import org.gradus.device.MatmulOptions.Activation;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Products against a sum in double precision, at sizes around the panels' and blocks'. */
final class MatmulTest {
    private static final int[] SIZES = {0, 1, 2, 5, 6, 7, 15, 16, 17, 31};

    private static final WorkerPool POOL = new WorkerPool(2);
    private static final MicroKernels KERNELS = MicroKernels.ofProcessor();

    /** Each micro-kernel by itself, then all as they are chosen. */
    static Stream<Matmul> implementations() {
        var result = new ArrayList<Matmul>();
        for (MicroKernel kernel : kernels()) {
            result.add(new Matmul(POOL, MicroKernels.untimed(List.of(kernel))));
        }
        result.add(new Matmul(POOL, KERNELS));
        return result.stream();
    }

    /** The scalar kernel, then all vector kernels that the processor can run. */
    private static List<MicroKernel> kernels() {
        var result = new ArrayList<MicroKernel>(List.of(new Scalar4x16()));
        if (VectorProvider.bits() >= 256) {
            result.addAll(List.of(new Plain4x16(), new Plain6x16(), new Fenced6x16()));
        }
        if (VectorProvider.bits() >= 512) {
            result.addAll(List.of(new Wide8x32(), new Wide12x32()));
        }
        return result;
    }

    @AfterAll
    static void closePool() {
        POOL.close();
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void smallSizesOfAllKinds(Matmul matmul) {
        for (int m : SIZES) {
            for (int n : SIZES) {
                for (int k : SIZES) {
                    check(matmul, DType.F32, MatmulOptions.DEFAULT, false, false, m, n, k);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void transposedOperands(Matmul matmul) {
        int[][] shapes = {{1, 1, 1}, {6, 16, 8}, {7, 17, 9}, {13, 31, 300}, {97, 33, 40}};
        for (int[] shape : shapes) {
            for (int transposed = 0; transposed < 4; transposed++) {
                check(
                        matmul,
                        DType.F32,
                        MatmulOptions.DEFAULT,
                        (transposed & 1) != 0,
                        (transposed & 2) != 0,
                        shape);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void sizesThatAreCutIntoBlocks(Matmul matmul) {
        check(matmul, DType.F32, MatmulOptions.DEFAULT, false, false, 131, 149, 701);
        check(matmul, DType.F32, MatmulOptions.DEFAULT, true, true, 211, 523, 331);
        check(matmul, DType.F32, MatmulOptions.DEFAULT, true, false, 1621, 65, 67);
        check(matmul, DType.F32, MatmulOptions.DEFAULT, false, true, 65, 2113, 67);
        check(matmul, DType.F32, MatmulOptions.DEFAULT, false, false, 400, 37, 80);
        check(matmul, DType.F32, MatmulOptions.DEFAULT, false, false, 37, 400, 80);
        var bias = Optional.of(TestViews.random(DType.F32, 7, 397));
        var options = new MatmulOptions(1, 0, bias, Activation.RELU);
        check(matmul, DType.F32, options, false, true, 541, 397, 300);
    }

    @Test
    void operandsThatAreCutBeforeTheyArePacked() {
        var matmul = new Matmul(POOL, KERNELS);
        var bias = Optional.of(TestViews.random(DType.F32, 7, 311));
        var options = new MatmulOptions(0.5, -0.75, bias, Activation.RELU);
        check(matmul, DType.F32, MatmulOptions.DEFAULT, false, true, 311, 307, 4201);
        check(matmul, DType.F32, options, true, true, 307, 311, 4201);
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void biasesLieDenseOrAreOneForAll(Matmul matmul) {
        for (View bias : List.of(TestViews.random(DType.F32, 7, 70), oneForAll(70))) {
            var options = new MatmulOptions(1, 0, Optional.of(bias), Activation.NONE);
            check(matmul, DType.F32, options, false, false, 37, 70, 331);
        }
    }

    private static View oneForAll(int n) {
        View one = TestViews.random(DType.F32, 8, 1);
        return new View(one.buffer(), Shape.of(n), new long[] {0}, one.offset());
    }

    @ParameterizedTest
    @EnumSource(names = {"F64", "F16", "BF16"})
    void otherTypes(DType dtype) {
        var matmul = new Matmul(POOL, KERNELS);
        for (int m : SIZES) {
            for (int k : SIZES) {
                check(matmul, dtype, MatmulOptions.DEFAULT, false, true, m, 17, k);
            }
        }
        check(matmul, dtype, MatmulOptions.DEFAULT, true, false, 67, 131, 300);
        for (MatmulOptions options : options(dtype, 19)) {
            check(matmul, dtype, options, false, false, 23, 19, 29);
            check(matmul, dtype, options, false, false, 23, 19, 0);
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void optionsAreApplied(Matmul matmul) {
        for (int n : new int[] {1, 19, 32, 200}) {
            for (MatmulOptions options : options(DType.F32, n)) {
                for (int m : new int[] {1, 23, 70}) {
                    for (int k : new int[] {0, 29, 331}) {
                        check(matmul, DType.F32, options, false, false, m, n, k);
                    }
                }
            }
        }
    }

    private static List<MatmulOptions> options(DType dtype, int n) {
        var bias = TestViews.fill(TestViews.odd(dtype, new int[] {0}, 1, n), 7);
        var result = new ArrayList<MatmulOptions>();
        for (double beta : new double[] {0, 1, -0.75}) {
            for (var activation : Activation.values()) {
                result.add(new MatmulOptions(0.5, beta, Optional.empty(), activation));
                result.add(new MatmulOptions(1, beta, Optional.of(bias), activation));
            }
        }
        return result;
    }

    @Test
    void anyStridesOfAllThree() {
        var matmul = new Matmul(POOL, KERNELS);
        int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {2, 1, 0}};
        for (DType dtype : new DType[] {DType.F32, DType.F64, DType.BF16}) {
            for (int[] order : orders) {
                for (int flipped = 0; flipped < 8; flipped++) {
                    var a = TestViews.fill(TestViews.odd(dtype, order, flipped, 3, 21, 34), 1);
                    var b = TestViews.fill(TestViews.odd(dtype, order, flipped, 3, 34, 43), 2);
                    var c = TestViews.odd(dtype, order, flipped, 3, 21, 43);
                    check(matmul, a, b, c, MatmulOptions.DEFAULT);
                }
            }
        }
    }

    @Test
    void broadcastAxesHaveStrideZero() {
        var matmul = new Matmul(POOL, KERNELS);
        for (int batch : new int[] {1, 2, 5}) {
            var shape = Shape.of(4, batch, 9, 20);
            var a = TestViews.random(DType.F32, 1, 4, batch, 9, 20);
            var b = TestViews.random(DType.F32, 2, 20, 18);
            var c = TestViews.poisoned(DType.F32, 4, batch, 9, 18);
            check(matmul, a, b.expand(Shape.of(4, batch, 20, 18)), c, MatmulOptions.DEFAULT);
            var oneA = TestViews.random(DType.F32, 3, 4, 1, 9, 20);
            var allB = TestViews.random(DType.F32, 4, 4, batch, 20, 18);
            check(matmul, oneA.expand(shape), allB, c, MatmulOptions.DEFAULT);
            var sameRow = TestViews.random(DType.F32, 5, 4, batch, 1, 20);
            check(matmul, sameRow.expand(shape), allB, c, MatmulOptions.DEFAULT);
        }
    }

    @Test
    void manySmallProducts() {
        var a = TestViews.random(DType.F32, 1, 7, 5, 33, 16);
        var b = TestViews.random(DType.F32, 2, 7, 5, 16, 33);
        var c = TestViews.poisoned(DType.F32, 7, 5, 33, 33);
        check(new Matmul(POOL, KERNELS), a, b, c, MatmulOptions.DEFAULT);
    }

    @Test
    void infinitiesStayInTheirRowAndColumn() {
        var a = TestViews.random(DType.F32, 1, 13, 20);
        var b = TestViews.random(DType.F32, 2, 20, 37);
        TestViews.set(a, 12 * 20 + 3, Double.POSITIVE_INFINITY);
        TestViews.set(b, 5 * 37 + 36, Double.NaN);
        check(
                new Matmul(POOL, KERNELS),
                a,
                b,
                TestViews.poisoned(DType.F32, 13, 37),
                MatmulOptions.DEFAULT);
    }

    @Test
    void numberOfThreadsDoesNotShow() {
        int[][] shapes = {
            {256, 256, 256}, {131, 523, 701}, {1, 700, 400}, {700, 1, 400}, {37, 2300, 300}
        };
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            for (int[] shape : shapes) {
                var a = TestViews.random(dtype, 1, shape[0], shape[2]);
                var b = TestViews.random(dtype, 2, shape[2], shape[1]);
                double[] expected = null;
                for (int threads = 1; threads <= 3; threads++) {
                    try (var pool = new WorkerPool(threads)) {
                        var c = TestViews.poisoned(dtype, shape[0], shape[1]);
                        new Matmul(pool, KERNELS).matmul(a, b, c, MatmulOptions.DEFAULT);
                        expected = expected == null ? TestViews.values(c) : expected;
                        assertArrayEquals(expected, TestViews.values(c));
                    }
                }
            }
        }
    }

    @Test
    void kernelsGiveTheSameBits() {
        var a = TestViews.random(DType.F32, 1, 211, 701);
        var b = TestViews.random(DType.F32, 2, 701, 149);
        double[] expected = null;
        for (MicroKernel kernel : kernels().subList(Scalar4x16.FUSED ? 0 : 1, kernels().size())) {
            var c = TestViews.poisoned(DType.F32, 211, 149);
            new Matmul(POOL, MicroKernels.untimed(List.of(kernel)))
                    .matmul(a, b, c, MatmulOptions.DEFAULT);
            expected = expected == null ? TestViews.values(c) : expected;
            assertArrayEquals(expected, TestViews.values(c), kernel.toString());
        }
    }

    @Test
    void integersAreRefused() {
        var view = TestViews.poisoned(DType.I64, 2, 2);
        var matmul = new Matmul(POOL, KERNELS);
        assertThrows(
                IllegalArgumentException.class,
                () -> matmul.matmul(view, view, view, MatmulOptions.DEFAULT));
    }

    /** Checks a product of dense operands; {@code shape} is {@code m, n, k}. */
    private static void check(
            Matmul matmul,
            DType dtype,
            MatmulOptions options,
            boolean transposeA,
            boolean transposeB,
            int... shape) {
        int m = shape[0];
        int n = shape[1];
        int k = shape[2];
        var a =
                transposeA
                        ? transposed(TestViews.random(dtype, 1, k, m))
                        : TestViews.random(dtype, 1, m, k);
        var b =
                transposeB
                        ? transposed(TestViews.random(dtype, 2, n, k))
                        : TestViews.random(dtype, 2, k, n);
        var c = TestViews.poisoned(dtype, m, n);
        check(matmul, a, b, options.beta() == 0 ? c : TestViews.fill(c, 3), options);
    }

    private static View transposed(View view) {
        return new View(
                view.buffer(),
                Shape.of(view.shape().size(1), view.shape().size(0)),
                new long[] {view.strides()[1], view.strides()[0]},
                view.offset());
    }

    private static void check(Matmul matmul, View a, View b, View c, MatmulOptions options) {
        double[] left = TestViews.values(a);
        double[] right = TestViews.values(b);
        double[] before = TestViews.values(c);
        matmul.matmul(a, b, c, options);
        int m = c.shape().size(-2);
        int n = c.shape().size(-1);
        int k = a.shape().size(-1);
        double tolerance = tolerance(c.dtype(), k);
        for (int i = 0; i < before.length; i++) {
            int column = i % n;
            int row = i / n % m;
            int product = i / n / m;
            double sum = 0;
            for (int j = 0; j < k; j++) {
                sum += left[(product * m + row) * k + j] * right[(product * k + j) * n + column];
            }
            double expected = options.alpha() * sum;
            if (options.beta() != 0) {
                expected += options.beta() * before[i];
            }
            if (options.bias().isPresent()) {
                expected += TestViews.get(options.bias().get(), column);
            }
            if (options.activation() == Activation.RELU) {
                expected = Math.max(expected, 0);
            }
            double actual = TestViews.get(c, i);
            if (!(Math.abs(expected - actual) <= tolerance * (1 + Math.abs(expected)))) {
                assertEquals(expected, actual, a + " @ " + b + " = " + c + " at " + i);
            }
        }
    }

    /**
     * Each of {@code k} steps rounds a partial sum, which grows with the root of {@code k}: the
     * errors add up in proportion to {@code k}. For short types it is the rounding of storing.
     */
    private static double tolerance(DType dtype, int k) {
        return switch (dtype) {
            case F64 -> 0x1p-53 * (k + 8);
            case F32 -> 0x1p-24 * (k + 8);
            case F16 -> 0x1p-10;
            default -> 0x1p-7;
        };
    }
}
