package org.gradus.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.Test;

class SequencesTest {
    private static final LabeledSequences LABELED =
            new LabeledSequences(
                    List.of(new int[] {5, 6, 7}, new int[] {}, new int[] {8}),
                    new int[] {1, 0, 1},
                    List.of("no", "yes"),
                    9,
                    "labeled");

    @Test
    void aBatchIsPaddedToItsLongestSequence() {
        var batch = LABELED.batch(new int[] {2, 0});

        assertEquals(Shape.of(2, 3), batch.input().shape());
        assertArrayEquals(new long[] {8, 9, 9, 5, 6, 7}, batch.input().toLongs());
        assertArrayEquals(new long[] {1, 3}, batch.inputs().get(1).toLongs());
        assertArrayEquals(new long[] {1, 1}, batch.target().toLongs());
        assertEquals(DType.I64, batch.inputs().get(1).dtype());
    }

    @Test
    void anEmptySequenceIsOneTokenOfPadding() {
        var batch = LABELED.batch(new int[] {1});

        assertArrayEquals(new long[] {9}, batch.input().toLongs());
        assertArrayEquals(new long[] {1}, batch.inputs().get(1).toLongs());
    }

    @Test
    void aBatchOfOneIsTheSampleWithAnAxisMore() {
        for (var dataset : List.of(LABELED, pairs())) {
            for (int index = 0; index < dataset.size(); index++) {
                var sample = Batch.of(List.of(dataset.get(index)));
                var batch = dataset.batch(new int[] {index});
                for (int i = 0; i < batch.inputs().size(); i++) {
                    assertEquals(sample.inputs().get(i).shape(), batch.inputs().get(i).shape());
                    assertArrayEquals(
                            sample.inputs().get(i).toLongs(), batch.inputs().get(i).toLongs());
                }
                assertArrayEquals(sample.target().toLongs(), batch.target().toLongs());
            }
        }
    }

    @Test
    void pairsAreShiftedForTheDecoder() {
        var batch = pairs().batch(new int[] {0, 1});

        assertArrayEquals(new long[] {4, 5, 6, 0}, batch.inputs().get(0).toLongs());
        assertArrayEquals(new long[] {2, 1}, batch.inputs().get(1).toLongs());
        assertArrayEquals(new long[] {1, 7, 0, 1, 8, 9}, batch.inputs().get(2).toLongs());
        assertArrayEquals(
                new long[] {7, 2, SequencePairs.IGNORED, 8, 9, 2}, batch.target().toLongs());
        assertArrayEquals(new int[] {4, 4}, pairs().lengths());
    }

    @Test
    void sequencesThatDoNotBelongTogetherAreRefused() {
        var one = List.of(new int[] {1});
        assertThrows(
                IllegalArgumentException.class,
                () -> new LabeledSequences(one, new int[2], List.of("a"), 0, "x"));
        assertThrows(
                IllegalArgumentException.class,
                () -> new LabeledSequences(one, new int[] {1}, List.of("a"), 0, "x"));
        assertThrows(
                IllegalArgumentException.class,
                () -> new SequencePairs(one, List.of(), specials(), "x"));
        assertThrows(IllegalArgumentException.class, () -> LABELED.batch(new int[0]));
    }

    @Test
    void bucketsSaveMostOfThePadding() {
        var loader = DataLoader.of(random(3000), 32).shuffled(4);

        assertTrue(padding(loader, 0) < 0.05, "padding: " + padding(loader, 0));
        var plain = DataLoader.of(random(3000), 32);
        assertTrue(padding(plain, 0) > 0.3, "padding: " + padding(plain, 0));
    }

    @Test
    void bucketedEpochsShowEachSequenceOnceInAnOrderOfTheirOwn() {
        var loader = DataLoader.of(random(1003), 10).shuffled(4);
        var first = epoch(loader, 0, 0);
        var flat = first.stream().flatMap(Arrays::stream).toList();

        assertEquals(1003, flat.size());
        assertEquals(1003, flat.stream().distinct().count());
        assertEquals(3, first.getLast().length);
        assertNotEquals(texts(first), texts(epoch(loader, 1, 0)));
        assertEquals(texts(first), texts(epoch(loader.prefetch(0), 0, 0)));
        // Short ones do not all come first.
        var lengths = loader.dataset().lengths();
        var means =
                first.stream()
                        .mapToDouble(
                                batch ->
                                        Arrays.stream(batch)
                                                .mapToInt(index -> lengths[index.intValue()])
                                                .average()
                                                .orElseThrow())
                        .toArray();
        var half = means.length / 2;
        var early = Arrays.stream(means, 0, half).average().orElseThrow();
        var late = Arrays.stream(means, half, means.length).average().orElseThrow();
        // The means of 50 batches each of lengths 1 to 100 differ by more than 25 by chance in
        // less than one of 10,000 seeds.
        assertEquals(early, late, 25);
    }

    @Test
    void aBucketedEpochCanBeResumedAtAnyBatch() {
        var loader = DataLoader.of(random(205), 10).shuffled(4);
        var whole = texts(epoch(loader, 3, 0));

        for (int batch = 0; batch <= loader.batchesPerEpoch(); batch++) {
            assertEquals(whole.subList(batch, whole.size()), texts(epoch(loader, 3, batch)));
        }
    }

    @Test
    void subsetsAndTransformsKnowTheLengths() {
        assertArrayEquals(new int[] {1, 3}, LABELED.subset(2, 0).lengths());
        assertArrayEquals(new int[] {3, 1, 1}, LABELED.map((sample, _) -> sample).lengths());
    }

    private static SequencePairs pairs() {
        return new SequencePairs(
                List.of(new int[] {4, 5}, new int[] {6}),
                List.of(new int[] {7}, new int[] {8, 9}),
                specials(),
                "pairs");
    }

    private static SequencePairs.SpecialTokens specials() {
        return new SequencePairs.SpecialTokens(0, 1, 2);
    }

    /** Sequences of 1 to 100 tokens, each of which is the index of its sequence. */
    private static LabeledSequences random(int size) {
        var random = new Random(2);
        var sequences = new ArrayList<int[]>();
        for (int i = 0; i < size; i++) {
            var tokens = new int[1 + random.nextInt(100)];
            Arrays.fill(tokens, i);
            sequences.add(tokens);
        }
        return new LabeledSequences(sequences, new int[size], List.of("a"), -1, "random");
    }

    private static double padding(DataLoader loader, int epoch) {
        long padding = 0;
        long all = 0;
        try (var batches = loader.iterator(epoch)) {
            while (batches.hasNext()) {
                var tokens = batches.next().input().toLongs();
                padding += Arrays.stream(tokens).filter(token -> token == -1).count();
                all += tokens.length;
            }
        }
        return (double) padding / all;
    }

    private static List<String> texts(List<Long[]> batches) {
        return batches.stream().map(Arrays::toString).toList();
    }

    private static List<Long[]> epoch(DataLoader loader, int epoch, int first) {
        var result = new ArrayList<Long[]>();
        try (var batches = loader.iterator(epoch, first)) {
            while (batches.hasNext()) {
                var input = batches.next().input();
                result.add(
                        IntStream.range(0, input.shape().size(0))
                                .mapToObj(row -> input.row(row).getLong(0))
                                .toArray(Long[]::new));
            }
        }
        return result;
    }
}
