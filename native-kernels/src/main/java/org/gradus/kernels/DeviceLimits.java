package org.gradus.kernels;

/**
 * What a device allows and prefers.
 *
 * @param groupSize the work-items per group that kernels use where nothing asks for another number,
 *     a power of two
 * @param maximumGroupSize the most work-items a group can have
 * @param localBytes the local (shared) memory of a group
 * @param units the number of processors that run groups
 * @param doublePrecision whether it computes with {@code F64}
 */
public record DeviceLimits(
        int groupSize, int maximumGroupSize, long localBytes, int units, boolean doublePrecision) {}
