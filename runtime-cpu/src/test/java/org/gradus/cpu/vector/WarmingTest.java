package org.gradus.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When code takes the place of the plain code that stands in for it. */
@Timeout(60)
class WarmingTest {
    private static final int RUNS = 2_000;

    private final IntSupplier plain = () -> 0;
    private float[] made = new float[0];

    @BeforeEach
    void requireVectors() {
        assumeTrue(VectorProvider.available(), VectorProvider.description());
    }

    @Test
    void codeThatMakesNoObjectsServes() {
        IntSupplier fast = () -> 1;
        Warming<IntSupplier> warming = new Warming<>(plain, 128, () -> fast, IntSupplier::getAsInt);
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
                new Warming<>(plain, 128, () -> boxing, IntSupplier::getAsInt);
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
        Handler handler =
                new Handler() {
                    @Override
                    public void publish(LogRecord entry) {
                        told.add(entry);
                    }

                    @Override
                    public void flush() {}

                    @Override
                    public void close() {}
                };
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        try {
            Warming<IntSupplier> warming =
                    new Warming<>(
                            plain,
                            128,
                            () -> () -> 1,
                            code -> {
                                throw new IllegalStateException("a planted failure");
                            });
            warming.best();
            assertTrue(told.take().getMessage().contains("a planted failure"));
            assertSame(plain, warming.best());
        } finally {
            logger.removeHandler(handler);
            logger.setUseParentHandlers(true);
        }
    }
}
