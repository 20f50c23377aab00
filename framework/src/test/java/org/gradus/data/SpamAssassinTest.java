package org.gradus.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With mails that were made up for it. */
class SpamAssassinTest {
    private static final String MAIL =
            """
            From someone@example.org  Thu Aug 22 13:17:22 2002
            Received: from example.org
            \tby filter.example.net
            X-Spam-Status: Yes
            Subject: Buy one,
              get two
            To: you@example.org

            Only today!

            Yours""";

    @TempDir private Path folder;

    @Test
    void aTextIsSubjectAndBody() {
        assertEquals("Buy one, get two\n\nOnly today!\n\nYours", text(MAIL));
        assertEquals("x\n\nbody", text("subject: x\r\n\r\nbody\r\n"));
        assertEquals("body", text("To: y\n\nbody"));
        assertEquals("only headers", text("To: y\nSubject: only headers\n"));
        assertEquals("", text(""));
        assertEquals(
                "no subject of the body\n\nSubject: z",
                text("Subject: no subject of the body\n\nSubject: z"));
    }

    @Test
    void bodiesAreDecoded() {
        var quoted = "Content-Transfer-Encoding: quoted-printable\n\n";
        assertEquals("1=1 caf\u00e9 long", text(quoted + "1=3D1 caf=E9 lo=\nng"));
        assertEquals("=zz =4 =", text(quoted + "=zz =4 ="));
        var base64 = "Content-Transfer-Encoding: BASE64\n\n";
        assertEquals("hello", text(base64 + "aGVs\nbG8=\n"));
        assertEquals("hell", text(base64 + "!aGVsbA"));
    }

    @Test
    void noMailIsTooMalformedToRead() {
        var random = new Random(3);
        for (int i = 0; i < 2000; i++) {
            var mail =
                    (MAIL + "\n=3D=\nContent-Transfer-Encoding: base64\n\n=")
                            .getBytes(StandardCharsets.UTF_8);
            for (int changes = random.nextInt(20); changes >= 0; changes--) {
                mail[random.nextInt(mail.length)] = (byte) random.nextInt(256);
            }
            assertTrue(MailText.of(mail).length() <= mail.length + 2);
        }
    }

    @Test
    void classesAreTheFoldersAndEqualTextsCountOnce() throws IOException {
        write("easy-ham-1/1.txt", "Subject: a\n\nb");
        write("easy-ham-1/1.json", "{}");
        write("easy-ham-1/2.txt", "To: other\nSubject: a\n\nb");
        write("hard_ham/cmds", "mv x y");
        write("hard_ham/3", "Subject: c\n\nd");
        write("spam_2/4", MAIL);
        write("spam_2/.hidden", MAIL + "2");
        write("notes/5", MAIL);
        var texts = SpamAssassin.read(folder);

        assertEquals(List.of("ham", "ham", "spam"), texts.labels());
        assertEquals(List.of("a\n\nb", "c\n\nd"), texts.texts().subList(0, 2));
        assertEquals(List.of("ham", "spam"), texts.classes());
    }

    @Test
    void onlyOneClassIsRefused() throws IOException {
        write("data/ham/1.txt", "Subject: a\n\nb");
        var message =
                assertThrows(DataException.class, () -> SpamAssassin.read(folder)).getMessage();
        assertTrue(message.contains("for both ham and spam"), message);
    }

    private void write(String name, String content) throws IOException {
        var file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private static String text(String mail) {
        return MailText.of(mail.getBytes(StandardCharsets.ISO_8859_1));
    }
}
