package org.gradus.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.gradus.data.DataException;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/**
 * Files of named tensors in the safetensors format: the length of a header as a 64-bit number, the
 * header in JSON (type, shape and place of each tensor, and texts as metadata), then the elements;
 * all little-endian (https://github.com/huggingface/safetensors, "Format").
 *
 * <p>An object of this class is a file whose header has been read and checked against the file's
 * length; tensors are read when they are asked for. It keeps no file open.
 */
public final class Safetensors {
    private static final int LENGTH_BYTES = 8;

    /** The format's own limit, which keeps hostile headers from filling the memory. */
    private static final long MAXIMUM_HEADER = 100_000_000;

    private final Path file;
    private final SafetensorsHeader header;
    private final long dataStart;

    /**
     * What the header says of a tensor.
     *
     * @param dtype the type of its elements
     * @param shape its shape
     * @param offset where its elements start, in bytes after the header
     */
    public record Entry(DType dtype, Shape shape, long offset) {
        /** Returns the number of bytes of its elements. */
        public long bytes() {
            return shape.elements() * dtype.bytes();
        }
    }

    private Safetensors(Path file, SafetensorsHeader header, long dataStart) {
        this.file = file;
        this.header = header;
        this.dataStart = dataStart;
    }

    /**
     * Writes tensors to a file, in place of one that may be there; see {@link AtomicFiles}. Tensors
     * with wider elements come first, so that all lie aligned; else they keep their order.
     *
     * @param tensors the tensors by name
     * @param metadata texts by name; may be empty
     * @throws IllegalArgumentException if a tensor is called {@code __metadata__}
     * @throws UncheckedIOException if the file cannot be written; the old one is then still there
     */
    public static void write(
            Path file, Map<String, HostArray> tensors, Map<String, String> metadata) {
        SequencedMap<String, HostArray> ordered = new LinkedHashMap<>();
        tensors.entrySet().stream()
                .sorted(Comparator.comparing(entry -> -entry.getValue().dtype().bytes()))
                .forEach(entry -> ordered.put(entry.getKey(), entry.getValue()));
        byte[] json = SafetensorsHeader.json(ordered, metadata);
        ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        length.putLong(0, json.length);
        AtomicFiles.write(
                file,
                channel -> {
                    AtomicFiles.writeFully(channel, length.rewind());
                    AtomicFiles.writeFully(channel, ByteBuffer.wrap(json));
                    for (HostArray array : ordered.values()) {
                        Elements.write(channel, array);
                    }
                });
    }

    /**
     * Reads and checks a file's header.
     *
     * @throws DataException if the file is missing, or is not a whole and valid safetensors file,
     *     or has a tensor of a type that is not one of {@link DType}
     */
    public static Safetensors open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(
                    file + ": there is no such file; give the path of a safetensors file");
        }
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            long size = channel.size();
            byte[] json = readHeader(file, channel, size);
            long dataStart = LENGTH_BYTES + json.length;
            return new Safetensors(
                    file,
                    SafetensorsHeader.parse(file.toString(), json, size - dataStart),
                    dataStart);
        } catch (IOException problem) {
            throw unreadable(file, problem);
        }
    }

    /** Reads all tensors of a file by name, in the header's order; see {@link #open}. */
    public static SequencedMap<String, HostArray> read(Path file) {
        return open(file).readAll();
    }

    /** Returns the texts by name; empty if there are none. */
    public SequencedMap<String, String> metadata() {
        return header.metadata();
    }

    /** Returns what the header says of each tensor, in its order. */
    public SequencedMap<String, Entry> entries() {
        return header.entries();
    }

    /**
     * Reads a tensor.
     *
     * @throws IllegalArgumentException if the file has none of this name
     * @throws DataException if the file cannot be read any more
     */
    public HostArray read(String name) {
        if (!entries().containsKey(name)) {
            throw new IllegalArgumentException(
                    file
                            + ": has no tensor \""
                            + name
                            + "\"; it has "
                            + String.join(", ", entries().keySet()));
        }
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            return read(channel, name);
        } catch (IOException problem) {
            throw unreadable(file, problem);
        }
    }

    /**
     * Reads all tensors by name, in the header's order.
     *
     * @throws DataException if the file cannot be read any more
     */
    public SequencedMap<String, HostArray> readAll() {
        SequencedMap<String, HostArray> tensors = new LinkedHashMap<>();
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            for (String name : entries().keySet()) {
                tensors.put(name, read(channel, name));
            }
        } catch (IOException problem) {
            throw unreadable(file, problem);
        }
        return tensors;
    }

    private HostArray read(SeekableByteChannel channel, String name) throws IOException {
        Entry entry = entries().get(name);
        long position = dataStart + entry.offset();
        if (position + entry.bytes() > channel.size()) {
            throw new DataException(
                    file
                            + ": tensor \""
                            + name
                            + "\" is cut off, the file has become shorter since it was opened;"
                            + " open it again when it is written");
        }
        HostArray array = HostArray.zeros(entry.dtype(), entry.shape());
        Elements.read(channel.position(position), array, ByteOrder.LITTLE_ENDIAN);
        return array;
    }

    private static byte[] readHeader(Path file, SeekableByteChannel channel, long size)
            throws IOException {
        if (size < LENGTH_BYTES) {
            throw new DataException(
                    file
                            + ": has only "
                            + size
                            + " bytes, too few for a safetensors file; fetch or write it again");
        }
        ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        Elements.readFully(channel, length);
        long bytes = length.getLong(0);
        if (bytes < 0 || bytes > MAXIMUM_HEADER || bytes > size - LENGTH_BYTES) {
            throw new DataException(
                    file
                            + ": announces a header of "
                            + Long.toUnsignedString(bytes)
                            + " bytes, but "
                            + (size - LENGTH_BYTES)
                            + " bytes follow and a header has at most "
                            + MAXIMUM_HEADER
                            + "; it is cut short or not a safetensors file");
        }
        byte[] json = new byte[(int) bytes];
        Elements.readFully(channel, ByteBuffer.wrap(json));
        return json;
    }

    private static DataException unreadable(Path file, IOException problem) {
        return new DataException(
                file + ": cannot be read (" + problem + "); check the file and its permissions",
                problem);
    }
}
