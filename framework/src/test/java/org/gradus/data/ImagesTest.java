package org.gradus.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.gradus.dtype.DType;
import org.gradus.io.Npy;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The goldens are Pillow's; build/data/make_format_goldens.py makes them. */
class ImagesTest {
    @TempDir private Path folder;

    @Test
    void colorsComeAsChannels() {
        var image = Images.read(golden("colors.png"), ColorMode.RGB);
        assertEquals(DType.U8, image.dtype());
        assertEquals(Shape.of(3, 7, 9), image.shape());

        var expected = Npy.read(golden("gray.npy"));
        var gray = Images.read(golden("colors.png"), ColorMode.GRAY);
        assertEquals(Shape.of(1, 7, 9), gray.shape());
        assertArrayEquals(expected.toLongs(), gray.toLongs());
    }

    @Test
    void grayStaysAsItIsStored() {
        long[] expected = Npy.read(golden("gray.npy")).toLongs();

        assertArrayEquals(expected, Images.read(golden("gray.png"), ColorMode.GRAY).toLongs());
        var colors = Images.read(golden("gray.png"), ColorMode.RGB);
        for (int channel = 0; channel < 3; channel++) {
            assertArrayEquals(expected, colors.row(channel).toLongs());
        }
    }

    @Test
    void sixteenBitGrayKeepsTheUpperByte() throws IOException {
        var image = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
        image.getRaster().setSample(0, 0, 0, 0x1234);
        image.getRaster().setSample(1, 0, 0, 0xfedc);
        var file = folder.resolve("deep.png");
        ImageIO.write(image, "png", file.toFile());

        assertArrayEquals(new long[] {0x12, 0xfe}, Images.read(file, ColorMode.GRAY).toLongs());
    }

    @Test
    void resizingIsThatOfPillow() {
        var image = Images.read(golden("colors.png"), ColorMode.RGB);

        assertNear(Npy.read(golden("smaller.npy")), Images.resize(image, 3, 4));
        assertNear(Npy.read(golden("larger.npy")), Images.resize(image, 15, 13));
        assertArrayEquals(image.toLongs(), Images.resize(image, 7, 9).toLongs());
    }

    @Test
    void whatIsWrittenAsPngIsReadBack() throws IOException {
        var colors = Images.read(golden("colors.png"), ColorMode.RGB);
        var file = Files.write(folder.resolve("copy.png"), Images.png(colors));
        assertArrayEquals(colors.toLongs(), Images.read(file, ColorMode.RGB).toLongs());

        var gray = Images.read(golden("gray.png"), ColorMode.GRAY);
        Files.write(file, Images.png(gray));
        assertArrayEquals(gray.toLongs(), Images.read(file, ColorMode.GRAY).toLongs());
    }

    @Test
    void whatIsNoPictureIsRefused() throws IOException {
        refused(folder.resolve("absent.png"), "no such file");
        refused(Files.writeString(folder.resolve("text.png"), "no picture"), "not a picture");
        byte[] png = Files.readAllBytes(golden("colors.png"));
        var cut = Files.write(folder.resolve("cut.png"), Arrays.copyOf(png, png.length / 2));
        refused(cut, "cannot be decoded");

        var array = HostArray.of(new float[3], Shape.of(3, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> Images.png(array));
        assertThrows(IllegalArgumentException.class, () -> Images.resize(array, 1, 1));
        var two = HostArray.ofBytes(new byte[2], Shape.of(2, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> Images.png(two));
        assertThrows(IllegalArgumentException.class, () -> Images.resize(two, 0, 1));
    }

    @Test
    void aHugePictureInASmallFileTakesNoMemory() throws IOException {
        byte[] png = Files.readAllBytes(golden("colors.png"));
        var header = ByteBuffer.wrap(png);
        // After the signature: the length and name of the first chunk, then width and height.
        header.putInt(16, 1_000_000).putInt(20, 1_000_000);
        var checksum = new CRC32();
        checksum.update(png, 12, 17);
        header.putInt(29, (int) checksum.getValue());

        refused(Files.write(folder.resolve("huge.png"), png), "1000000 by 1000000 pixels");
    }

    @Test
    void damagedPicturesGiveNothingButClearErrors() throws IOException {
        var file = folder.resolve("damaged.png");
        Files.copy(golden("colors.png"), file);
        Mutations.check(file, 300, path -> Images.read(path, ColorMode.RGB));

        var jpeg = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(20, 10, BufferedImage.TYPE_INT_RGB), "jpg", jpeg);
        Files.write(file, jpeg.toByteArray());
        Mutations.check(file, 300, path -> Images.read(path, ColorMode.GRAY));
    }

    @Test
    void foldersAreClasses() throws IOException {
        picture("cat/b.png", 4, 4, 10);
        picture("cat/A.PNG", 4, 4, 20);
        picture("dog/deeper/c.png", 4, 4, 30);
        Files.writeString(folder.resolve("dog/notes.txt"), "left alone");
        var animals = ImageFolder.open(folder, ColorMode.GRAY);

        assertEquals(List.of("cat", "dog"), animals.classes());
        assertEquals(3, animals.size());
        assertEquals(List.of(Shape.of(1, 4, 4)), animals.inputShapes());
        var batch = animals.batch(new int[] {0, 1, 2});
        assertArrayEquals(new long[] {0, 0, 1}, batch.target().toLongs());
        assertEquals(20, batch.input().get(0));
        assertEquals(30, batch.input().get(32));
    }

    @Test
    void picturesOfDifferentSizesMustBeResized() throws IOException {
        picture("cat/a.png", 4, 4, 10);
        picture("dog/b.png", 8, 6, 30);
        var animals = ImageFolder.open(folder, ColorMode.RGB);

        var problem = assertThrows(DataException.class, () -> animals.get(1)).getMessage();
        assertTrue(problem.contains("b.png: has the shape [3, 8, 6]"), problem);
        var resized = animals.resized(5, 3);
        assertEquals(List.of(Shape.of(3, 5, 3)), resized.inputShapes());
        assertEquals(Shape.of(2, 3, 5, 3), resized.batch(new int[] {0, 1}).input().shape());
    }

    @Test
    void croppingKeepsProportionsAndTheMiddle() {
        byte[] pixels = new byte[4 * 8];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (10 * (i % 8));
        }
        var wide = HostArray.ofBytes(pixels, Shape.of(1, 4, 8));
        var cut = ImageFit.CROP.apply(wide, 4, 4);
        assertEquals(Shape.of(1, 4, 4), cut.shape());
        assertEquals(20, cut.get(0));
        assertEquals(50, cut.get(15));
        byte[] counted = new byte[32];
        for (int i = 0; i < counted.length; i++) {
            counted[i] = (byte) i;
        }
        var tall = HostArray.ofBytes(counted, Shape.of(2, 8, 2));
        var middle = ImageFit.CROP.apply(tall, 4, 2);
        assertEquals(4, middle.get(0));
        assertEquals(20, middle.get(8));
        assertEquals(Shape.of(2, 3, 7), ImageFit.CROP.apply(tall, 3, 7).shape());
        assertArrayEquals(
                Images.resize(wide, 3, 5).toFloats(),
                ImageFit.STRETCH.apply(wide, 3, 5).toFloats());
    }

    @Test
    void aCopyInMemoryHasTheSamePictures() throws IOException {
        picture("b/x.png", 4, 4, 3);
        picture("a/y.png", 4, 4, 4);
        Files.createDirectories(folder.resolve(".hidden"));
        var read = ImageFolder.open(folder, ColorMode.GRAY);
        var kept = InMemoryDataset.copyOf(read);
        assertEquals(read.classes(), kept.classes());
        var both = new int[] {1, 0};
        assertArrayEquals(read.batch(both).input().toFloats(), kept.batch(both).input().toFloats());
        assertArrayEquals(read.batch(both).target().toLongs(), kept.batch(both).target().toLongs());
        var among = read.withClasses(List.of("c", "b", "a"));
        assertArrayEquals(new long[] {1, 2}, among.batch(both).target().toLongs());
        assertThrows(DataException.class, () -> read.withClasses(List.of("a", "c")));
    }

    @Test
    void aCorruptPictureIsNamed() throws IOException {
        picture("cat/a.png", 4, 4, 10);
        Files.writeString(folder.resolve("cat/b.png"), "no picture");
        var animals = ImageFolder.open(folder, ColorMode.GRAY);

        var problem =
                assertThrows(
                        DataException.class, () -> DataLoader.of(animals, 2).iterator(0).next());
        assertTrue(problem.getMessage().contains("b.png: not a picture"), problem.getMessage());
    }

    @Test
    void foldersWithoutClassesOrPicturesAreRefused() throws IOException {
        assertThrows(
                DataException.class,
                () -> ImageFolder.open(folder.resolve("absent"), ColorMode.GRAY));
        assertThrows(DataException.class, () -> ImageFolder.open(folder, ColorMode.GRAY));
        Files.createDirectory(folder.resolve("empty"));
        var problem =
                assertThrows(DataException.class, () -> ImageFolder.open(folder, ColorMode.GRAY));
        assertTrue(problem.getMessage().contains("empty: has no PNG"), problem.getMessage());
    }

    private void picture(String name, int height, int width, int shade) throws IOException {
        byte[] shades = new byte[height * width];
        Arrays.fill(shades, (byte) shade);
        var file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, Images.png(HostArray.ofBytes(shades, Shape.of(1, height, width))));
    }

    private static void refused(Path file, String reason) {
        var problem = assertThrows(DataException.class, () -> Images.read(file, ColorMode.RGB));
        assertTrue(problem.getMessage().startsWith(file.toString()), problem.getMessage());
        assertTrue(problem.getMessage().contains(reason), problem.getMessage());
    }

    /** Pillow computes in fixed point: one shade of difference is rounding. */
    private static void assertNear(HostArray expected, HostArray image) {
        int channels = image.shape().size(0);
        int pixels = (int) image.shape().elements() / channels;
        assertEquals(expected.shape().elements(), image.shape().elements());
        for (int i = 0; i < pixels; i++) {
            for (int channel = 0; channel < channels; channel++) {
                assertEquals(
                        expected.get((long) i * channels + channel),
                        image.get((long) channel * pixels + i),
                        1);
            }
        }
    }

    private static Path golden(String name) {
        try {
            return Path.of(ImagesTest.class.getResource(name).toURI());
        } catch (URISyntaxException problem) {
            throw new AssertionError(problem);
        }
    }
}
