package org.gradus.cpu.matmul;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import org.gradus.cpu.vector.VectorProvider;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums of lines with vectors beside those without. */
@EnabledIf("hasVectors")
final class LineSumsTest {
    static boolean hasVectors() {
        return VectorProvider.bits() >= LineSums.VECTOR_BITS;
    }

    private static float[] random(int length) {
        var random = new Random(length);
        float[] result = new float[length];
        for (int i = 0; i < length; i++) {
            result[i] = random.nextFloat() - 0.5f;
        }
        return result;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 15, 16, 17, 64, 101})
    void vectorsGiveTheBitsOfPlainCode(int lines) {
        int stride = lines + 3;
        float[] x = random(LineSums.ROWS * stride + 2);
        float[] factors = random(LineSums.ROWS + 1);
        float[] expected = random(lines + 5);
        float[] actual = expected.clone();
        new PlainLineSums().add(x, 2, stride, factors, 1, lines, expected);
        new VectorLineSums().add(x, 2, stride, factors, 1, lines, actual);
        assertArrayEquals(expected, actual);
    }
}
