package org.gradus.io;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.zip.CRC32C;

/**
 * Writes scalar values as an event file, which TensorBoard draws as curves: records with check sums
 * (TensorFlow's {@code record_writer.h}) of {@code Event} messages ({@code event.proto}, {@code
 * summary.proto}). Not for several threads at once.
 */
public final class TensorBoardWriter implements Closeable {
    private static final String VERSION = "brain.Event:2";

    // Field numbers of event.proto and summary.proto
    private static final int EVENT_WALL_TIME = 1;
    private static final int EVENT_STEP = 2;
    private static final int EVENT_FILE_VERSION = 3;
    private static final int EVENT_SUMMARY = 5;
    private static final int SUMMARY_VALUE = 1;
    private static final int VALUE_TAG = 1;
    private static final int VALUE_SIMPLE_VALUE = 2;

    private final Path file;
    private final FileChannel channel;
    private final InstantSource clock;

    private TensorBoardWriter(Path file, FileChannel channel, InstantSource clock) {
        this.file = file;
        this.channel = channel;
        this.clock = clock;
    }

    /**
     * Starts a new event file in a folder, which is made if need be. TensorBoard joins the files of
     * a folder, so a resumed run continues its curves.
     *
     * @throws UncheckedIOException if the file cannot be made
     */
    public static TensorBoardWriter open(Path folder) {
        return open(folder, InstantSource.system());
    }

    static TensorBoardWriter open(Path folder, InstantSource clock) {
        try {
            Files.createDirectories(folder);
            TensorBoardWriter writer = create(folder, clock);
            writer.writeVersion();
            return writer;
        } catch (IOException problem) {
            throw new UncheckedIOException(
                    folder + ": no event file can be written there (" + problem + ")", problem);
        }
    }

    /** Returns the event file. */
    public Path file() {
        return file;
    }

    /**
     * Adds a value to a curve.
     *
     * @param tag the curve's name; a slash makes groups, as in {@code loss/train}
     * @param value the value, kept in single precision; NaN is shown as a gap
     * @param step the number of the training step
     * @throws UncheckedIOException if the file cannot be written
     */
    public void scalar(String tag, double value, long step) {
        try {
            byte[] summaryValue =
                    message(
                            out -> {
                                out.writeString(VALUE_TAG, tag);
                                out.writeFloat(VALUE_SIMPLE_VALUE, (float) value);
                            });
            byte[] summary = message(out -> out.writeByteArray(SUMMARY_VALUE, summaryValue));
            writeRecord(
                    message(
                            out -> {
                                out.writeDouble(EVENT_WALL_TIME, seconds());
                                out.writeInt64(EVENT_STEP, step);
                                out.writeByteArray(EVENT_SUMMARY, summary);
                            }));
        } catch (IOException problem) {
            throw new UncheckedIOException(file + ": cannot be written (" + problem + ")", problem);
        }
    }

    /** Makes all that was written durable and closes the file. */
    @Override
    public void close() {
        try (channel) {
            if (channel.isOpen()) {
                channel.force(true);
            }
        } catch (IOException problem) {
            throw new UncheckedIOException(file + ": cannot be written (" + problem + ")", problem);
        }
    }

    /** TensorBoard wants the seconds in the name, and reads files in the names' order. */
    private static TensorBoardWriter create(Path folder, InstantSource clock) throws IOException {
        for (int number = 0; ; number++) {
            Path file =
                    folder.resolve(
                            "events.out.tfevents.%010d.gradus.%d"
                                    .formatted(clock.instant().getEpochSecond(), number));
            try {
                FileChannel channel =
                        FileChannel.open(
                                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                return new TensorBoardWriter(file, channel, clock);
            } catch (FileAlreadyExistsException _) {
                // Another run started in the same second: take the next number.
            }
        }
    }

    private void writeVersion() throws IOException {
        writeRecord(
                message(
                        out -> {
                            out.writeDouble(EVENT_WALL_TIME, seconds());
                            out.writeString(EVENT_FILE_VERSION, VERSION);
                        }));
    }

    private double seconds() {
        Instant now = clock.instant();
        return now.getEpochSecond() + now.getNano() * 1e-9;
    }

    /** A record: its length, the length's check sum, the bytes, their check sum; in one write. */
    private void writeRecord(byte[] event) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(16 + event.length).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(event.length);
        record.putInt(maskedChecksum(record.array(), 8));
        record.put(event).putInt(maskedChecksum(event, event.length));
        AtomicFiles.writeFully(channel, record.flip());
    }

    /** Masked, so that check sums of data that contain check sums stay good (LevelDB, crc32c.h). */
    private static int maskedChecksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return Integer.rotateRight((int) checksum.getValue(), 15) + 0xa282ead8;
    }

    @FunctionalInterface
    private interface Fields {
        void writeTo(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        fields.writeTo(out);
        out.flush();
        return bytes.toByteArray();
    }
}
