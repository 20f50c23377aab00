package org.gradus.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WavTest {
    private static final int PCM = 1;
    private static final int FLOAT = 3;

    @TempDir private Path folder;
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("sound.wav");
    }

    @Test
    void channelsAreSeparated() throws IOException {
        write(PCM, 2, 16, 0x00, 0x40, 0x00, 0x80, 0xff, 0x7f, 0x00, 0x00);
        var sound = Wav.read(file);

        assertEquals(16_000, sound.samplesPerSecond());
        assertEquals(Shape.of(2, 2), sound.samples().shape());
        assertArrayEquals(new float[] {0.5f, 32767 / 32768f, -1, 0}, sound.samples().toFloats());
    }

    @Test
    void allSizesOfSamplesAreScaledAlike() throws IOException {
        write(PCM, 1, 8, 0x80, 0xc0, 0x00);
        assertArrayEquals(new float[] {0, 0.5f, -1}, Wav.read(file).samples().toFloats());
        write(PCM, 1, 24, 0, 0, 0x40, 0, 0, 0x80, 1, 0, 0, 0xff, 0xff, 0xff);
        assertArrayEquals(
                new float[] {0.5f, -1, 0x1p-23f, -0x1p-23f}, Wav.read(file).samples().toFloats());
        write(PCM, 1, 32, 0, 0, 0, 0x40, 0, 0, 0, 0x80);
        assertArrayEquals(new float[] {0.5f, -1}, Wav.read(file).samples().toFloats());
        write(FLOAT, 1, 32, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0);
        assertArrayEquals(new float[] {1, -2}, Wav.read(file).samples().toFloats());
    }

    @Test
    void whatIsNoSoundIsRefused() throws IOException {
        refused("no such file");
        Files.writeString(file, "RIFF");
        refused("sound.wav");
        write(6, 1, 8, 1, 2, 3);
        refused("ALAW");
        write(PCM, 1, 12, 1, 2, 3, 4);
        refused("convert it to a WAV file");
        write(FLOAT, 1, 32, 0, 0, 0xc0, 0x7f);
        refused("sample 0: is no finite number");
        write(PCM, 1, 16, 1, 2, 3, 4);
        var bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 2));
        refused("sample 1: ends where 2 samples are expected");
        bytes[42] = 0x7f;
        Files.write(file, bytes);
        refused("bytes of sound");
    }

    @Test
    void damagedFilesGiveNothingButClearErrors() throws IOException {
        write(PCM, 2, 16, 0x00, 0x40, 0x00, 0x80, 0xff, 0x7f, 0x00, 0x00);
        Mutations.check(file, 3000, Wav::read);
        write(FLOAT, 1, 32, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0);
        Mutations.check(file, 1000, Wav::read);
    }

    private void refused(String reason) {
        var message = assertThrows(DataException.class, () -> Wav.read(file)).getMessage();
        assertTrue(message.startsWith(file.toString()) && message.contains(reason), message);
    }

    /** Writes a file of 16,000 samples a second: header, format, data. */
    private void write(int format, int channels, int bits, int... data) throws IOException {
        int frame = channels * bits / 8;
        var bytes = ByteBuffer.allocate(44 + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(ascii("RIFF")).putInt(36 + data.length).put(ascii("WAVEfmt ")).putInt(16);
        bytes.putShort((short) format).putShort((short) channels).putInt(16_000);
        bytes.putInt(16_000 * frame).putShort((short) frame).putShort((short) bits);
        bytes.put(ascii("data")).putInt(data.length);
        for (int value : data) {
            bytes.put((byte) value);
        }
        Files.write(file, bytes.array());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
