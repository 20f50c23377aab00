package org.gradus.cpu.convolution;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.stream.Stream;
import org.gradus.cpu.TestViews;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Unfold and fold against the definition. */
final class ColumnsTest {
    private static final WorkerPool POOL = new WorkerPool(2);

    @AfterAll
    static void closePool() {
        POOL.close();
    }

    /** An image {@code [batch, channels, spatial...]} and a window over it. */
    record Case(DType dtype, int[] image, Window window) {
        int[] columns() {
            int positions = 1;
            for (int axis = 0; axis < window.rank(); axis++) {
                positions *= window.outputSize(axis, image[axis + 2]);
            }
            return of(image[0], image[1] * window.elements(), positions);
        }

        @Override
        public String toString() {
            return dtype + Arrays.toString(image) + " " + window;
        }
    }

    private static int[] of(int... values) {
        return values;
    }

    static Stream<Case> cases() {
        return Stream.of(DType.F32, DType.F64, DType.F16, DType.BF16)
                .flatMap(
                        dtype ->
                                Stream.of(
                                        new Case(
                                                dtype,
                                                of(2, 3, 7, 8),
                                                new Window(of(3, 2), of(1, 2), of(1, 0), of(1, 1))),
                                        new Case(
                                                dtype,
                                                of(1, 2, 5, 5),
                                                new Window(of(2, 2), of(3, 3), of(2, 2), of(2, 2))),
                                        new Case(
                                                dtype,
                                                of(2, 3, 17),
                                                new Window(of(5), of(2), of(4), of(1))),
                                        new Case(
                                                dtype,
                                                of(2, 2, 4, 5, 6),
                                                new Window(
                                                        of(2, 3, 2),
                                                        of(1, 2, 1),
                                                        of(1, 1, 0),
                                                        of(2, 1, 1))),
                                        new Case(
                                                dtype,
                                                of(1, 1, 1),
                                                new Window(of(1), of(1), of(0), of(1)))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void unfoldCopiesWindows(Case c) {
        var input = TestViews.random(c.dtype, 1, c.image);
        var output = TestViews.poisoned(c.dtype, c.columns());
        new Columns(POOL).unfold(input, c.window, output);
        assertArrayEquals(unfolded(c, TestViews.values(input)), TestViews.values(output));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void unfoldTakesAnyStrides(Case c) {
        int[] order = new int[c.image.length];
        for (int axis = 0; axis < order.length; axis++) {
            order[axis] = order.length - 1 - axis;
        }
        var input = TestViews.fill(TestViews.odd(c.dtype, order, 5, c.image), 1);
        var output = TestViews.odd(c.dtype, of(2, 0, 1), 6, c.columns());
        new Columns(POOL).unfold(input, c.window, output);
        assertArrayEquals(unfolded(c, TestViews.values(input)), TestViews.values(output));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void foldIsTheAdjoint(Case c) {
        var columns = TestViews.random(c.dtype, 1, c.columns());
        check(c, columns, TestViews.poisoned(c.dtype, c.image));
        int[] order = new int[c.image.length];
        for (int axis = 0; axis < order.length; axis++) {
            order[axis] = order.length - 1 - axis;
        }
        var odd = TestViews.fill(TestViews.odd(c.dtype, of(1, 2, 0), 5, c.columns()), 1);
        check(c, odd, TestViews.odd(c.dtype, order, 2, c.image));
    }

    @Test
    void foldOfNothingIsZero() {
        var window = new Window(of(3), of(1), of(0), of(1));
        var columns = TestViews.poisoned(DType.F32, 2, 6, 0);
        var image = TestViews.poisoned(DType.F32, 2, 2, 2);
        new Columns(POOL).fold(columns, window, image);
        assertArrayEquals(new double[8], TestViews.values(image));
    }

    private static void check(Case c, View columns, View image) {
        new Columns(POOL).fold(columns, c.window, image);
        double[] expected = new double[(int) image.elements()];
        double[] values = TestViews.values(columns);
        int[] sources = sources(c);
        for (int i = 0; i < values.length; i++) {
            if (sources[i] >= 0) {
                expected[sources[i]] += values[i];
            }
        }
        double rounding =
                switch (c.dtype) {
                    case F64 -> 1e-14;
                    case F32 -> 1e-6;
                    case F16 -> 0x1p-8;
                    default -> 0x1p-5;
                };
        assertArrayEquals(expected, TestViews.values(image), rounding);
    }

    private static double[] unfolded(Case c, double[] image) {
        int[] sources = sources(c);
        double[] result = new double[sources.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = sources[i] < 0 ? 0 : image[sources[i]];
        }
        return result;
    }

    /** Returns for each element of the columns the image's element, or -1 beyond the edge. */
    private static int[] sources(Case c) {
        int[] columns = c.columns();
        int[] result = new int[columns[0] * columns[1] * columns[2]];
        for (int i = 0; i < result.length; i++) {
            int position = i % columns[2];
            int element = i / columns[2] % columns[1];
            int at = 0;
            int scale = 1;
            boolean inside = true;
            for (int axis = c.window.rank() - 1; axis >= 0; axis--) {
                int size = c.image[axis + 2];
                int count = c.window.outputSize(axis, size);
                int index =
                        position % count * c.window.stride()[axis]
                                + element % c.window.kernel()[axis] * c.window.dilation()[axis]
                                - c.window.padding()[axis];
                inside &= index >= 0 && index < size;
                at += index * scale;
                scale *= size;
                position /= count;
                element /= c.window.kernel()[axis];
            }
            int plane = i / columns[2] / columns[1] * c.image[1] + element;
            result[i] = inside ? plane * scale + at : -1;
        }
        return result;
    }
}
