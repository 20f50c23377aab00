package org.gradus.io;

import static org.gradus.io.SafetensorsTest.golden;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.gradus.data.DataException;
import org.gradus.data.Mutations;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The goldens are NumPy's; build/data/make_format_goldens.py makes them. */
class NpyTest {
    @TempDir private Path folder;

    @Test
    void bothOrdersOfElementsGiveTheSameArray() {
        var expected = IntStream.range(0, 24).asDoubleStream().toArray();

        assertEquals("f32[2, 3, 4]", Npy.read(golden("c_order.npy")).toString());
        assertArrayEquals(expected, Npy.read(golden("c_order.npy")).toDoubles());
        assertEquals("f64[2, 3, 4]", Npy.read(golden("fortran.npy")).toString());
        assertArrayEquals(expected, Npy.read(golden("fortran.npy")).toDoubles());
    }

    @Test
    void otherByteOrdersTypesAndVersionsAreRead() {
        assertArrayEquals(new long[] {-1, 1L << 40}, Npy.read(golden("big_endian.npy")).toLongs());
        assertEquals("i32[2]", Npy.read(golden("widened.npy")).toString());
        assertArrayEquals(new long[] {0, 65535}, Npy.read(golden("widened.npy")).toLongs());
        assertEquals("bool[2]", Npy.read(golden("version_2.npy")).toString());
        assertArrayEquals(new long[] {1, 0}, Npy.read(golden("version_2.npy")).toLongs());
    }

    @Test
    void archivesAreReadStoredOrCompressed() {
        var stored = Npz.read(golden("stored.npz"));
        assertEquals(List.of("a", "b"), List.copyOf(stored.keySet()));
        assertEquals("f64[0, 3]", stored.get("a").toString());
        assertEquals("f16[1]", stored.get("b").toString());
        assertEquals(1.5, stored.get("b").get(0));
        assertEquals(1, Npz.read(golden("compressed.npz")).get("ones").get(599));
    }

    @Test
    void whatIsWrittenIsReadBackBitByBit() {
        var arrays = new LinkedHashMap<String, HostArray>();
        for (var dtype : DType.values()) {
            for (var shape : List.of(Shape.scalar(), Shape.of(0, 2), Shape.of(7), Shape.of(3, 5))) {
                var array = HostArray.zeros(dtype, shape);
                for (long i = 0; i < array.data().byteSize(); i++) {
                    array.data().set(ValueLayout.JAVA_BYTE, i, (byte) (i * 37));
                }
                arrays.put("layer." + dtype + shape, array);
            }
        }
        var archive = folder.resolve("all.npz");
        Npz.write(archive, arrays);
        var read = Npz.read(archive);

        assertEquals(List.copyOf(arrays.keySet()), List.copyOf(read.keySet()));
        arrays.forEach(
                (name, array) -> {
                    var file = folder.resolve("one.npy");
                    Npy.write(file, array);
                    assertSame(array, Npy.read(file));
                    assertSame(array, read.get(name));
                });
    }

    @Test
    void theSameArraysGiveTheSameFile() throws IOException {
        var arrays = Npz.read(golden("stored.npz"));
        Npz.write(folder.resolve("first.npz"), arrays);
        Npz.write(folder.resolve("second.npz"), arrays);

        assertEquals(-1, Files.mismatch(folder.resolve("first.npz"), folder.resolve("second.npz")));
    }

    @Test
    void elementsStartAtAMultipleOf64() throws IOException {
        var file = folder.resolve("aligned.npy");
        Npy.write(file, HostArray.of(new float[3], Shape.of(3)));

        assertEquals(12, Files.size(file) % 64);
    }

    @Test
    void filesThatCannotBeReadAreRefused() throws IOException {
        refused(folder.resolve("absent"), "no such file");
        refused(golden("text.npy"), "type '<U1', which are not numbers");
        refused(write(new byte[0]), "cut short");
        refused(write("PK and more text".getBytes(StandardCharsets.UTF_8)), "not a NumPy array");
        refused(header(9, "{}"), "version 9");
        refused(header(1, "{}"), "does not tell the type");
        refused(header(1, "{'descr': [('a', '<f4')], 'shape': (1,)}"), "does not tell the type");
        refused(header(1, "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}"), "'|O'");
        refused(header(1, "{'descr': '<f4'}"), "order of elements");
        refused(header(1, "{'descr': '<f4', 'fortran_order': False}"), "the shape");
        refused(shape("1, x"), "impossible or too large shape (1, x)");
        refused(shape("-1"), "impossible");
        refused(shape("4294967295"), "impossible");
        refused(shape("2147483647, 2147483647, 2147483647, 2147483647"), "too large");
        refused(shape("600000000"), "too large");
        refused(shape("500000000"), "needs 2000000000");
        refused(shape("3"), "has 4 bytes of elements where <f4[3] needs 12");
        refused(shape("0"), "has 4 bytes of elements where <f4[0] needs 0");
    }

    @Test
    void archivesThatCannotBeReadAreRefused() throws IOException {
        refusedArchive(folder.resolve("absent"), "no such file");
        refusedArchive(write("text".getBytes(StandardCharsets.UTF_8)), "not a whole zip archive");
        var file = folder.resolve("archive");
        try (var archive = new ZipOutputStream(Files.newOutputStream(file))) {
            archive.putNextEntry(new ZipEntry("readme.txt"));
        }
        refusedArchive(file, "readme.txt: not a .npy file");
        byte[] whole = Files.readAllBytes(golden("stored.npz"));
        refusedArchive(write(Arrays.copyOf(whole, whole.length / 2)), "not a whole zip archive");
    }

    @Test
    void damagedFilesGiveNothingButClearErrors() throws IOException {
        var file = folder.resolve("damaged");
        Files.copy(golden("fortran.npy"), file);
        Mutations.check(file, 1000, Npy::read);

        Files.write(file, Files.readAllBytes(golden("stored.npz")));
        Mutations.check(file, 1000, Npz::read);
        Files.write(file, Files.readAllBytes(golden("compressed.npz")));
        Mutations.check(file, 1000, Npz::read);
    }

    private static void assertSame(HostArray written, HostArray read) {
        if (written.dtype() == DType.BF16) {
            assertEquals(DType.F32, read.dtype());
            assertArrayEquals(written.toFloats(), read.toFloats());
        } else {
            assertEquals(written.toString(), read.toString());
            assertEquals(-1, written.data().mismatch(read.data()));
        }
    }

    private static void refused(Path file, String reason) {
        var problem = assertThrows(DataException.class, () -> Npy.read(file));
        assertTrue(problem.getMessage().startsWith(file.toString()), problem.getMessage());
        assertTrue(problem.getMessage().contains(reason), problem.getMessage());
    }

    private static void refusedArchive(Path file, String reason) {
        var problem = assertThrows(DataException.class, () -> Npz.read(file));
        assertTrue(problem.getMessage().startsWith(file.toString()), problem.getMessage());
        assertTrue(problem.getMessage().contains(reason), problem.getMessage());
    }

    private Path shape(String sizes) throws IOException {
        return header(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (" + sizes + "), }");
    }

    /** A file with a header and four bytes of elements. */
    private Path header(int version, String text) throws IOException {
        var content = "\u0093NUMPY" + (char) version + "\0" + (char) text.length() + "\0" + text;
        return write((content + "\0\0\0\0").getBytes(StandardCharsets.ISO_8859_1));
    }

    private Path write(byte[] content) throws IOException {
        return Files.write(folder.resolve("file"), content);
    }
}
