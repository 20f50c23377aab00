package org.gradus.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/** How a picture is brought to another size, which may have other proportions. */
public enum ImageFit {
    /** All of it is shown, in other proportions: see {@link Images#resize}. */
    STRETCH {
        @Override
        public HostArray apply(HostArray image, int height, int width) {
            return Images.resize(image, height, width);
        }
    },

    /**
     * Its proportions are kept: it is scaled until it just covers the size, and what is left over
     * is cut off on both sides.
     */
    CROP {
        @Override
        public HostArray apply(HostArray image, int height, int width) {
            int oldHeight = image.shape().size(1);
            int oldWidth = image.shape().size(2);
            double scale = Math.max((double) height / oldHeight, (double) width / oldWidth);
            int scaledHeight = Math.max(height, (int) Math.round(scale * oldHeight));
            int scaledWidth = Math.max(width, (int) Math.round(scale * oldWidth));
            return middle(Images.resize(image, scaledHeight, scaledWidth), height, width);
        }
    };

    /**
     * Returns a picture in another size.
     *
     * @param image {@code U8 [channels, height, width]}
     * @throws IllegalArgumentException if it is none, or a size is below 1
     */
    public abstract HostArray apply(HostArray image, int height, int width);

    private static HostArray middle(HostArray image, int height, int width) {
        int channels = image.shape().size(0);
        int oldHeight = image.shape().size(1);
        int oldWidth = image.shape().size(2);
        int top = (oldHeight - height) / 2;
        int left = (oldWidth - width) / 2;
        byte[] result = new byte[channels * height * width];
        for (int row = 0; row < channels * height; row++) {
            long source = (row / height * oldHeight + top + row % height) * (long) oldWidth + left;
            MemorySegment.copy(
                    image.data(), ValueLayout.JAVA_BYTE, source, result, row * width, width);
        }
        return HostArray.ofBytes(result, Shape.of(channels, height, width));
    }
}
