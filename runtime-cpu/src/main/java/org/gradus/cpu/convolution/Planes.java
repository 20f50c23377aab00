package org.gradus.cpu.convolution;

import java.util.Arrays;
import org.gradus.device.View;

/**
 * Where the elements of a view {@code [batch, channels, spatial...]} lie, with three spatial axes
 * always: missing ones lead and have size 1.
 *
 * @param offset the position of the first element
 * @param batch the number of images
 * @param channels the number of channels
 * @param batchStride the distance between images
 * @param channelStride the distance between channels
 * @param sizes the spatial sizes
 * @param strides the distances along the spatial axes
 */
public record Planes(
        int offset,
        int batch,
        int channels,
        int batchStride,
        int channelStride,
        int[] sizes,
        int[] strides) {
    /** Returns the planes of a view. */
    public static Planes of(View view) {
        int[] sizes = new int[Geometry.AXES];
        int[] strides = new int[Geometry.AXES];
        Arrays.fill(sizes, 1);
        int missing = Geometry.AXES + 2 - view.shape().rank();
        for (int axis = missing; axis < Geometry.AXES; axis++) {
            sizes[axis] = view.shape().size(axis - missing + 2);
            strides[axis] = (int) view.strides()[axis - missing + 2];
        }
        return new Planes(
                (int) view.offset(),
                view.shape().size(0),
                view.shape().size(1),
                (int) view.strides()[0],
                (int) view.strides()[1],
                sizes,
                strides);
    }

    /** Returns the number of planes: images times channels. */
    public int count() {
        return batch * channels;
    }

    /** Returns the number of elements of a plane. */
    public int size() {
        return sizes[0] * sizes[1] * sizes[2];
    }

    /** Returns where a plane begins; planes are numbered image by image. */
    public int plane(int number) {
        return offset + number / channels * batchStride + number % channels * channelStride;
    }

    /** Returns where a row begins, relative to its plane. */
    public int row(int z, int y) {
        return z * strides[0] + y * strides[1];
    }
}
