package org.gradus.cpu.convolution;

import java.util.List;

/**
 * What an {@link ImplicitProduct} multiplies, and where to.
 *
 * @param batch the number of images
 * @param groups the independent parts into which the channels of both sides are divided
 * @param source the images, {@code [batch, groups * channels, spatial...]}
 * @param image the layout of their padded copies
 * @param channels the source's channels of a group
 * @param rows the target's channels of a group
 * @param bias one for each channel of the target, or null
 * @param target {@code [batch, groups * rows, targetSize]}
 * @param targetSize the elements of a channel of the target
 * @param parts the windows; their grids have the same sizes
 */
record WindowProduct(
        int batch,
        int groups,
        Dense source,
        PaddedImage image,
        int channels,
        int rows,
        Dense bias,
        Dense target,
        int targetSize,
        List<Part> parts) {
    /**
     * A window.
     *
     * @param taps where its elements lie in the copy of a group, for all channels of the group: the
     *     columns of the weight matrix
     * @param weights the weight matrix of each group, {@code [rows, taps.length]}
     * @param grid its positions
     */
    record Part(int[] taps, Weights weights, Grid grid) {
        int depth() {
            return taps.length;
        }
    }

    /**
     * A matrix for each group, somewhere in an array.
     *
     * @param data the array
     * @param groupStride the distance between groups
     * @param rowStride the distance between rows
     * @param columns where columns begin; null if they are neighbours
     */
    record Weights(Dense data, int groupStride, int rowStride, int[] columns) {
        int group(int group) {
            return data.offset() + group * groupStride;
        }
    }

    /** Returns the positions of a window on one image. */
    int positions() {
        return parts.getFirst().grid.count();
    }

    /** Returns the number of elements of a group of channels in a padded image. */
    int groupSize() {
        return channels * image.channelSize();
    }

    /** Returns the number of elements of a padded image. */
    int imageSize() {
        return groups * groupSize();
    }

    /** Returns the number of elements of an image. */
    int sourceImageSize() {
        int[] sizes = image.source();
        return groups * channels * sizes[0] * sizes[1] * sizes[2];
    }

    /** Returns where the first of a group's channels of an image begins in the target. */
    int targetChannel(int image, int group) {
        return target.offset() + (image * groups + group) * rows * targetSize;
    }
}
