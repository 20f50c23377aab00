package org.gradus.cpu.convolution;

import java.util.Arrays;

/**
 * The layout of a copy of an image with zeros around it, in which the steps of a strided window are
 * neighbours: for each axis of stride {@code s} the positions {@code r, r + s, r + 2s, ...} lie
 * together, as the plane of phase {@code r}. For each element of the window, the inputs of
 * neighbouring positions are then neighbours, whatever the stride.
 *
 * @param source the spatial sizes of the image
 * @param before the zeros before it; negative where the image's beginning is not read
 * @param stride the steps of the window
 * @param cells the sizes of a phase's plane
 */
record PaddedImage(int[] source, int[] before, int[] stride, int[] cells) {
    /** Elements after the last channel that may be read, though they do not count. */
    static final int SLACK = 32;

    /** Returns the layout for a padded image of the given spatial extents. */
    static PaddedImage of(int[] source, int[] before, int[] stride, int[] extent) {
        int[] cells = new int[Geometry.AXES];
        for (int axis = 0; axis < cells.length; axis++) {
            cells[axis] = (extent[axis] + stride[axis] - 1) / stride[axis];
        }
        return new PaddedImage(source, before, stride, cells);
    }

    /** Returns the layout from which a convolution reads its input. */
    static PaddedImage ofInput(Geometry geometry) {
        int[] extent = new int[Geometry.AXES];
        for (int axis = 0; axis < extent.length; axis++) {
            extent[axis] =
                    (geometry.output()[axis] - 1) * geometry.stride()[axis]
                            + (geometry.kernel()[axis] - 1) * geometry.dilation()[axis]
                            + 1;
        }
        return of(geometry.input(), geometry.padding(), geometry.stride(), extent);
    }

    /** Returns the number of elements of one phase's plane. */
    int planeSize() {
        return cells[0] * cells[1] * cells[2];
    }

    /** Returns the number of elements of a channel. */
    int channelSize() {
        return stride[0] * stride[1] * stride[2] * planeSize();
    }

    /** Returns where an element of the padded image lies in its channel. */
    int position(int z, int y, int x) {
        int phase = (z % stride[0] * stride[1] + y % stride[1]) * stride[2] + x % stride[2];
        return phase * planeSize() + cell(z / stride[0], y / stride[1], x / stride[2]);
    }

    /** Returns where a cell lies in its plane: the distance of a window's position. */
    int cell(int z, int y, int x) {
        return (z * cells[1] + y) * cells[2] + x;
    }

    /** Returns where the elements of a convolution's window lie, channel by channel. */
    int[] taps(Geometry geometry, int channels) {
        int[] kernel = geometry.kernel();
        int[] dilation = geometry.dilation();
        int[] result = new int[channels * geometry.taps()];
        int i = 0;
        for (int channel = 0; channel < channels; channel++) {
            for (int z = 0; z < kernel[0]; z++) {
                for (int y = 0; y < kernel[1]; y++) {
                    for (int x = 0; x < kernel[2]; x++) {
                        result[i++] =
                                channel * channelSize()
                                        + position(
                                                z * dilation[0], y * dilation[1], x * dilation[2]);
                    }
                }
            }
        }
        return result;
    }

    /** Copies some channels of an image, dense from {@code from} on. */
    void fill(float[] image, int from, int channels, float[] target, int to) {
        int sourceSize = source[0] * source[1] * source[2];
        Arrays.fill(target, to, to + channels * channelSize(), 0);
        for (int channel = 0; channel < channels; channel++) {
            int channelFrom = from + channel * sourceSize;
            int channelTo = to + channel * channelSize();
            for (int z = first(0); z < end(0); z++) {
                for (int y = first(1); y < end(1); y++) {
                    int row = channelFrom + (z * source[1] + y) * source[2];
                    fillRow(image, row, z + before[0], y + before[1], target, channelTo);
                }
            }
        }
    }

    private void fillRow(float[] image, int from, int z, int y, float[] target, int to) {
        int first = first(2);
        int end = end(2);
        int step = stride[2];
        if (step == 1) {
            int at = to + position(z, y, first + before[2]);
            if (end > first) {
                System.arraycopy(image, from + first, target, at, end - first);
            }
            return;
        }
        for (int x = first; x < Math.min(end, first + step); x++) {
            int at = to + position(z, y, x + before[2]);
            for (int i = x; i < end; i += step) {
                target[at++] = image[from + i];
            }
        }
    }

    /** Returns the first source index that has a place. */
    private int first(int axis) {
        return Math.max(0, -before[axis]);
    }

    /** Returns the source index after the last that has a place. */
    private int end(int axis) {
        return Math.min(source[axis], cells[axis] * stride[axis] - before[axis]);
    }
}
