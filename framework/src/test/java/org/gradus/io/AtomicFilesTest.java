package org.gradus.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    private static final int DISK_BYTES = 1 << 20;

    @TempDir private Path folder;

    @Test
    void newFilesAreMadeAndOldOnesReplaced() throws IOException {
        var file = folder.resolve("notes.txt");
        AtomicFiles.write(file, "ä first");
        assertEquals("ä first", Files.readString(file));
        AtomicFiles.write(file, "2nd");
        assertEquals("2nd", Files.readString(file));
        assertEquals(List.of(file), list(folder));
    }

    @Test
    void aLinkStaysALinkToTheNewContent() throws IOException {
        var target = Files.writeString(folder.resolve("target"), "old");
        var link = Files.createSymbolicLink(folder.resolve("link"), Path.of("target"));
        AtomicFiles.write(link, "new");

        assertTrue(Files.isSymbolicLink(link));
        assertEquals("new", Files.readString(target));
    }

    @Test
    void whenWritingFailsTheOldFileStaysAndNothingElse() throws IOException {
        var file = Files.writeString(folder.resolve("file"), "old");
        var mistake = new IOException("the cable was pulled");
        var problem =
                assertThrows(
                        UncheckedIOException.class,
                        () ->
                                AtomicFiles.write(
                                        file,
                                        channel -> {
                                            channel.write(ByteBuffer.allocate(100));
                                            throw mistake;
                                        }));

        assertSame(mistake, problem.getCause());
        assertEquals(
                file
                        + ": cannot be written (the cable was pulled);"
                        + " what was there before is unchanged",
                problem.getMessage());
        assertEquals("old", Files.readString(file));
        assertEquals(List.of(file), list(folder));
    }

    @Test
    void mistakesOfTheWriterLeaveTheOldFileToo() throws IOException {
        var file = Files.writeString(folder.resolve("file"), "old");
        assertThrows(
                IllegalStateException.class,
                () ->
                        AtomicFiles.write(
                                file,
                                _ -> {
                                    throw new IllegalStateException();
                                }));

        assertEquals("old", Files.readString(file));
        assertEquals(List.of(file), list(folder));
    }

    @Test
    void aMissingFolderIsNamed() {
        var file = folder.resolve("absent/file");
        var problem =
                assertThrows(UncheckedIOException.class, () -> AtomicFiles.write(file, "text"));

        assertTrue(problem.getMessage().startsWith(file.toString()), problem.getMessage());
    }

    @Test
    void aFolderIsNotReplaced() throws IOException {
        var inTheWay = Files.createDirectory(folder.resolve("folder"));

        assertThrows(UncheckedIOException.class, () -> AtomicFiles.write(inTheWay, "text"));
        assertThrows(UncheckedIOException.class, () -> AtomicFiles.write(folder.getRoot(), "text"));
        assertEquals(List.of(inTheWay), list(folder));
        assertTrue(Files.isDirectory(inTheWay));
    }

    @Test
    void aFullDiskLeavesTheOldFile() throws IOException {
        try (var disk = smallDisk()) {
            var root = disk.getPath("").toAbsolutePath();
            var file = root.resolve("weights.safetensors");
            var small = Map.of("w", HostArray.of(new float[] {1, 2}, Shape.of(2)));
            var large = Map.of("w", HostArray.zeros(DType.F32, Shape.of(DISK_BYTES)));
            Safetensors.write(file, small, Map.of());

            assertThrows(
                    UncheckedIOException.class, () -> Safetensors.write(file, large, Map.of()));
            assertEquals(2, Safetensors.read(file).get("w").get(1));
            assertThrows(UncheckedIOException.class, () -> Npz.write(file, random()));
            assertThrows(UncheckedIOException.class, () -> Npy.write(file, large.get("w")));
            assertEquals(2, Safetensors.read(file).get("w").get(1));
            assertEquals(List.of(file), list(root));

            // The space is free again.
            Safetensors.write(root.resolve("other"), small, Map.of());
        }
    }

    /** Numbers that do not get smaller when compressed. */
    private static Map<String, HostArray> random() {
        var numbers = new Random(0).longs(DISK_BYTES / 4).toArray();
        return Map.of("x", HostArray.of(numbers, Shape.of(numbers.length)));
    }

    private static FileSystem smallDisk() {
        return Jimfs.newFileSystem(Configuration.unix().toBuilder().setMaxSize(DISK_BYTES).build());
    }

    private static List<Path> list(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.toList();
        }
    }
}
