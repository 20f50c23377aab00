package org.gradus.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/**
 * Sound from a WAV file: uncompressed samples of 8, 16, 24 or 32 bits, or floats of 32 bits.
 *
 * @param samplesPerSecond the number of samples of a channel in a second
 * @param samples the sound, {@code F32 [channels, samples]}, whole numbers scaled to -1..1
 */
public record Wav(float samplesPerSecond, HostArray samples) {
    private static final String REMEDY =
            "convert it to a WAV file of 16 bits, for example with a sound editor";

    /**
     * Reads a file.
     *
     * @throws DataException if it is missing, cut short, of another format, or larger than an array
     *     can be
     */
    public static Wav read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(file + ": there is no such file; give the path of a WAV file");
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
                AudioInputStream sound = AudioSystem.getAudioInputStream(in)) {
            return read(sound, file);
        } catch (UnsupportedAudioFileException problem) {
            throw new DataException(
                    file + ": is no WAV file of a known format; " + REMEDY, problem);
        } catch (IOException problem) {
            throw new DataException(
                    file + ": cannot be read (" + problem + "); " + REMEDY, problem);
        }
    }

    private static Wav read(AudioInputStream sound, Path file) throws IOException {
        AudioFormat format = sound.getFormat();
        int channels = format.getChannels();
        int bits = format.getSampleSizeInBits();
        boolean known =
                switch (format.getEncoding().toString()) {
                    case "PCM_UNSIGNED" -> bits == 8;
                    case "PCM_SIGNED" -> bits == 16 || bits == 24 || bits == 32;
                    case "PCM_FLOAT" -> bits == 32;
                    default -> false;
                };
        int frame = channels * (bits / 8);
        if (!known
                || format.isBigEndian()
                || channels < 1
                || frame != format.getFrameSize()
                || !(format.getSampleRate() > 0)) {
            throw new DataException(file + ": has samples of the kind " + format + "; " + REMEDY);
        }
        long expected = sound.getFrameLength() * frame;
        long available = Files.size(file);
        if (expected < 0 || expected > available || expected > Integer.MAX_VALUE - 8) {
            throw new DataException(
                    file
                            + ": says that it has "
                            + expected
                            + " bytes of sound, but has "
                            + available
                            + " in all or is too large; get the file again or cut it");
        }
        byte[] bytes = sound.readNBytes((int) expected);
        if (bytes.length < expected) {
            throw new DataException(
                    file
                            + ", sample "
                            + bytes.length / frame
                            + ": ends where "
                            + expected / frame
                            + " samples are expected; get the file again");
        }
        int count = bytes.length / frame;
        float[] samples = new float[count * channels];
        ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        boolean floats = format.getEncoding().equals(AudioFormat.Encoding.PCM_FLOAT);
        for (int i = 0; i < count; i++) {
            for (int channel = 0; channel < channels; channel++) {
                float sample = floats ? data.getFloat() : next(data, bits);
                if (!Float.isFinite(sample)) {
                    throw new DataException(
                            file + ", sample " + i + ": is no finite number; get the file again");
                }
                samples[channel * count + i] = sample;
            }
        }
        return new Wav(format.getSampleRate(), HostArray.of(samples, Shape.of(channels, count)));
    }

    /** Reads a whole number and scales it. */
    private static float next(ByteBuffer data, int bits) {
        return switch (bits) {
            case 8 -> ((data.get() & 0xff) - 0x80) / 0x1p7f;
            case 16 -> data.getShort() / 0x1p15f;
            case 24 -> ((data.get() & 0xff) | data.getShort() << 8) / 0x1p23f;
            default -> data.getInt() / 0x1p31f;
        };
    }
}
