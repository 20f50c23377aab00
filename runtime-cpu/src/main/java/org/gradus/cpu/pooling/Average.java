package org.gradus.cpu.pooling;

import org.gradus.cpu.convolution.Planes;
import org.gradus.cpu.convolution.Reach;

/**
 * The mean of each window of a plane, and its adjoint.
 *
 * @param image the planes that the windows slide over
 * @param reach what they see of them
 * @param countPadding whether zeros beyond the edge count in the divisor
 */
record Average(Planes image, Reach[] reach, boolean countPadding) {
    /** Returns a window's divisor. */
    private int elements(int z, int y, int x) {
        if (countPadding) {
            return reach[0].kernel() * reach[1].kernel() * reach[2].kernel();
        }
        return seen(reach[0], z) * seen(reach[1], y) * seen(reach[2], x);
    }

    private static int seen(Reach reach, int position) {
        return Math.max(0, reach.endElement(position) - reach.firstElement(position));
    }

    /** Takes the means of a plane. */
    void forward(float[] input, int plane, float[] output, Planes target) {
        int[] positions = target.sizes();
        int from = image.plane(plane);
        for (int z = 0; z < positions[0]; z++) {
            for (int y = 0; y < positions[1]; y++) {
                int to = target.plane(plane) + target.row(z, y);
                for (int x = 0; x < positions[2]; x++) {
                    int count = elements(z, y, x);
                    float sum = count == 0 ? 0 : sum(input, from, z, y, x);
                    output[to + x * target.strides()[2]] = count == 0 ? 0 : sum / count;
                }
            }
        }
    }

    private float sum(float[] input, int from, int z, int y, int x) {
        float sum = 0;
        int stride = image.strides()[2];
        int first = reach[2].index(x, reach[2].firstElement(x));
        int end = reach[2].index(x, reach[2].endElement(x));
        for (int ez = reach[0].firstElement(z); ez < reach[0].endElement(z); ez++) {
            for (int ey = reach[1].firstElement(y); ey < reach[1].endElement(y); ey++) {
                int row = from + image.row(reach[0].index(z, ez), reach[1].index(y, ey));
                for (int ix = first; ix < end; ix += reach[2].dilation()) {
                    sum += input[row + ix * stride];
                }
            }
        }
        return sum;
    }

    /** Spreads the gradients of a plane's means back over their windows. */
    void backward(float[] gradient, Planes source, int plane, float[] output) {
        int to = image.plane(plane);
        clear(output, to);
        int[] positions = source.sizes();
        for (int z = 0; z < positions[0]; z++) {
            for (int y = 0; y < positions[1]; y++) {
                int from = source.plane(plane) + source.row(z, y);
                for (int x = 0; x < positions[2]; x++) {
                    int count = elements(z, y, x);
                    if (count > 0) {
                        float share = gradient[from + x * source.strides()[2]] / count;
                        add(share, output, to, z, y, x);
                    }
                }
            }
        }
    }

    private void clear(float[] output, int to) {
        int[] sizes = image.sizes();
        for (int z = 0; z < sizes[0]; z++) {
            for (int y = 0; y < sizes[1]; y++) {
                int row = to + image.row(z, y);
                for (int x = 0; x < sizes[2]; x++) {
                    output[row + x * image.strides()[2]] = 0;
                }
            }
        }
    }

    private void add(float share, float[] output, int to, int z, int y, int x) {
        int stride = image.strides()[2];
        int first = reach[2].index(x, reach[2].firstElement(x));
        int end = reach[2].index(x, reach[2].endElement(x));
        for (int ez = reach[0].firstElement(z); ez < reach[0].endElement(z); ez++) {
            for (int ey = reach[1].firstElement(y); ey < reach[1].endElement(y); ey++) {
                int row = to + image.row(reach[0].index(z, ez), reach[1].index(y, ey));
                for (int ix = first; ix < end; ix += reach[2].dilation()) {
                    output[row + ix * stride] += share;
                }
            }
        }
    }
}
