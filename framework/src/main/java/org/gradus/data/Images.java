package org.gradus.data;

import java.nio.file.Files;
import java.nio.file.Path;
import org.gradus.dtype.DType;
import org.gradus.tensor.HostArray;

/**
 * Reads pictures (PNG, JPEG and what else the Java runtime decodes) and writes PNG. Needs the Java
 * module {@code java.desktop}.
 */
public final class Images {
    private Images() {}

    /**
     * Reads a picture as {@code U8 [channels, height, width]}. Transparency is dropped; 16-bit
     * channels keep their upper byte; a camera's rotation mark is ignored.
     *
     * @throws DataException if the file is missing, damaged, or of an unknown format, or the Java
     *     runtime cannot decode pictures
     */
    public static HostArray read(Path file, ColorMode mode) {
        requireDesktop();
        if (!Files.isRegularFile(file)) {
            throw new DataException(
                    file + ": there is no such file; give the path of a PNG or JPEG picture");
        }
        return ImageDecoder.read(file, mode);
    }

    /**
     * Returns a picture as the bytes of a PNG file.
     *
     * @param image {@code U8 [channels, height, width]}, with 1 or 3 channels
     * @throws IllegalArgumentException if it is none
     * @throws DataException if the Java runtime cannot encode pictures
     */
    public static byte[] png(HostArray image) {
        requireDesktop();
        requirePicture(image);
        int channels = image.shape().size(0);
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException(
                    "a PNG picture has 1 or 3 channels, not " + channels + ": " + image);
        }
        return PngEncoder.encode(image);
    }

    /**
     * Returns a picture in another size, interpolated linearly; when it shrinks, over as many
     * pixels as fall on one, as Pillow does.
     *
     * @param image {@code U8 [channels, height, width]}
     * @throws IllegalArgumentException if it is none, or a size is below 1
     */
    public static HostArray resize(HostArray image, int height, int width) {
        requirePicture(image);
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "pictures have sizes of at least 1, not " + height + " by " + width);
        }
        return Resampling.resize(image, height, width);
    }

    private static void requirePicture(HostArray image) {
        if (image.dtype() != DType.U8
                || image.shape().rank() != 3
                || image.shape().elements() == 0) {
            throw new IllegalArgumentException(
                    "a picture is u8 [channels, height, width] without empty axes, not " + image);
        }
    }

    /** Comes before the first use of classes that need the module. */
    private static void requireDesktop() {
        try {
            Class.forName("javax.imageio.ImageIO", false, Images.class.getClassLoader());
        } catch (ClassNotFoundException problem) {
            throw new DataException(
                    "pictures need the Java module java.desktop, which is not loaded:"
                            + " start java with --add-modules java.desktop,"
                            + " or use a JDK that has it",
                    problem);
        }
    }
}
