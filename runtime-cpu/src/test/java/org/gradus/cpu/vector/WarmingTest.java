package org.gradus.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When code takes the place of the plain code that stands in for it. */
@Timeout(60)
class WarmingTest {
    private static final int RUNS = 2_000;

    /** Serves on every processor: what is tried here has no vectors. */
    private static final int ANY_BITS = 0;

    private final IntSupplier plain = () -> 0;
    private float[] made = new float[0];

    @Test
    void codeThatMakesNoObjectsServes() {
        IntSupplier fast = () -> 1;
        Warming<IntSupplier> warming =
                new Warming<>(plain, ANY_BITS, () -> fast, IntSupplier::getAsInt);
        assertSame(plain, warming.best());
        while (warming.best() != fast) {
            Thread.onSpinWait();
        }
    }

    /** As vectors are without the compiler: only one that never removes them is put up with. */
    @Test
    void codeThatMakesObjectsWaitsLonger() throws InterruptedException {
        CountDownLatch runs = new CountDownLatch(RUNS);
        IntSupplier boxing =
                () -> {
                    made = new float[256];
                    runs.countDown();
                    return 1;
                };
        Warming<IntSupplier> warming =
                new Warming<>(plain, ANY_BITS, () -> boxing, IntSupplier::getAsInt);
        long start = System.nanoTime();
        warming.best();
        while (warming.best() == plain) {
            Thread.onSpinWait();
        }
        assertTrue(System.nanoTime() - start >= 2_000_000_000L, "served at once");
        assertTrue(runs.await(1, TimeUnit.SECONDS), "served after fewer runs than are needed");
    }

    @Test
    void codeThatFailsIsToldAndDoesNotServe() throws InterruptedException {
        BlockingQueue<LogRecord> told = new LinkedBlockingQueue<>();
        Logger logger = Logger.getLogger("org.gradus.cpu");
        logger.setFilter(
                entry -> {
                    told.add(entry);
                    return false;
                });
        try {
            Warming<IntSupplier> warming =
                    new Warming<>(
                            plain,
                            ANY_BITS,
                            () -> () -> 1,
                            code -> {
                                throw new IllegalStateException("a planted failure");
                            });
            warming.best();
            assertTrue(told.take().getMessage().contains("a planted failure"));
            assertSame(plain, warming.best());
        } finally {
            logger.setFilter(null);
        }
    }
}
