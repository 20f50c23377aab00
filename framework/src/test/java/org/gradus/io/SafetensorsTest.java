package org.gradus.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gradus.data.DataException;
import org.gradus.data.Mutations;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
    @TempDir private Path folder;

    @Test
    void filesOfThePythonLibraryAreRead() {
        var file = Safetensors.open(golden("python.safetensors"));

        assertEquals(Map.of("format", "pt", "note", "naïve"), file.metadata());
        assertEquals(9, file.entries().size());
        assertEquals(Shape.of(2, 3), file.entries().get("weight").shape());
        assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5}, file.read("weight").toFloats());
        var all = file.readAll();
        assertEquals(List.copyOf(file.entries().keySet()), List.copyOf(all.keySet()));
        assertEquals("i64[]", all.get("scalar").toString());
        assertEquals(3, all.get("scalar").get(0));
        assertArrayEquals(new double[] {1.5, -2}, all.get("bf16").toDoubles());
        assertArrayEquals(new double[] {0.5}, all.get("f16").toDoubles());
        assertArrayEquals(new double[] {3.25}, all.get("f64").toDoubles());
        assertArrayEquals(new double[] {-5}, all.get("i32").toDoubles());
        assertArrayEquals(new double[] {255}, all.get("u8").toDoubles());
        assertArrayEquals(new double[] {1, 0}, all.get("bool").toDoubles());
        assertEquals("f32[0, 3]", all.get("empty").toString());
    }

    @Test
    void whatIsWrittenIsReadBackBitByBit() {
        var tensors = new LinkedHashMap<String, HostArray>();
        for (var dtype : DType.values()) {
            for (var shape : List.of(Shape.scalar(), Shape.of(0, 2), Shape.of(3, 5))) {
                var array = HostArray.zeros(dtype, shape);
                for (long i = 0; i < array.data().byteSize(); i++) {
                    array.data().set(ValueLayout.JAVA_BYTE, i, (byte) (i * 37));
                }
                tensors.put("layer." + dtype + shape + " \"ü\"", array);
            }
        }
        // More than one of the pieces in which tensors are written.
        tensors.put("large", HostArray.of(new float[1_000_003], Shape.of(1_000_003)));
        tensors.get("large").data().fill((byte) 17);
        var file = folder.resolve("all.safetensors");
        Safetensors.write(file, tensors, Map.of("step", "17", "quote", "\"\n"));

        var read = Safetensors.open(file);
        assertEquals(Map.of("step", "17", "quote", "\"\n"), read.metadata());
        assertEquals(tensors.keySet(), read.entries().keySet());
        tensors.forEach(
                (name, array) -> {
                    assertEquals(array.toString(), read.read(name).toString());
                    assertEquals(-1, array.data().mismatch(read.read(name).data()), name);
                });
    }

    @Test
    void elementsLieAligned() {
        var tensors = new LinkedHashMap<String, HostArray>();
        tensors.put("bytes", HostArray.ofBytes(new byte[3], Shape.of(3)));
        tensors.put("doubles", HostArray.of(new double[1], Shape.of(1)));
        var file = folder.resolve("aligned.safetensors");
        Safetensors.write(file, tensors, Map.of("odd", "length"));

        assertEquals(0, Safetensors.open(file).entries().get("doubles").offset());
        assertEquals(0, lengthOfHeader(file) % 8);
    }

    @Test
    void anEmptyFileOfTensorsIsOne() {
        var file = folder.resolve("none.safetensors");
        Safetensors.write(file, Map.of(), Map.of());

        assertEquals(Map.of(), Safetensors.read(file));
    }

    @Test
    void aTensorThatIsNotThereIsTheProgramsMistake() {
        var file = Safetensors.open(golden("python.safetensors"));
        var problem = assertThrows(IllegalArgumentException.class, () -> file.read("bias"));

        assertTrue(problem.getMessage().contains("has no tensor \"bias\"; it has "));
        var reserved = Map.of("__metadata__", HostArray.zeros(DType.F32, Shape.scalar()));
        assertThrows(
                IllegalArgumentException.class,
                () -> Safetensors.write(folder.resolve("x"), reserved, Map.of()));
    }

    @Test
    void filesThatCannotBeSafetensorsAreRefused() throws IOException {
        refused(folder.resolve("absent"), "no such file");
        refused(write(new byte[7]), "has only 7 bytes");
        refused(write(header(-1, "{}")), "a header of 18446744073709551615 bytes");
        refused(write(header(200_000_000, "{}")), "a header of 200000000 bytes");
        refused(write(header(3, "{}")), "a header of 3 bytes, but 2 bytes follow");
        refused(json("{", 0), "not JSON");
        refused(json("[]", 0), "not a JSON object");
        refused(json("{} {}", 0), "not JSON");
        refused(json("", 0), "not a JSON object");
        refused(json("{\"a\": NaN}", 0), "not JSON");
        refused(json("[".repeat(100_000), 0), "not JSON");
    }

    @Test
    void duplicateNamesAreRefused() throws IOException {
        var entry = entry("F32", "[1]", 0, 4);
        refused(json("{\"a\":" + entry + ",\"a\":" + entry + "}", 4), "uplicate");
    }

    @Test
    void tensorsMustCoverTheDataOnce() throws IOException {
        var first = "{\"a\":" + entry("F32", "[2]", 0, 8);
        refused(json(first + ",\"b\":" + entry("F32", "[2]", 4, 12) + "}", 12), "inside another");
        refused(json(first + ",\"b\":" + entry("F32", "[2]", 0, 8) + "}", 8), "inside another");
        refused(json(first + ",\"b\":" + entry("F32", "[1]", 12, 16) + "}", 16), "after a gap");
        refused(json(first + "}", 7), "take 8 bytes, but 7 bytes follow");
        refused(json(first + "}", 9), "take 8 bytes, but 9 bytes follow");
        refused(json("{\"a\":" + entry("F32", "[1]", 4, 8) + "}", 8), "after a gap");
    }

    @Test
    void impossibleEntriesAreRefused() throws IOException {
        refusedEntry("7", "none of");
        refusedEntry(entry("I16", "[1]", 0, 2), "type \"I16\", which is none of");
        refusedEntry(entry("F32", "[-1]", 0, 4), "shape [-1]");
        refusedEntry(entry("F32", "[1.5]", 0, 4), "shape [1.5]");
        refusedEntry(entry("F32", "3", 0, 12), "shape 3");
        refusedEntry(entry("F32", "[4294967296]", 0, 4), "too large shape");
        refusedEntry(entry("F32", "[2147483647,2147483647,4]", 0, 4), "too large shape");
        refusedEntry(
                entry("F32", "[2147483647,2147483647,2147483647,2147483647]", 0, 4),
                "too large shape");
        refusedEntry(entry("U8", "[2147483640]", 0, 4), "too large shape");
        refusedEntry(entry("U8", "[2147483000]", 0, 4), "needs 2147483000 bytes");
        refusedEntry(entry("U8", "[2147483000]", 0, 2147483000L), "bytes follow the header");
        refusedEntry(entry("F32", "[1]", 4, 0), "needs 4 bytes");
        refusedEntry(entry("F32", "[1]", -4, 0), "data_offsets");
        refusedEntry("{\"dtype\":\"F32\",\"shape\":[1]}", "data_offsets");
        refusedEntry("{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,1e99]}", "data_offsets");
        refused(json("{\"__metadata__\":{\"a\":1}}", 0), "not a text");
        refused(json("{\"__metadata__\":[]}", 0), "not a JSON object");
    }

    @Test
    void aFileThatHasBecomeShorterIsNoticed() throws IOException {
        var path = json("{\"a\":" + entry("F32", "[2]", 0, 8) + "}", 8);
        var file = Safetensors.open(path);
        byte[] whole = Files.readAllBytes(path);
        Files.write(path, Arrays.copyOf(whole, whole.length - 1));

        assertThrows(DataException.class, () -> file.read("a"));
        assertThrows(DataException.class, file::readAll);
    }

    @Test
    void damagedFilesGiveNothingButClearErrors() throws IOException {
        var file = folder.resolve("damaged.safetensors");
        Files.copy(golden("python.safetensors"), file);

        Mutations.check(file, 3000, Safetensors::read);
    }

    private void refusedEntry(String entry, String reason) throws IOException {
        refused(json("{\"a\":" + entry + "}", 4), reason);
    }

    private static void refused(Path file, String reason) {
        var problem = assertThrows(DataException.class, () -> Safetensors.open(file));
        assertTrue(problem.getMessage().startsWith(file.toString()), problem.getMessage());
        assertTrue(problem.getMessage().contains(reason), problem.getMessage());
    }

    private Path json(String header, int dataBytes) throws IOException {
        byte[] start = header(header.getBytes(StandardCharsets.UTF_8).length, header);
        return write(Arrays.copyOf(start, start.length + dataBytes));
    }

    private Path write(byte[] content) throws IOException {
        return Files.write(folder.resolve("file.safetensors"), content);
    }

    private static byte[] header(long announced, String json) {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        var buffer = ByteBuffer.allocate(8 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        return buffer.putLong(announced).put(text).array();
    }

    private static String entry(String dtype, String shape, long begin, long end) {
        return "{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                .formatted(dtype, shape, begin, end);
    }

    private static long lengthOfHeader(Path file) {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(file))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getLong();
        } catch (IOException problem) {
            throw new AssertionError(problem);
        }
    }

    static Path golden(String name) {
        try {
            return Path.of(SafetensorsTest.class.getResource(name).toURI());
        } catch (URISyntaxException problem) {
            throw new AssertionError(problem);
        }
    }
}
