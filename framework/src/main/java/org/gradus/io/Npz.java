package org.gradus.io;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.gradus.data.DataException;
import org.gradus.tensor.HostArray;

/** NumPy's file of several named arrays: a zip archive of {@link Npy} files. */
public final class Npz {
    private static final String SUFFIX = ".npy";

    /** The most that deflate can compress, with a margin: more is not announced by honest files. */
    private static final long MAXIMUM_RATIO = 1100;

    /** The first moment that zip can express: the same arrays give the same file. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private Npz() {}

    /**
     * Reads all arrays of a file by name, in the archive's order.
     *
     * @throws DataException if the file is missing or damaged, or holds something else than arrays
     *     of numbers
     */
    public static SequencedMap<String, HostArray> read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(file + ": there is no such file; give the path of a .npz file");
        }
        try (ZipFile archive = new ZipFile(file.toFile())) {
            SequencedMap<String, HostArray> arrays = new LinkedHashMap<>();
            for (ZipEntry entry : Collections.list(archive.entries())) {
                String name = file + ", array " + entry.getName();
                if (!entry.getName().endsWith(SUFFIX)) {
                    throw new DataException(
                            name + ": not a " + SUFFIX + " file; give one that numpy.savez wrote");
                }
                String key =
                        entry.getName().substring(0, entry.getName().length() - SUFFIX.length());
                requirePossibleSize(entry, Files.size(file), name);
                if (arrays.put(key, read(archive, entry, name)) != null) {
                    throw new DataException(name + ": is there twice; write the file again");
                }
            }
            return arrays;
        } catch (IOException problem) {
            throw new DataException(
                    file
                            + ": not a whole zip archive of arrays ("
                            + problem.getMessage()
                            + "); fetch or write the file again",
                    problem);
        }
    }

    /**
     * Writes arrays by name to a file, in place of one that may be there; see {@link AtomicFiles}
     * and {@link Npy#write}.
     *
     * @throws UncheckedIOException if the file cannot be written; the old one is then still there
     */
    public static void write(Path file, Map<String, HostArray> arrays) {
        AtomicFiles.write(
                file,
                channel -> {
                    OutputStream open = unclosed(Channels.newOutputStream(channel));
                    try (ZipOutputStream archive = new ZipOutputStream(open)) {
                        // Weights hardly get smaller: speed matters more.
                        archive.setLevel(Deflater.BEST_SPEED);
                        for (Map.Entry<String, HostArray> array : arrays.entrySet()) {
                            ZipEntry entry = new ZipEntry(array.getKey() + SUFFIX);
                            entry.setTimeLocal(TIME);
                            archive.putNextEntry(entry);
                            Npy.write(Channels.newChannel(unclosed(archive)), array.getValue());
                            archive.closeEntry();
                        }
                    }
                });
    }

    private static HostArray read(ZipFile archive, ZipEntry entry, String name) throws IOException {
        try (InputStream in = archive.getInputStream(entry);
                ReadableByteChannel channel = Channels.newChannel(in)) {
            HostArray array = Npy.read(channel, entry.getSize(), name);
            if (in.read() >= 0) {
                throw new IOException(name + " is longer than announced");
            }
            return array;
        }
    }

    private static void requirePossibleSize(ZipEntry entry, long fileBytes, String name) {
        long packed = entry.getCompressedSize();
        if (packed < 0 || packed > fileBytes || entry.getSize() / MAXIMUM_RATIO > packed) {
            throw new DataException(
                    name
                            + ": announces "
                            + entry.getSize()
                            + " bytes packed into "
                            + packed
                            + ", which is impossible; fetch or write the file again");
        }
    }

    /** Closing the archive must leave the channel open, which is still to be made durable. */
    private static OutputStream unclosed(OutputStream out) {
        return new FilterOutputStream(out) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                out.write(bytes, offset, length);
            }

            @Override
            public void close() throws IOException {
                flush();
            }
        };
    }
}
