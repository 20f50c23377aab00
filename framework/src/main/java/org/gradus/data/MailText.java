package org.gradus.data;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a reader sees of a mail: its subject and its body, decoded. All other headers are left out,
 * for they give away where a mail was filtered.
 */
final class MailText {
    private static final Pattern END_OF_HEADERS = Pattern.compile("\r?\n\r?\n");
    private static final Pattern FOLD = Pattern.compile("\r?\n[ \t]+");
    private static final Pattern SUBJECT =
            Pattern.compile("^Subject:[ \t]*(.*)$", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);
    private static final Pattern ENCODING =
            Pattern.compile(
                    "^Content-Transfer-Encoding:[ \t]*(quoted-printable|base64)",
                    Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

    private MailText() {}

    /** Returns the subject, an empty line and the body. Never fails: mails are often malformed. */
    static String of(byte[] mail) {
        String text = new String(mail, StandardCharsets.ISO_8859_1);
        Matcher end = END_OF_HEADERS.matcher(text);
        boolean divided = end.find();
        String headers =
                FOLD.matcher(divided ? text.substring(0, end.start()) : text).replaceAll(" ");
        String body = divided ? text.substring(end.end()) : "";
        Matcher subject = SUBJECT.matcher(headers);
        Matcher encoding = ENCODING.matcher(headers);
        if (encoding.find()) {
            body = encoding.group(1).equalsIgnoreCase("base64") ? base64(body) : quoted(body);
        }
        String all = (subject.find() ? subject.group(1).strip() : "") + "\n\n" + body;
        return all.replace("\r", "").strip();
    }

    private static String base64(String body) {
        try {
            return new String(
                    Base64.getMimeDecoder().decode(body.strip()), StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException _) {
            return body;
        }
    }

    /** Decodes quoted-printable text (RFC 2045, section 6.7); what is no code stays as it is. */
    private static String quoted(String body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length());
        String lines = body.replaceAll("=[ \t]*\r?\n", "");
        int at = 0;
        while (at < lines.length()) {
            char c = lines.charAt(at);
            int high = c == '=' && at + 2 < lines.length() ? digit(lines.charAt(at + 1)) : -1;
            int low = high >= 0 ? digit(lines.charAt(at + 2)) : -1;
            bytes.write(low >= 0 ? high * 16 + low : c);
            at += low >= 0 ? 3 : 1;
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    private static int digit(char c) {
        return c < 128 ? Character.digit(c, 16) : -1;
    }
}
