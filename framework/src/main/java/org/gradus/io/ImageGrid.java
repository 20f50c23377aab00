package org.gradus.io;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.gradus.data.Images;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/** Writes many images side by side into one PNG picture, such as what a generator makes. */
public final class ImageGrid {
    /** Black pixels around each image. */
    private static final int MARGIN = 2;

    private ImageGrid() {}

    /**
     * Writes images row by row, in place of a file that may be there; see {@link AtomicFiles}.
     *
     * @param images {@code [count, channels, height, width]} with 1 or 3 channels: bytes, or
     *     numbers from 0 to 1 (others are clamped)
     * @param columns the number of images in a row, at least 1
     * @throws IllegalArgumentException if the shape is another or there are no images
     * @throws UncheckedIOException if the file cannot be written; the old one is then still there
     */
    public static void write(Path file, HostArray images, int columns) {
        if (images.shape().rank() != 4 || images.shape().elements() == 0 || columns < 1) {
            throw new IllegalArgumentException(
                    "cannot write "
                            + images
                            + " as a picture of "
                            + columns
                            + " columns: give at least one image and column, as"
                            + " [count, channels, height, width]");
        }
        HostArray picture = arrange(images, Math.min(columns, images.shape().size(0)));
        AtomicFiles.write(file, Images.png(picture));
    }

    private static HostArray arrange(HostArray images, int columns) {
        Shape shape = images.shape();
        int count = shape.size(0);
        int channels = shape.size(1);
        int height = shape.size(2);
        int width = shape.size(3);
        int pictureHeight = MARGIN + (count + columns - 1) / columns * (height + MARGIN);
        int pictureWidth = MARGIN + columns * (width + MARGIN);
        byte[] picture = new byte[channels * pictureHeight * pictureWidth];
        double scale = images.dtype() == DType.U8 ? 1 : 255;
        long from = 0;
        for (int image = 0; image < count; image++) {
            int left = MARGIN + image % columns * (width + MARGIN);
            int top = MARGIN + image / columns * (height + MARGIN);
            for (int channel = 0; channel < channels; channel++) {
                for (int y = top; y < top + height; y++) {
                    int to = (channel * pictureHeight + y) * pictureWidth + left;
                    for (int x = 0; x < width; x++) {
                        long value = Math.round(images.get(from++) * scale);
                        picture[to + x] = (byte) Math.clamp(value, 0, 255);
                    }
                }
            }
        }
        return HostArray.ofBytes(picture, Shape.of(channels, pictureHeight, pictureWidth));
    }
}
