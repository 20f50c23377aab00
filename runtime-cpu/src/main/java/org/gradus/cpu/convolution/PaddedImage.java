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

    /** Returns whether an image itself has this layout. */
    boolean isImage() {
        return Arrays.equals(cells, source)
                && Arrays.stream(stride).allMatch(s -> s == 1)
                && Arrays.stream(before).allMatch(b -> b == 0);
    }

    /** Copies some channels of an image, dense from {@code from} on. */
    void fill(RowCopy rows, float[] image, int from, int channels, float[] target, int to) {
        int sourceSize = source[0] * source[1] * source[2];
        Arrays.fill(target, to, to + channels * channelSize(), 0);
        for (int channel = 0; channel < channels; channel++) {
            int channelFrom = from + channel * sourceSize;
            int channelTo = to + channel * channelSize();
            for (int z = first(0); z < end(0); z++) {
                fillPlane(rows, image, channelFrom, z, target, channelTo);
            }
        }
    }

    /** Copies the rows of a phase at once, and of each row the elements of a phase. */
    private void fillPlane(RowCopy rows, float[] image, int from, int z, float[] target, int to) {
        for (int y = first(1); y < Math.min(end(1), first(1) + stride[1]); y++) {
            int count = (end(1) - y + stride[1] - 1) / stride[1];
            for (int x = first(2); x < Math.min(end(2), first(2) + stride[2]); x++) {
                rows.take(
                        image,
                        from + (z * source[1] + y) * source[2] + x,
                        stride[1] * source[2],
                        count,
                        (end(2) - x + stride[2] - 1) / stride[2],
                        stride[2],
                        target,
                        to + position(z + before[0], y + before[1], x + before[2]),
                        cells[2]);
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
