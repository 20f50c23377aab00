package org.gradus.device;

/**
 * A device's memory.
 *
 * @param usedBytes held by buffers that were not released
 * @param cachedBytes kept for the next allocations
 * @param peakUsedBytes the highest {@code usedBytes} since the device was opened or last asked to
 *     forget it
 * @param buffers the number of buffers that were not released
 */
public record MemoryReport(long usedBytes, long cachedBytes, long peakUsedBytes, long buffers) {}
