package org.gradus.data;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.gradus.tensor.HostArray;

/** Makes PNG files of pictures of one or three channels. */
final class PngEncoder {
    private PngEncoder() {}

    static byte[] encode(HostArray image) {
        int channels = image.shape().size(0);
        int height = image.shape().size(1);
        int width = image.shape().size(2);
        BufferedImage picture =
                new BufferedImage(
                        width,
                        height,
                        channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
        WritableRaster raster = picture.getRaster();
        for (int channel = 0; channel < channels; channel++) {
            int[] samples = new int[height * width];
            for (int i = 0; i < samples.length; i++) {
                samples[i] = (int) image.getLong((long) channel * samples.length + i);
            }
            raster.setSamples(0, 0, width, height, channel, samples);
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        // The other streams of ImageIO need a temporary file, and cannot be made any more while
        // the process ends.
        try (ImageOutputStream stream = new MemoryCacheImageOutputStream(png)) {
            ImageIO.write(picture, "png", stream);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
        return png.toByteArray();
    }
}
