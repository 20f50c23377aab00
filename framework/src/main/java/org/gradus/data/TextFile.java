package org.gradus.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Text files in UTF-8. A byte order mark at the start is left out. */
public final class TextFile {
    /** What one string can hold with certainty. */
    private static final long MAXIMUM_BYTES = Integer.MAX_VALUE / 2;

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
            return decode(Files.readAllBytes(file), file);
        } catch (IOException problem) {
            throw new DataException(
                    file + ": cannot be read (" + problem + "); check its permissions", problem);
        }
    }

    /** Returns a file's lines; see {@link #read}. */
    static List<String> lines(Path file) {
        return read(file).lines().toList();
    }

    private static String decode(byte[] bytes, Path file) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer text = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, text, true);
        if (result.isError()) {
            throw new DataException(
                    file
                            + ", byte "
                            + in.position()
                            + ": is not text in UTF-8 there; convert the file to UTF-8");
        }
        text.flip();
        if (text.hasRemaining() && text.charAt(0) == '\ufeff') {
            text.get();
        }
        return text.toString();
    }
}
