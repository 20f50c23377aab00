package org.gradus.cpu.threads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WorkerPoolTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void eachTaskIsDoneOnceByAWorkerOfThePool(int threads) {
        try (var pool = new WorkerPool(threads)) {
            assertEquals(threads, pool.threads());
            for (int tasks : new int[] {0, 1, 2, 7, 1_000}) {
                for (int repeat = 0; repeat < 50; repeat++) {
                    var done = new AtomicIntegerArray(tasks);
                    pool.run(
                            tasks,
                            (task, worker) -> {
                                assertTrue(worker >= 0 && worker < threads);
                                done.incrementAndGet(task);
                            });
                    for (int task = 0; task < tasks; task++) {
                        assertEquals(1, done.get(task));
                    }
                }
            }
        }
    }

    @Test
    void aWorkerNumberBelongsToOneThreadAtATime() throws InterruptedException {
        try (var pool = new WorkerPool(2)) {
            var busy = new AtomicIntegerArray(2);
            var clashes = new AtomicInteger();
            Runnable caller =
                    () -> {
                        for (int repeat = 0; repeat < 200; repeat++) {
                            pool.run(
                                    1 + repeat % 5,
                                    (task, worker) -> {
                                        clashes.addAndGet(busy.getAndIncrement(worker));
                                        Thread.onSpinWait();
                                        busy.decrementAndGet(worker);
                                    });
                        }
                    };
            var other = new Thread(caller);
            other.start();
            caller.run();
            other.join();
            assertEquals(0, clashes.get());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aRunInsideATaskIsDoneByTheSameWorker(int threads) {
        try (var pool = new WorkerPool(threads)) {
            var done = new AtomicInteger();
            pool.run(
                    20,
                    (outer, worker) ->
                            pool.run(
                                    10,
                                    (inner, same) -> {
                                        assertEquals(worker, same);
                                        done.incrementAndGet();
                                    }));
            assertEquals(200, done.get());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void theFirstExceptionIsThrownAndThePoolGoesOn(int threads) {
        try (var pool = new WorkerPool(threads)) {
            var problem = new IllegalStateException("task 3");
            var thrown =
                    assertThrows(
                            IllegalStateException.class,
                            () ->
                                    pool.run(
                                            100,
                                            (task, worker) -> {
                                                if (task == 3) {
                                                    throw problem;
                                                }
                                            }));
            assertSame(problem, thrown);
            assertThrows(
                    StackOverflowError.class,
                    () ->
                            pool.run(
                                    4,
                                    (task, worker) -> {
                                        throw new StackOverflowError();
                                    }));
            var done = new AtomicInteger();
            pool.run(10, (task, worker) -> done.incrementAndGet());
            assertEquals(10, done.get());
        }
    }

    @Test
    void allThreadsWorkAtTheSameTime() {
        try (var pool = new WorkerPool(3)) {
            var together = new CountDownLatch(3);
            pool.run(
                    3,
                    (task, worker) -> {
                        together.countDown();
                        await(together);
                    });
            assertEquals(0, together.getCount());
        }
    }

    @Test
    void eachThreadBeginsWithItsShare() {
        try (var pool = new WorkerPool(3)) {
            var together = new CountDownLatch(3);
            var first = new AtomicIntegerArray(new int[] {-1, -1, -1});
            pool.run(
                    7,
                    (task, worker) -> {
                        if (first.compareAndSet(worker, -1, task)) {
                            together.countDown();
                            await(together);
                        }
                    });
            assertEquals("[0, 2, 4]", first.toString());
        }
    }

    @Test
    void whatAThreadHasLeftIsDoneByOthers() {
        try (var pool = new WorkerPool(2)) {
            var others = new CountDownLatch(7);
            pool.run(
                    8,
                    (task, worker) -> {
                        if (task == 4) {
                            await(others);
                        } else {
                            others.countDown();
                        }
                    });
            assertEquals(0, others.getCount());
        }
    }

    @Test
    void aClosedPoolWorksOnTheCallersThread() {
        var pool = new WorkerPool(3);
        pool.close();
        var caller = Thread.currentThread();
        pool.run(5, (task, worker) -> assertSame(caller, Thread.currentThread()));
    }

    @Test
    void aPoolNeedsAThread() {
        var problem = assertThrows(IllegalArgumentException.class, () -> new WorkerPool(0));
        assertFalse(problem.getMessage().isBlank());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException problem) {
            throw new IllegalStateException(problem);
        }
    }
}
