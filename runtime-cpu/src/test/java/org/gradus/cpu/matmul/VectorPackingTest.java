package org.gradus.cpu.matmul;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.gradus.cpu.vector.VectorProvider;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packing with vectors beside packing element by element. */
@EnabledIf("hasVectors")
final class VectorPackingTest {
    private static final int PANELS = 3;
    private static final int SLACK = 16;

    static boolean hasVectors() {
        return VectorProvider.bits() >= MicroKernels.VECTOR_BITS;
    }

    private static List<Packing> packings() {
        return VectorProvider.bits() >= MicroKernels.WIDE_BITS
                ? List.of(new VectorPacking(), new WidePacking())
                : List.of(new VectorPacking());
    }

    private static float[] random(int length) {
        var random = new Random(length);
        float[] result = new float[length];
        for (int i = 0; i < length; i++) {
            result[i] = random.nextFloat();
        }
        return result;
    }

    /** Only lines that exist count: what is packed in place of others nobody reads. */
    private static void clearMissing(float[] packed, int lines, int depth, int width) {
        for (int line = lines; line < PANELS * width; line++) {
            for (int k = 0; k < depth; k++) {
                packed[line / width * width * depth + k * width + line % width] = 0;
            }
        }
    }

    @ParameterizedTest(name = "{0} lines of {1}, {2} to a panel")
    @CsvSource({
        "48, 16, 16",
        "47, 17, 16",
        "33, 1, 16",
        "36, 9, 12",
        "25, 33, 12",
        "18, 7, 6",
        "13, 8, 6",
        "12, 40, 4",
        "24, 5, 8",
        "17, 3, 8",
        "36, 16, 12",
        "35, 40, 12",
        "48, 35, 16",
        "41, 19, 16"
    })
    void packsWhatPlainCodePacks(int lines, int depth, int width) {
        int stride = 41;
        float[] rows = random((lines + 1) * stride + SLACK);
        float[] columns = random((depth + 1) * (lines + 5) + SLACK);
        int size = PANELS * width * depth + SLACK;
        int[] starts = new int[width];
        for (int i = 0; i < width; i++) {
            starts[i] = i * 7 % 11;
        }
        for (int way = 0; way < 3; way++) {
            float[] expected = new float[size];
            float[] actual = new float[size];
            pack(new ScalarPacking(), way, rows, columns, stride, lines, depth, starts, expected);
            clearMissing(expected, way == 2 ? width - 1 : lines, depth, width);
            for (Packing packing : packings()) {
                Arrays.fill(actual, 0);
                pack(packing, way, rows, columns, stride, lines, depth, starts, actual);
                clearMissing(actual, way == 2 ? width - 1 : lines, depth, width);
                assertArrayEquals(expected, actual, "way " + way + " of " + packing);
            }
        }
    }

    private static void pack(
            Packing packing,
            int way,
            float[] rows,
            float[] columns,
            int stride,
            int lines,
            int depth,
            int[] starts,
            float[] target) {
        int width = starts.length;
        switch (way) {
            case 0 -> packing.pack(rows, 1, stride, 1, lines, depth, width, 0, PANELS, target, 0);
            case 1 ->
                    packing.pack(
                            columns, 2, 1, lines + 5, lines, depth, width, 0, PANELS, target, 0);
            default -> packing.packLines(rows, 3, starts, 0, width - 1, depth, width, target, 0);
        }
    }
}
