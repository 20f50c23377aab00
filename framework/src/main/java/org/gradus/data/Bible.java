package org.gradus.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

/**
 * The King James Bible as text: 4.2 million characters, 73 different ones, part of this library.
 * What language models are first trained on.
 *
 * <p>Each chapter has a heading, such as {@code Genesis 1}, a line for each verse and an empty line
 * after it.
 *
 * <p>Source: the Debian package bible-kjv-text. In the public domain, save in the United Kingdom,
 * where the Crown holds the right to print it.
 */
public final class Bible {
    /** The chapters up to Acts 22, nine tenths of the text; a chapter is never cut. */
    private static final String FIRST_OF_VALIDATION = "\n\nActs 23\n";

    private static final String RESOURCE = "bible-kjv.txt.gz";

    private Bible() {}

    /** Returns the whole text. */
    public static String text() {
        try (InputStream packed = Bible.class.getResourceAsStream(RESOURCE)) {
            if (packed == null) {
                throw new DataException(
                        RESOURCE
                                + ": missing from the library's jar; build or install Gradus again");
            }
            return new String(
                    new GZIPInputStream(packed).readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException problem) {
            throw new DataException(
                    RESOURCE + ": cannot be read from the library's jar (" + problem + ")",
                    problem);
        }
    }

    /** Returns the text to learn from: Genesis 1 to Acts 22, 3.7 million characters. */
    public static String train() {
        String text = text();
        return text.substring(0, cut(text));
    }

    /** Returns the text held back to measure on: Acts 23 to Revelation 22. */
    public static String validation() {
        String text = text();
        return text.substring(cut(text));
    }

    private static int cut(String text) {
        return text.indexOf(FIRST_OF_VALIDATION) + 2;
    }
}
