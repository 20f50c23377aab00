package org.gradus.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.gradus.cpu.vector.VectorProvider;
import org.junit.jupiter.api.DynamicTest;

/**
 * Vector code against the plain code that stands in for it until it is compiled: the same bits, and
 * nothing else touched.
 */
public final class Twins {
    /** Arrays that code may read and write. */
    public static final int ARRAYS = 5;

    /** The length of each array. */
    public static final int LENGTH = 2000;

    private static final int[] COUNTS = {1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100};

    private Twins() {}

    /**
     * Runs some of the code.
     *
     * @param <T> what there is in both kinds
     */
    @FunctionalInterface
    public interface Run<T> {
        /** Returns a number that is compared, too. */
        float of(T code, float[][] arrays, int count);
    }

    /**
     * Runs some of the code that only writes.
     *
     * @param <T> what there is in both kinds
     */
    @FunctionalInterface
    public interface Writing<T> {
        /** Runs it. */
        void run(T code, float[][] arrays, int count);
    }

    /** Returns a run that has no result but what it writes. */
    public static <T> Run<T> writing(Writing<T> run) {
        return (code, arrays, count) -> {
            run.run(code, arrays, count);
            return 0;
        };
    }

    /**
     * Compares both kinds for many counts.
     *
     * @param bits the narrowest vectors for which there is vector code
     */
    public static <T> Stream<DynamicTest> compare(
            T plain, int bits, Supplier<? extends T> vectors, Map<String, Run<T>> runs) {
        return runs.entrySet().stream()
                .map(
                        run ->
                                DynamicTest.dynamicTest(
                                        run.getKey(),
                                        () -> compare(plain, bits, vectors, run.getValue())));
    }

    private static <T> void compare(T plain, int bits, Supplier<? extends T> vectors, Run<T> run) {
        assumeTrue(VectorProvider.bits() >= bits, VectorProvider.description());
        for (int count : COUNTS) {
            float[][] expected = numbers();
            float[][] found = numbers();
            float result = run.of(plain, expected, count);
            assertEquals(bits(result), bits(run.of(vectors.get(), found, count)), "count " + count);
            for (int i = 0; i < ARRAYS; i++) {
                assertArrayEquals(bits(expected[i]), bits(found[i]), "count " + count + ", " + i);
            }
        }
    }

    /** Random numbers, large ones among them. */
    private static float[][] numbers() {
        Random random = new Random(1);
        float[][] arrays = new float[ARRAYS][LENGTH];
        for (float[] array : arrays) {
            for (int i = 0; i < LENGTH; i++) {
                array[i] = (float) random.nextGaussian() * (i % 5 == 0 ? 40 : 1);
            }
        }
        return arrays;
    }

    private static int[] bits(float[] numbers) {
        int[] result = new int[numbers.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = bits(numbers[i]);
        }
        return result;
    }

    /** All NaNs count as one. */
    private static int bits(float number) {
        return Float.floatToIntBits(number);
    }
}
