package org.gradus.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataLoaderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void withoutShufflingTheOrderIsThatOfTheData() {
        var loader = DataLoader.of(numbers(5), 2);

        assertEquals(List.of(List.of(0, 1), List.of(2, 3), List.of(4)), epoch(loader, 0));
        assertEquals(3, loader.batchesPerEpoch());
        assertEquals(5, loader.samplesPerEpoch());
    }

    @Test
    void theLastSmallerBatchCanBeDropped() {
        var loader = DataLoader.of(numbers(5), 2).dropLast(true);

        assertEquals(List.of(List.of(0, 1), List.of(2, 3)), epoch(loader, 0));
        assertEquals(2, loader.batchesPerEpoch());
        assertEquals(4, loader.samplesPerEpoch());
        assertEquals(2, DataLoader.of(numbers(4), 2).batchesPerEpoch());
    }

    @Test
    void anEpochShowsEachSampleOnce() {
        var seen = epoch(DataLoader.of(numbers(101), 8).shuffled(3), 5).stream();

        assertEquals(
                IntStream.range(0, 101).boxed().toList(),
                seen.flatMap(List::stream).sorted().toList());
    }

    @Test
    void theOrderFollowsFromSeedAndEpochAlone() {
        var loader = DataLoader.of(numbers(50), 8).shuffled(3);

        assertEquals(epoch(loader, 1), epoch(DataLoader.of(numbers(50), 8).shuffled(3), 1));
        assertNotEquals(epoch(loader, 0), epoch(loader, 1));
        assertNotEquals(epoch(loader, 0), epoch(loader.shuffled(4), 0));
    }

    /** A changed order would make old runs impossible to resume or repeat. */
    @Test
    void theOrderNeverChangesBetweenVersions() {
        assertEquals(
                List.of(List.of(7, 9, 3, 8, 1, 2, 0, 5, 6, 4)),
                epoch(DataLoader.of(numbers(10), 10).shuffled(42), 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 100})
    void prefetchingChangesNothing(int prefetch) {
        var dataset = numbers(50).map(NOISE, 9);
        var plain = DataLoader.of(dataset, 4).shuffled(1).prefetch(0);

        assertEquals(epoch(plain, 2), epoch(plain.prefetch(prefetch), 2));
    }

    @Test
    void anEpochCanBeResumedAtAnyBatch() {
        var loader = DataLoader.of(numbers(23).map(NOISE, 9), 4).shuffled(1);
        var whole = epoch(loader, 3);

        for (int first = 0; first <= loader.batchesPerEpoch(); first++) {
            try (var batches = loader.iterator(3, first)) {
                assertEquals(first, batches.position());
                assertEquals(whole.subList(first, whole.size()), rest(batches));
            }
        }
        assertThrows(IllegalArgumentException.class, () -> loader.iterator(0, 7));
        assertThrows(IllegalArgumentException.class, () -> loader.iterator(0, -1));
        assertThrows(IllegalArgumentException.class, () -> loader.iterator(-1, 0));
    }

    @Test
    void impossibleBatchSizesAreRefused() {
        refused(0, "a batch has at least 1 sample, not 0");
        refused(-3, "not -3");
        refused(11, "a batch size of 11 is more than the 10 samples of numbers");
        var problem =
                assertThrows(IllegalArgumentException.class, () -> DataLoader.of(numbers(0), 1));
        assertTrue(problem.getMessage().contains("is empty"), problem.getMessage());
        assertThrows(
                IllegalArgumentException.class, () -> DataLoader.of(numbers(1), 1).prefetch(-1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void whatGoesWrongIsThrownAtItsBatch(int prefetch) {
        var mistake = new DataException("sample 5 is damaged");
        var loader =
                DataLoader.of(
                                watched(
                                        20,
                                        index -> {
                                            if (index == 5) {
                                                throw mistake;
                                            }
                                        }),
                                2)
                        .prefetch(prefetch);
        var batches = loader.iterator(0);

        assertEquals(List.of(0, 1), values(batches.next()));
        assertEquals(List.of(2, 3), values(batches.next()));
        assertSame(mistake, assertThrows(DataException.class, batches::next));
        assertFalse(batches.hasNext());
        assertThrows(NoSuchElementException.class, batches::next);
    }

    @Test
    void errorsAreThrownAsTheyAre() {
        var mistake = new AssertionError();
        var loader =
                DataLoader.of(
                        watched(
                                4,
                                _ -> {
                                    throw mistake;
                                }),
                        2);

        assertSame(mistake, assertThrows(AssertionError.class, () -> loader.iterator(0).next()));
    }

    @Test
    void noMoreBatchesAreLoadedAheadThanAskedFor() throws InterruptedException {
        var threads = new Threads();
        var loader = DataLoader.of(watched(100, threads::note), 2).prefetch(3);
        var batches = loader.iterator(0);
        batches.next();
        threads.awaitSamples(4 * 2);
        threads.awaitEnd();

        assertEquals(4 * 2, threads.indices.size());
        assertEquals(4, threads.all.size());
    }

    @Test
    void anAbandonedIteratorLeavesNoThreads() throws InterruptedException {
        var threads = new Threads();
        var loader = DataLoader.of(watched(100, threads::note), 2).prefetch(5);
        for (int epoch = 0; epoch < 20; epoch++) {
            loader.iterator(epoch).next();
        }
        threads.awaitSamples(20 * 6 * 2);
        threads.awaitEnd();
        assertTrue(threads.all.stream().allMatch(Thread::isDaemon));
    }

    @Test
    void closingWhileBatchesAreLoadedEndsAllThreads() throws InterruptedException {
        var threads = new Threads();
        var begun = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var batches =
                DataLoader.of(
                                watched(
                                        100,
                                        index -> {
                                            threads.note(index);
                                            begun.countDown();
                                            await(release);
                                        }),
                                2)
                        .prefetch(4)
                        .iterator(0);
        begun.await();
        batches.close();
        release.countDown();
        threads.awaitEnd();

        assertFalse(batches.hasNext());
        assertTrue(threads.indices.size() <= 8, threads.indices.toString());
        batches.close();
    }

    @Test
    void aWaitingThreadCanBeInterrupted() {
        var release = new CountDownLatch(1);
        try (var batches = DataLoader.of(watched(4, _ -> await(release)), 2).iterator(0)) {
            Thread.currentThread().interrupt();
            assertThrows(CancellationException.class, batches::next);
            assertTrue(Thread.interrupted());
        } finally {
            release.countDown();
        }
    }

    /** The threads that loaded, and what. */
    private static final class Threads {
        private final Set<Thread> all = ConcurrentHashMap.newKeySet();
        private final Set<Integer> indices = ConcurrentHashMap.newKeySet();
        private final Semaphore samples = new Semaphore(0);

        void note(int index) {
            all.add(Thread.currentThread());
            indices.add(index);
            samples.release();
        }

        void awaitSamples(int count) throws InterruptedException {
            assertTrue(samples.tryAcquire(count, PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }

        void awaitEnd() throws InterruptedException {
            int before;
            do {
                before = all.size();
                for (var thread : all) {
                    assertTrue(thread.join(PATIENCE), thread + " still runs");
                }
            } while (all.size() > before);
        }
    }

    private static final Transform NOISE =
            (sample, random) ->
                    Sample.of(
                            HostArray.of(
                                    new long[] {
                                        sample.input().getLong(0) + 1000 * random.nextInt(1000)
                                    },
                                    Shape.scalar()),
                            sample.target());

    private static void refused(int batchSize, String reason) {
        var problem =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> DataLoader.of(numbers(10), batchSize));
        assertTrue(problem.getMessage().contains(reason), problem.getMessage());
    }

    private static List<List<Integer>> epoch(DataLoader loader, int epoch) {
        try (var batches = loader.iterator(epoch)) {
            return rest(batches);
        }
    }

    private static List<List<Integer>> rest(BatchIterator batches) {
        var result = new ArrayList<List<Integer>>();
        while (batches.hasNext()) {
            result.add(values(batches.next()));
        }
        return result;
    }

    private static List<Integer> values(Batch batch) {
        var values = new ArrayList<Integer>();
        for (long value : batch.input().toLongs()) {
            values.add((int) value);
        }
        return values;
    }

    private static Dataset numbers(int size) {
        var numbers =
                HostArray.of(IntStream.range(0, size).asLongStream().toArray(), Shape.of(size));
        return InMemoryDataset.of(numbers, numbers, List.of(), "numbers");
    }

    private static Dataset watched(int size, IntConsumer watcher) {
        return numbers(size)
                .map(
                        (sample, _) -> {
                            watcher.accept((int) sample.input().getLong(0));
                            return sample;
                        });
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException problem) {
            throw new IllegalStateException(problem);
        }
    }
}
