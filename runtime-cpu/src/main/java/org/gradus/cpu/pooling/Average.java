package org.gradus.cpu.pooling;

import org.gradus.cpu.convolution.Planes;

/**
 * The mean of each window of a plane, and its adjoint.
 *
 * @param image the planes that the windows slide over
 * @param spans what they see of them
 * @param divisor the elements of a window, zeros beyond the edge included, or 0 to count only those
 *     that it sees
 */
record Average(Planes image, Spans[] spans, int divisor) {
    /** Takes the means of a plane. */
    void forward(float[] input, int plane, float[] output, Planes target) {
        int[] positions = target.sizes();
        int from = image.plane(plane);
        for (int z = 0; z < positions[0]; z++) {
            for (int y = 0; y < positions[1]; y++) {
                int to = target.plane(plane) + target.row(z, y);
                forwardRow(input, from, z, y, output, to, target.strides()[2]);
            }
        }
    }

    private void forwardRow(
            float[] input, int from, int z, int y, float[] output, int to, int outputStride) {
        int[] first = spans[2].first();
        int[] end = spans[2].end();
        int[] count = spans[2].count();
        int step = spans[2].step();
        int rows = spans[0].count()[z] * spans[1].count()[y];
        int stride = image.strides()[2];
        for (int x = 0; x < first.length; x++) {
            float sum = 0;
            for (int iz = spans[0].first()[z]; iz < spans[0].end()[z]; iz += spans[0].step()) {
                for (int iy = spans[1].first()[y]; iy < spans[1].end()[y]; iy += spans[1].step()) {
                    int row = from + image.row(iz, iy);
                    for (int ix = first[x]; ix < end[x]; ix += step) {
                        sum += input[row + ix * stride];
                    }
                }
            }
            int elements = divisor == 0 ? rows * count[x] : divisor;
            output[to + x * outputStride] = elements == 0 ? 0 : sum / elements;
        }
    }

    /** Spreads the gradients of a plane's means back over their windows. */
    void backward(float[] gradient, Planes source, int plane, float[] output) {
        int to = image.plane(plane);
        clear(output, to);
        int[] positions = source.sizes();
        for (int z = 0; z < positions[0]; z++) {
            for (int y = 0; y < positions[1]; y++) {
                int from = source.plane(plane) + source.row(z, y);
                backwardRow(gradient, from, source.strides()[2], z, y, output, to);
            }
        }
    }

    private void backwardRow(
            float[] gradient, int from, int gradientStride, int z, int y, float[] output, int to) {
        int[] first = spans[2].first();
        int[] end = spans[2].end();
        int[] count = spans[2].count();
        int step = spans[2].step();
        int rows = spans[0].count()[z] * spans[1].count()[y];
        int stride = image.strides()[2];
        for (int x = 0; x < first.length; x++) {
            float share =
                    gradient[from + x * gradientStride]
                            / (divisor == 0 ? rows * count[x] : divisor);
            for (int iz = spans[0].first()[z]; iz < spans[0].end()[z]; iz += spans[0].step()) {
                for (int iy = spans[1].first()[y]; iy < spans[1].end()[y]; iy += spans[1].step()) {
                    int row = to + image.row(iz, iy);
                    for (int ix = first[x]; ix < end[x]; ix += step) {
                        output[row + ix * stride] += share;
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
}
