package org.gradus.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.gradus.device.DeviceException;
import org.gradus.dtype.DType;
import org.junit.jupiter.api.Test;

class BufferPoolTest {
    private final BufferPool pool = new BufferPool(1 << 20, false);

    @Test
    void aReleasedArrayServesTheNextAllocationOfItsSize() {
        CpuBuffer first = pool.allocate(DType.F32, 1000);
        Object array = first.array();
        first.release();
        CpuBuffer second = pool.allocate(DType.F32, 1010);
        assertSame(array, second.array());
        assertEquals(1010, second.length());
    }

    @Test
    void bytesServeTruthValuesAndShortsBothHalves() {
        CpuBuffer bytes = pool.allocate(DType.U8, 100);
        Object array = bytes.array();
        bytes.release();
        assertSame(array, pool.allocate(DType.BOOL, 100).array());
        assertNotSame(array, pool.allocate(DType.F16, 100).array());
    }

    @Test
    void aSecondReleaseIsAnError() {
        CpuBuffer buffer = pool.allocate(DType.I64, 3);
        buffer.release();
        IllegalStateException e = assertThrows(IllegalStateException.class, buffer::release);
        assertEquals("a buffer of 3 i64 was released twice", e.getMessage());
        assertThrows(IllegalStateException.class, buffer::longs);
    }

    @Test
    void theReportCountsWhatIsUsedCachedAndWasUsedAtMost() {
        CpuBuffer a = pool.allocate(DType.F32, 1024);
        CpuBuffer b = pool.allocate(DType.F64, 1024);
        assertEquals(12 * 1024, pool.report().usedBytes());
        assertEquals(2, pool.report().buffers());
        a.release();
        b.release();
        assertEquals(0, pool.report().usedBytes());
        assertEquals(12 * 1024, pool.report().cachedBytes());
        assertEquals(12 * 1024, pool.report().peakUsedBytes());
        pool.trim();
        assertEquals(0, pool.report().cachedBytes());
    }

    @Test
    void theCacheIsBounded() {
        for (int i = 0; i < 10; i++) {
            pool.allocate(DType.F32, 100_000 + 20_000 * i).release();
        }
        assertTrue(pool.report().cachedBytes() <= 1 << 20);
    }

    @Test
    void lengthsAreRoundedUpByAFifthAtMost() {
        for (int length = 17; length < 100_000; length += 13) {
            int capacity = pool.allocate(DType.U8, length).bytes().length;
            assertTrue(capacity >= length && capacity <= length * 1.25, length + " " + capacity);
        }
    }

    @Test
    void poisonFillsWhatIsHandedOut() {
        BufferPool poisoned = new BufferPool(1 << 20, true);
        CpuBuffer buffer = poisoned.allocate(DType.F32, 20);
        assertEquals(Float.NaN, buffer.floats()[7]);
        buffer.floats()[7] = 1;
        buffer.release();
        assertEquals(Float.NaN, poisoned.allocate(DType.F32, 20).floats()[7]);
    }

    @Test
    void askingForTooMuchSaysHowMuchThereIs() {
        DeviceException e =
                assertThrows(
                        DeviceException.class,
                        () -> pool.allocate(DType.F64, Integer.MAX_VALUE - 9));
        assertTrue(e.getMessage().contains("bytes wanted"), e.getMessage());
        assertTrue(e.getMessage().contains("-Xmx"), e.getMessage());
        e = assertThrows(DeviceException.class, () -> pool.allocate(DType.U8, 1L << 33));
        assertTrue(e.getMessage().contains("8589934592 u8 elements"), e.getMessage());
        assertEquals(0, pool.report().buffers());
    }
}
