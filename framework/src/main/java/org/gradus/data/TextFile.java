package org.gradus.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Text files in UTF-8. A byte order mark at the start is left out. */
public final class TextFile {
    /** What one string can hold with certainty. */
    private static final long MAXIMUM_BYTES = Integer.MAX_VALUE / 2;

    private static final int BUFFER = 1 << 13;

    private TextFile() {}

    /**
     * Returns a file's text.
     *
     * @throws DataException if it is missing, larger than 1 GB, or not in UTF-8; the message says
     *     where it is not
     */
    public static String read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(
                    file + ": there is no such file; give the path of a text file in UTF-8");
        }
        try {
            if (Files.size(file) > MAXIMUM_BYTES) {
                throw new DataException(
                        file
                                + ": has "
                                + Files.size(file)
                                + " bytes, more than the "
                                + MAXIMUM_BYTES
                                + " that can be read; cut it into several files");
            }
            String text = Files.readString(file);
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException problem) {
            throw new DataException(
                    file
                            + ", byte "
                            + malformed(file)
                            + ": is not text in UTF-8 there; convert the file to UTF-8",
                    problem);
        } catch (IOException problem) {
            throw new DataException(
                    file + ": cannot be read (" + problem + "); check its permissions", problem);
        }
    }

    /** Returns a file's lines; see {@link #read}. */
    static List<String> lines(Path file) {
        return read(file).lines().toList();
    }

    /** Returns the position of the first byte that is no part of a character. */
    private static long malformed(Path file) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer ignored = CharBuffer.allocate(BUFFER);
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
            while (decoder.decode(bytes, ignored, true).isOverflow()) {
                ignored.clear();
            }
            return bytes.position();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }
}
