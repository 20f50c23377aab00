package org.gradus.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardWriterTest {
    /** Two seconds and a half: 0x4004 0000 0000 0000 as a double. */
    private static final InstantSource CLOCK =
            InstantSource.fixed(Instant.ofEpochSecond(2, 500_000_000));

    @TempDir private Path folder;

    /** The check sums were accepted by TensorBoard's own reader, and the values found in it. */
    @Test
    void recordsHaveLengthsAndCheckSums() throws IOException {
        Path file;
        try (var writer = TensorBoardWriter.open(folder, CLOCK)) {
            writer.scalar("a", 1, 300);
            file = writer.file();
        }

        assertEquals("events.out.tfevents.0000000002.gradus.0", file.getFileName().toString());
        var version = "09" + "0000000000000440" + "1a0d" + hex("brain.Event:2");
        var value =
                "09" + "0000000000000440" + "10ac02" + "2a0a" + "0a08" + "0a0161" + "150000803f";
        assertEquals(
                "1800000000000000"
                        + "a37f4b22"
                        + version
                        + "b19bcaec"
                        + "1800000000000000"
                        + "a37f4b22"
                        + value
                        + "5851358d",
                HexFormat.of().formatHex(Files.readAllBytes(file)));
    }

    @Test
    void eachOpeningMakesAFileOfItsOwn() {
        try (var first = TensorBoardWriter.open(folder.resolve("logs/run"), CLOCK);
                var second = TensorBoardWriter.open(folder.resolve("logs/run"), CLOCK)) {
            assertNotEquals(first.file(), second.file());
            assertTrue(first.file().toString().compareTo(second.file().toString()) < 0);
        }
    }

    @Test
    void valuesCanBeReadWhileTheRunGoesOn() throws IOException {
        try (var writer = TensorBoardWriter.open(folder)) {
            long before = Files.size(writer.file());
            writer.scalar("loss/train", Double.NaN, Long.MAX_VALUE);
            assertTrue(Files.size(writer.file()) > before);
        }
    }

    @Test
    void writingToAClosedFileNamesIt() {
        var writer = TensorBoardWriter.open(folder);
        writer.close();
        writer.close();
        var problem = assertThrows(UncheckedIOException.class, () -> writer.scalar("loss", 1, 1));

        assertTrue(problem.getMessage().startsWith(writer.file().toString()));
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws IOException {
        var file = Files.writeString(folder.resolve("file"), "in the way");
        var problem =
                assertThrows(
                        UncheckedIOException.class,
                        () -> TensorBoardWriter.open(file.resolve("logs")));

        assertTrue(problem.getMessage().contains("no event file"), problem.getMessage());
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }
}
