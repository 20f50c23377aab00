package org.gradus.cpu.pooling;

import org.gradus.cpu.convolution.Planes;
import org.gradus.cpu.convolution.Reach;

/**
 * The maximum of each window of a plane, and where it is: the first of equals, and the first NaN if
 * there is one.
 */
record Maximum(
        float[] input,
        Planes source,
        Reach[] reach,
        float[] output,
        Planes target,
        long[] indices,
        Planes indexPlanes) {
    void plane(int plane) {
        int[] positions = target.sizes();
        for (int z = 0; z < positions[0]; z++) {
            for (int y = 0; y < positions[1]; y++) {
                row(plane, z, y);
            }
        }
    }

    private void row(int plane, int z, int y) {
        int from = source.plane(plane);
        int to = target.plane(plane) + target.row(z, y);
        int indexTo = indexPlanes.plane(plane) + indexPlanes.row(z, y);
        int firstZ = reach[0].index(z, reach[0].firstElement(z));
        int endZ = reach[0].index(z, reach[0].endElement(z));
        int stepZ = reach[0].dilation();
        int firstY = reach[1].index(y, reach[1].firstElement(y));
        int endY = reach[1].index(y, reach[1].endElement(y));
        int stepY = reach[1].dilation();
        int stepX = reach[2].dilation();
        int height = source.sizes()[1];
        int width = source.sizes()[2];
        int stride = source.strides()[2];
        int positions = target.sizes()[2];
        for (int x = 0; x < positions; x++) {
            int firstX = reach[2].index(x, reach[2].firstElement(x));
            int endX = reach[2].index(x, reach[2].endElement(x));
            float best = Float.NEGATIVE_INFINITY;
            int bestAt = -1;
            for (int iz = firstZ; iz < endZ; iz += stepZ) {
                for (int iy = firstY; iy < endY; iy += stepY) {
                    int row = from + source.row(iz, iy);
                    int flat = (iz * height + iy) * width;
                    for (int ix = firstX; ix < endX; ix += stepX) {
                        float value = input[row + ix * stride];
                        // Not "value <= best" is greater, or one of them is NaN.
                        if (bestAt < 0 || !(value <= best) && best == best) {
                            best = value;
                            bestAt = flat + ix;
                        }
                    }
                }
            }
            output[to + x * target.strides()[2]] = best;
            indices[indexTo + x * indexPlanes.strides()[2]] = Math.max(bestAt, 0);
        }
    }
}
