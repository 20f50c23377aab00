package org.gradus.cpu.threads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import org.gradus.cpu.vector.CacheLines;
import org.junit.jupiter.api.Test;

class ScratchTest {
    @Test
    void arraysOfSlotAreKeptAndGrow() {
        var scratch = new Scratch(2);
        float[] first = scratch.floats(0, 100);
        assertTrue(first.length >= 100);
        assertSame(first, scratch.floats(0, 20));
        assertNotSame(first, scratch.floats(1, 20));
        assertTrue(scratch.floats(0, 1000).length >= 1000);
    }

    @Test
    void threadsHaveTheirOwn() {
        var scratch = new Scratch(1);
        var other = CompletableFuture.supplyAsync(() -> scratch.room(0, 10)).join();
        assertNotSame(scratch.room(0, 10).array(), other.array());
        assertNotSame(
                scratch.floats(0, 10),
                CompletableFuture.supplyAsync(() -> scratch.floats(0, 10)).join());
    }

    @Test
    void roomsReachToTheEndWhereverTheyBegin() {
        for (int start = 0; start < CacheLines.SLACK; start++) {
            int begin = start;
            var scratch = new Scratch(1, array -> begin);
            for (int length : new int[] {0, 1, 7, 8, 5000, 5001}) {
                var room = scratch.room(0, length);
                assertEquals(start, room.start());
                assertTrue(room.start() + length <= room.array().length, () -> "from " + begin);
            }
        }
    }

    @Test
    void roomOfSlotIsKeptAndGrows() {
        var scratch = new Scratch(2, array -> 4);
        var first = scratch.room(0, 100);
        assertSame(first.array(), scratch.room(0, 50).array());
        assertNotSame(first.array(), scratch.room(1, 50).array());
        assertNotSame(first.array(), scratch.room(0, 1000).array());
    }

    @Test
    void beginningIsLookedForAgainAfterSomeTime() throws InterruptedException {
        int[] calls = new int[1];
        var scratch = new Scratch(1, array -> 2 * calls[0]++);
        assertEquals(0, scratch.room(0, 100).start());
        Thread.sleep(150);
        assertEquals(2, scratch.room(0, 100).start());
    }
}
