package org.gradus.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/** Makes arrays of picture files. */
final class ImageDecoder {
    /** Keeps a small file that announces a huge picture from filling the memory. */
    private static final long MAXIMUM_PIXELS = 1L << 27;

    private ImageDecoder() {}

    static HostArray read(Path file, ColorMode mode) {
        try {
            BufferedImage image = decode(file, Files.readAllBytes(file));
            return isGray(image) ? fromGray(image, mode) : fromColors(image, mode);
        } catch (DataException problem) {
            throw problem;
        } catch (IOException | RuntimeException problem) {
            // The decoders throw all kinds of unchecked exceptions at damaged files.
            throw new DataException(
                    file
                            + ": cannot be decoded as a picture ("
                            + problem
                            + "); replace or remove the file",
                    problem);
        }
    }

    private static BufferedImage decode(Path file, byte[] bytes) throws IOException {
        try (ImageInputStream in =
                new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new DataException(
                        file + ": not a picture in a known format; convert it to PNG or JPEG");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                long width = reader.getWidth(0);
                long height = reader.getHeight(0);
                if (width * height > MAXIMUM_PIXELS) {
                    throw new DataException(
                            file
                                    + ": announces "
                                    + width
                                    + " by "
                                    + height
                                    + " pixels, more than "
                                    + MAXIMUM_PIXELS
                                    + "; scale the picture down or replace it");
                }
                return reader.read(0);
            } finally {
                reader.dispose();
            }
        }
    }

    private static boolean isGray(BufferedImage image) {
        return image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY
                && !(image.getColorModel() instanceof IndexColorModel);
    }

    /**
     * Takes the stored values: asking for colors instead would convert them, as Java takes gray for
     * linear light.
     */
    private static HostArray fromGray(BufferedImage image, ColorMode mode) {
        int width = image.getWidth();
        int height = image.getHeight();
        int shift = image.getColorModel().getComponentSize(0) - Byte.SIZE;
        int[] values = image.getRaster().getSamples(0, 0, width, height, 0, (int[]) null);
        byte[] result = new byte[mode.channels() * values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (byte) (values[i % values.length] >> shift);
        }
        return array(result, image, mode);
    }

    private static HostArray fromColors(BufferedImage image, ColorMode mode) {
        int width = image.getWidth();
        int[] colors = image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
        byte[] result = new byte[mode.channels() * colors.length];
        for (int i = 0; i < colors.length; i++) {
            int red = colors[i] >> 16 & 0xff;
            int green = colors[i] >> 8 & 0xff;
            int blue = colors[i] & 0xff;
            if (mode == ColorMode.RGB) {
                result[i] = (byte) red;
                result[colors.length + i] = (byte) green;
                result[2 * colors.length + i] = (byte) blue;
            } else {
                // 0.299, 0.587 and 0.114 in 16-bit fixed point, rounded
                result[i] = (byte) (red * 19595 + green * 38470 + blue * 7471 + 0x8000 >> 16);
            }
        }
        return array(result, image, mode);
    }

    private static HostArray array(byte[] values, BufferedImage image, ColorMode mode) {
        return HostArray.ofBytes(
                values, Shape.of(mode.channels(), image.getHeight(), image.getWidth()));
    }
}
