package org.gradus.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes files so that a reader sees the old content or the new one, never a part: into a new file
 * beside it, which then takes its place. When something goes wrong, such as a full disk, the old
 * file stays as it was and the new one is removed; after a power failure one of the two is there.
 */
public final class AtomicFiles {
    private AtomicFiles() {}

    /** What puts a file's content into a channel. */
    @FunctionalInterface
    public interface Content {
        /** Writes the whole content; the channel is closed by the caller. */
        void writeTo(WritableByteChannel channel) throws IOException;
    }

    /**
     * Writes a file, in place of one that may be there. A symbolic link is followed.
     *
     * @throws UncheckedIOException if that fails; the message names the file and the reason, and
     *     the old file is still there
     */
    public static void write(Path file, Content content) {
        try {
            Path target = Files.isSymbolicLink(file) ? file.toRealPath() : file.toAbsolutePath();
            Path folder = target.getParent();
            if (folder == null) {
                throw new IOException("it is the root folder");
            }
            Path fresh =
                    folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
            try {
                writeDurably(fresh, content);
                replace(fresh, target);
            } finally {
                // After a success there is nothing left to delete.
                Files.deleteIfExists(fresh);
            }
            forceFolder(folder);
        } catch (IOException problem) {
            throw new UncheckedIOException(
                    file
                            + ": cannot be written ("
                            + reason(problem)
                            + "); what was there before is unchanged",
                    problem);
        }
    }

    /** Writes a file of the given bytes; see {@link #write(Path, Content)}. */
    public static void write(Path file, byte[] bytes) {
        write(file, channel -> writeFully(channel, ByteBuffer.wrap(bytes)));
    }

    /** Writes a file of text in UTF-8; see {@link #write(Path, Content)}. */
    public static void write(Path file, String text) {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes all that remains in a buffer. */
    static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void writeDurably(Path file, Content content) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            content.writeTo(channel);
            channel.force(true);
        }
    }

    private static void replace(Path fresh, Path target) throws IOException {
        try {
            Files.move(
                    fresh,
                    target,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException _) {
            Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Makes the renaming itself durable, where the system lets folders be opened. */
    private static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException | UnsupportedOperationException _) {
            // Windows opens no folders: the file is complete and in place all the same.
        }
    }

    private static String reason(IOException problem) {
        return problem.getMessage() == null || problem.getClass() != IOException.class
                ? problem.toString()
                : problem.getMessage();
    }
}
