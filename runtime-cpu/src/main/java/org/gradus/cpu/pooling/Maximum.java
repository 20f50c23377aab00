package org.gradus.cpu.pooling;

import org.gradus.cpu.convolution.Planes;

/**
 * The maximum of each window of a plane, and where it is: the first of equals (zero has no sign),
 * and the first NaN if there is one.
 */
record Maximum(
        float[] input,
        Planes source,
        Spans[] spans,
        float[] output,
        Planes target,
        long[] indices,
        Planes indexPlanes) {
    private static final long NOTHING = Long.MIN_VALUE;
    private static final long LOW = Integer.MAX_VALUE;

    void plane(int plane) {
        int[] positions = target.sizes();
        int from = source.plane(plane);
        for (int z = 0; z < positions[0]; z++) {
            for (int y = 0; y < positions[1]; y++) {
                int to = target.plane(plane) + target.row(z, y);
                int indexTo = indexPlanes.plane(plane) + indexPlanes.row(z, y);
                row(from, z, y, to, indexTo);
            }
        }
    }

    private void row(int from, int z, int y, int to, int indexTo) {
        int firstZ = spans[0].first()[z];
        int endZ = spans[0].end()[z];
        int stepZ = spans[0].step();
        int firstY = spans[1].first()[y];
        int endY = spans[1].end()[y];
        int stepY = spans[1].step();
        int[] first = spans[2].first();
        int[] end = spans[2].end();
        int stepX = spans[2].step();
        int height = source.sizes()[1];
        int width = source.sizes()[2];
        int strideZ = source.strides()[0];
        int strideY = source.strides()[1];
        int strideX = source.strides()[2];
        int outputStride = target.strides()[2];
        int indexStride = indexPlanes.strides()[2];
        boolean pairs = stepY == 1 && endY - firstY == 2 && spans[2].arePairs();
        if (pairs && endZ - firstZ == 1 && strideX == 1) {
            int row = from + firstZ * strideZ + firstY * strideY;
            int flat = (firstZ * height + firstY) * width;
            twoByTwo(row, row + strideY, flat, width, to, indexTo);
            return;
        }
        for (int x = 0; x < first.length; x++) {
            int firstX = first[x];
            int endX = end[x];
            long best = NOTHING;
            for (int iz = firstZ; iz < endZ; iz += stepZ) {
                for (int iy = firstY; iy < endY; iy += stepY) {
                    int row = from + iz * strideZ + iy * strideY;
                    int flat = (iz * height + iy) * width;
                    for (int ix = firstX; ix < endX; ix += stepX) {
                        best = Math.max(best, key(input[row + ix * strideX], flat + ix));
                    }
                }
            }
            int at = best == NOTHING ? 0 : (int) (LOW - (best & LOW));
            indices[indexTo + x * indexStride] = at;
            output[to + x * outputStride] = best == NOTHING ? Float.NEGATIVE_INFINITY : value(best);
        }
    }

    /** The usual window, two by two inside the plane: five times as fast as by keys. */
    private void twoByTwo(int upper, int lower, int flat, int width, int to, int indexTo) {
        int[] first = spans[2].first();
        int outputStride = target.strides()[2];
        int indexStride = indexPlanes.strides()[2];
        boolean sideBySide = spans[2].areSideBySide() && outputStride == 1 && indexStride == 1;
        if (sideBySide && first.length > 0) {
            PairMaximum.best()
                    .row(
                            input,
                            upper + first[0],
                            lower + first[0],
                            first.length,
                            flat + first[0],
                            width,
                            output,
                            to,
                            indices,
                            indexTo);
            return;
        }
        for (int x = 0; x < first.length; x++) {
            int column = first[x];
            PairMaximum.one(
                    input,
                    upper + column,
                    lower + column,
                    flat + column,
                    width,
                    output,
                    to + x * outputStride,
                    indices,
                    indexTo + x * indexStride);
        }
    }

    /**
     * Returns a number that is greater for greater values, greatest for NaN, and among equals for
     * the smaller position: maxima of such keys need no branches, which are hard to predict here.
     */
    private static long key(float value, int position) {
        // Adding 0 makes negative zero equal to zero.
        int bits = Float.floatToIntBits(value + 0f);
        return (long) inOrder(bits) << Integer.SIZE | LOW - position;
    }

    private static float value(long key) {
        return Float.intBitsToFloat(inOrder((int) (key >> Integer.SIZE)));
    }

    /** Maps the bits of values to integers of the same order, and back. */
    private static int inOrder(int bits) {
        return bits ^ bits >> 31 & Integer.MAX_VALUE;
    }
}
