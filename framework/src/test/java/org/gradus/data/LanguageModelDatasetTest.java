package org.gradus.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.Test;

class LanguageModelDatasetTest {
    private static final int[] COUNTING = IntStream.range(0, 24).toArray();

    @Test
    void windowsLieSideBySideAndTargetsAreOneTokenLater() {
        var dataset = LanguageModelDataset.of(COUNTING, 5, "counting");

        assertEquals(4, dataset.size());
        assertArrayEquals(new long[] {5, 6, 7, 8, 9}, dataset.get(1).input().toLongs());
        assertArrayEquals(new long[] {6, 7, 8, 9, 10}, dataset.get(1).target().toLongs());
        assertEquals(List.of(Shape.of(5)), dataset.inputShapes());
        assertEquals(dataset.get(0).target().shape(), dataset.targetShape());
        assertFalse(dataset.ordered());
        assertSame(dataset, dataset.atEpoch(3));
        assertEquals(23, dataset.largestToken());
    }

    @Test
    void theLastWindowMayEndWithTheStream() {
        assertEquals(1, LanguageModelDataset.of(new int[] {1, 2, 3}, 2, "x").size());
        assertArrayEquals(
                new long[] {2, 3},
                LanguageModelDataset.of(new int[] {1, 2, 3}, 2, "x").get(0).target().toLongs());
        for (var impossible : List.of(new int[0], new int[] {1}, new int[] {1, 2})) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> LanguageModelDataset.of(impossible, 2, "x"));
        }
        assertThrows(
                IllegalArgumentException.class, () -> LanguageModelDataset.of(COUNTING, 0, "x"));
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> LanguageModelDataset.of(COUNTING, 5, "x").get(4));
    }

    @Test
    void anEpochHasAsManyRandomWindowsAsAskedFor() {
        for (int size : new int[] {1, 3, 40}) {
            var dataset = LanguageModelDataset.random(COUNTING, 5, size, 7, "counting");
            assertEquals(size, dataset.size());
            assertEquals(size, dataset.atEpoch(4).size());
            assertEquals(starts(dataset.atEpoch(2)), starts(dataset.atEpoch(2)));
            assertThrows(IndexOutOfBoundsException.class, () -> dataset.get(size));
        }
        assertNotEquals(
                starts(LanguageModelDataset.random(COUNTING, 5, 40, 7, "x").atEpoch(1)),
                starts(LanguageModelDataset.random(COUNTING, 5, 40, 7, "x").atEpoch(2)));
        assertThrows(
                IllegalArgumentException.class,
                () -> LanguageModelDataset.random(COUNTING, 5, 0, 7, "x"));
        assertThrows(
                IllegalArgumentException.class,
                () -> LanguageModelDataset.random(COUNTING, 24, 9, 7, "x"));
    }

    @Test
    void randomWindowsFollowFromSeedAndEpochAndReachEveryPlace() {
        var dataset = LanguageModelDataset.random(COUNTING, 5, 7, "counting");
        assertEquals(starts(dataset.atEpoch(2)), starts(dataset.atEpoch(2)));
        assertNotEquals(starts(dataset), starts(dataset.atEpoch(1)));
        var other = LanguageModelDataset.random(COUNTING, 5, 8, "counting");
        assertNotEquals(starts(dataset), starts(other));

        var seen = new HashSet<Long>();
        for (int epoch = 0; epoch < 200; epoch++) {
            seen.addAll(starts(dataset.atEpoch(epoch)));
        }
        // 18 is the last start whose window has a next token: 18 to 22, then 23.
        assertEquals(19, seen.size());
        assertTrue(seen.contains(18L));
    }

    @Test
    void rowsOfStreamsGoOnFromBatchToBatch() {
        var dataset = LanguageModelDataset.streams(COUNTING, 3, 2, "counting");
        var loader = DataLoader.of(dataset, 2).shuffled(5);

        var rows = new long[2][];
        var seen = new ArrayList<Long>();
        try (var batches = loader.iterator(1)) {
            while (batches.hasNext()) {
                var batch = batches.next();
                for (int row = 0; row < 2; row++) {
                    var input = batch.input().row(row).toLongs();
                    if (rows[row] != null) {
                        assertEquals(rows[row][2] + 1, input[0]);
                    }
                    rows[row] = input;
                    Arrays.stream(input).forEach(seen::add);
                }
            }
        }
        // 23 inputs in two streams of 11: three windows of 3 in each.
        assertEquals(18, seen.size());
        assertEquals(18, new HashSet<>(seen).size());
        assertTrue(dataset.subset(0, 1).ordered());
        assertTrue(dataset.map((sample, _) -> sample).ordered());
    }

    private static List<Long> starts(Dataset dataset) {
        return IntStream.range(0, dataset.size())
                .mapToObj(index -> dataset.get(index).input().getLong(0))
                .toList();
    }
}
