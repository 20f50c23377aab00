package org.gradus.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxTest {
    @TempDir private Path folder;

    @Test
    void bytesAreReadAsTheyAre() throws IOException {
        var array = Idx.read(write(idx(0x08, new int[] {2, 3}, new byte[] {0, 1, 2, 3, 4, -1})));

        assertEquals(DType.U8, array.dtype());
        assertEquals(Shape.of(2, 3), array.shape());
        assertEquals(255, array.get(5));
    }

    @Test
    void eachTypeIsReadInBigEndianOrder() throws IOException {
        var shorts = ByteBuffer.allocate(4).putShort((short) -2).putShort((short) 300).array();
        var ints = ByteBuffer.allocate(8).putInt(-70_000).putInt(1).array();
        var floats = ByteBuffer.allocate(8).putFloat(1.5f).putFloat(-2).array();
        var doubles = ByteBuffer.allocate(16).putDouble(Math.PI).putDouble(0).array();
        int[] two = {2};

        assertArrayEquals(new double[] {-1, 5}, doubles(idx(0x09, two, new byte[] {-1, 5})));
        assertArrayEquals(new double[] {-2, 300}, doubles(idx(0x0b, two, shorts)));
        assertArrayEquals(new double[] {-70_000, 1}, doubles(idx(0x0c, two, ints)));
        assertArrayEquals(new double[] {1.5, -2}, doubles(idx(0x0d, two, floats)));
        assertArrayEquals(new double[] {Math.PI, 0}, doubles(idx(0x0e, two, doubles)));
    }

    @Test
    void compressedFilesAreRecognizedByTheirContent() throws IOException {
        var file = write(gzip(idx(0x08, new int[] {3}, new byte[] {7, 8, 9})));

        assertArrayEquals(new long[] {7, 8, 9}, Idx.read(file).toLongs());
    }

    @Test
    void emptyArraysAreArrays() throws IOException {
        var array = Idx.read(write(idx(0x08, new int[] {0, 28, 28}, new byte[0])));

        assertEquals(Shape.of(0, 28, 28), array.shape());
    }

    @Test
    void aMissingFileIsNamed() {
        refused(folder.resolve("absent"), "there is no such file");
    }

    @Test
    void filesOfOtherKindsAreRefused() throws IOException {
        refused(write(new byte[0]), "not an IDX file");
        refused(write("a,b,c\n1,2,3\n".getBytes()), "not an IDX file");
        refused(write(new byte[] {0, 0, 0x0a, 1, 0, 0, 0, 0}), "not an IDX file");
    }

    @Test
    void filesCutShortAreRefused() throws IOException {
        byte[] whole = idx(0x08, new int[] {4}, new byte[] {1, 2, 3, 4});
        refused(write(Arrays.copyOf(whole, 6)), "cut short in the header");
        refused(write(Arrays.copyOf(whole, 10)), "only 2 bytes follow");

        byte[] packed = gzip(whole);
        refused(write(Arrays.copyOf(packed, 5)), "cut short");
        refused(write(Arrays.copyOf(packed, packed.length - 9)), "damaged");
    }

    @Test
    void wrongCheckSumsAreNoticed() throws IOException {
        byte[] packed = gzip(idx(0x08, new int[] {4}, new byte[] {1, 2, 3, 4}));
        packed[packed.length - 6] ^= 1;

        refused(write(packed), "damaged");
    }

    @Test
    void bytesAfterTheDataAreNoticed() throws IOException {
        refused(write(idx(0x08, new int[] {1}, new byte[] {1, 2})), "more than the 1 bytes");
    }

    @Test
    void hugeSizesInTheHeaderTakeNoMemory() throws IOException {
        int maximum = Integer.MAX_VALUE;
        refused(write(idx(0x08, new int[] {maximum, maximum}, new byte[4])), "2 GiB");
        refused(write(idx(0x08, new int[] {-1}, new byte[4])), "4294967295");
        refused(write(idx(0x08, new int[] {0, -1}, new byte[4])), "4294967295");
        refused(
                write(idx(0x0e, new int[] {maximum, maximum, maximum, maximum}, new byte[4])),
                "2 GiB");
        refused(write(idx(0x08, new int[] {2_000_000_000}, new byte[4])), "only 4 bytes follow");
        refused(write(new byte[] {0, 0, 8, (byte) 200}), "200 axes");
    }

    @Test
    void damagedFilesGiveNothingButClearErrors() throws IOException {
        byte[] images = idx(0x08, new int[] {3, 4, 4}, new byte[48]);

        Mutations.check(write(images), 1000, Idx::read);
        Mutations.check(write(gzip(images)), 1000, Idx::read);
    }

    private double[] doubles(byte[] content) throws IOException {
        return Idx.read(write(content)).toDoubles();
    }

    private Path write(byte[] content) throws IOException {
        return Files.write(folder.resolve("array"), content);
    }

    private static void refused(Path file, String reason) {
        var problem = assertThrows(DataException.class, () -> Idx.read(file));
        assertTrue(problem.getMessage().startsWith(file.toString()), problem.getMessage());
        assertTrue(problem.getMessage().contains(reason), problem.getMessage());
    }

    static byte[] idx(int type, int[] sizes, byte[] data) {
        var buffer = ByteBuffer.allocate(4 + 4 * sizes.length + data.length);
        buffer.putShort((short) 0).put((byte) type).put((byte) sizes.length);
        Arrays.stream(sizes).forEach(buffer::putInt);
        return buffer.put(data).array();
    }

    static byte[] gzip(byte[] content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }
}
