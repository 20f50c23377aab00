package org.gradus.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.junit.jupiter.api.Test;

class DatasetTest {
    private static final Transform RANDOM =
            (sample, random) ->
                    Sample.of(
                            HostArray.of(new long[] {random.nextLong()}, Shape.scalar()),
                            sample.target());

    @Test
    void aBatchIsTheStackOfItsSamples() {
        for (var dtype : DType.values()) {
            var inputs = HostArray.zeros(dtype, Shape.of(4, 2, 3));
            for (int i = 0; i < inputs.data().byteSize(); i++) {
                inputs.data().set(ValueLayout.JAVA_BYTE, i, (byte) i);
            }
            var dataset = InMemoryDataset.of(inputs, labels(4), List.of(), "test");
            var batch = dataset.batch(new int[] {3, 0, 3});
            var plain = Batch.of(List.of(dataset.get(3), dataset.get(0), dataset.get(3)));

            assertEquals(3, batch.size());
            assertEquals(Shape.of(3, 2, 3), batch.input().shape());
            assertEquals(-1, batch.input().data().mismatch(plain.input().data()), dtype.toString());
            assertArrayEquals(new long[] {3, 0, 3}, batch.target().toLongs());
        }
    }

    @Test
    void severalInputsStayApart() {
        var dataset =
                new InMemoryDataset(
                        List.of(labels(3), HostArray.of(new float[6], Shape.of(3, 2))),
                        labels(3),
                        List.of(),
                        "two inputs");

        assertEquals(List.of(Shape.scalar(), Shape.of(2)), dataset.inputShapes());
        assertEquals(Shape.of(2, 2), dataset.batch(new int[] {1, 2}).inputs().get(1).shape());
    }

    @Test
    void indicesOutsideAreRefused() {
        assertThrows(IndexOutOfBoundsException.class, () -> numbers(3).get(3));
        assertThrows(IndexOutOfBoundsException.class, () -> numbers(3).batch(new int[] {-1}));
        assertThrows(IndexOutOfBoundsException.class, () -> numbers(3).subset(3));
        assertThrows(IndexOutOfBoundsException.class, () -> numbers(3).take(2).get(2));
        assertThrows(IllegalArgumentException.class, () -> numbers(3).batch(new int[0]));
    }

    @Test
    void arraysOfDifferentLengthsAreRefused() {
        var problem =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> InMemoryDataset.of(labels(3), labels(4), List.of(), "odd"));
        assertEquals(
                "odd has an input of 3 samples and a target of 4: both need the same number",
                problem.getMessage());
    }

    @Test
    void subsetsAndTakesKeepTheirOrder() {
        var subset = numbers(10).subset(7, 2, 5);

        assertArrayEquals(new long[] {7, 2, 5}, all(subset));
        assertArrayEquals(new long[] {7, 2}, all(subset.take(2)));
        assertThrows(IllegalArgumentException.class, () -> subset.take(4));
        assertThrows(IllegalArgumentException.class, () -> subset.take(0));
    }

    @Test
    void aSplitIsDisjointCompleteAndRepeatable() {
        var split = numbers(10).split(0.7, 1);
        long[] train = all(split.train());
        long[] validation = all(split.validation());

        assertEquals(7, train.length);
        assertArrayEquals(train, all(numbers(10).split(0.7, 1).train()));
        assertFalse(Arrays.equals(train, all(numbers(10).split(0.7, 2).train())));
        assertArrayEquals(
                IntStream.range(0, 10).asLongStream().toArray(),
                IntStream.concat(
                                Arrays.stream(train).mapToInt(Math::toIntExact),
                                Arrays.stream(validation).mapToInt(Math::toIntExact))
                        .sorted()
                        .asLongStream()
                        .toArray());
    }

    @Test
    void impossibleSplitsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> numbers(10).split(0, 1));
        assertThrows(IllegalArgumentException.class, () -> numbers(10).split(1, 1));
        assertThrows(IllegalArgumentException.class, () -> numbers(10).split(Double.NaN, 1));
        assertThrows(IllegalArgumentException.class, () -> numbers(2).split(0.9, 1));
        assertThrows(IllegalArgumentException.class, () -> numbers(10).stratifiedSplit(0.5, 1));
    }

    @Test
    void randomTransformsFollowFromSeedEpochAndIndex() {
        var dataset = numbers(10).map(RANDOM, 5);
        long[] first = all(dataset.atEpoch(1));

        assertArrayEquals(first, all(dataset.atEpoch(1)));
        assertArrayEquals(first, all(numbers(10).map(RANDOM, 5).atEpoch(1)));
        assertFalse(Arrays.equals(first, all(dataset.atEpoch(2))));
        assertFalse(Arrays.equals(first, all(numbers(10).map(RANDOM, 6).atEpoch(1))));
        assertEquals(10, Arrays.stream(first).distinct().count());
        assertEquals(first[7], all(dataset.subset(7).atEpoch(1))[0]);
    }

    @Test
    void bytesAreScaledAndNormalizedPerChannel() {
        var images = HostArray.ofBytes(new byte[] {0, (byte) 255, 51, 102}, Shape.of(1, 2, 1, 2));
        var dataset = InMemoryDataset.of(images, labels(1), List.of(), "images");
        var normalized =
                dataset.map(Normalize.of(new double[] {0.5, 0.2}, new double[] {0.5, 0.1}));

        float[] expected = {-1, 1, 0, 2};
        assertArrayEquals(expected, normalized.get(0).input().toFloats(), 1e-6f);
        assertArrayEquals(expected, normalized.batch(new int[] {0}).input().toFloats(), 1e-6f);
    }

    @Test
    void floatsAreNormalizedWithoutScaling() {
        var table = HostArray.of(new float[] {1, 10, 3, 30}, Shape.of(2, 2));
        var dataset = InMemoryDataset.of(table, labels(2), List.of(), "table");
        var statistics = Statistics.of(dataset);

        assertArrayEquals(new double[] {2, 20}, statistics.mean());
        assertArrayEquals(new double[] {1, 10}, statistics.deviation());
        var batch = dataset.map(Normalize.of(statistics)).batch(new int[] {0, 1});
        assertArrayEquals(new float[] {-1, -1, 1, 1}, batch.input().toFloats());
    }

    @Test
    void aConstantIsOnlyCentered() {
        var table = HostArray.of(new float[] {3, 3}, Shape.of(2, 1));
        var dataset = InMemoryDataset.of(table, labels(2), List.of(), "constant");

        assertEquals(0f, dataset.map(Normalize.of(Statistics.of(dataset))).get(1).input().get(0));
    }

    @Test
    void normalizingRefusesWhatDoesNotFit() {
        double[] two = {1, 2};
        assertThrows(IllegalArgumentException.class, () -> Normalize.of(two, new double[] {1}));
        assertThrows(IllegalArgumentException.class, () -> Normalize.of(0, -1));
        assertThrows(IllegalArgumentException.class, () -> Normalize.of(Double.NaN, 1));
        var table = HostArray.of(new float[3], Shape.of(1, 3));
        var dataset = InMemoryDataset.of(table, labels(1), List.of(), "table");
        var problem =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> dataset.map(Normalize.of(two, two)).get(0));
        assertTrue(problem.getMessage().contains("2 means"), problem.getMessage());
        assertTrue(problem.getMessage().contains("[3]"), problem.getMessage());
    }

    private static long[] all(Dataset dataset) {
        return dataset.batch(Order.sequential(dataset.size())).input().toLongs();
    }

    private static Dataset numbers(int size) {
        return InMemoryDataset.of(labels(size), labels(size), List.of(), "numbers");
    }

    private static HostArray labels(int size) {
        return HostArray.of(IntStream.range(0, size).asLongStream().toArray(), Shape.of(size));
    }
}
