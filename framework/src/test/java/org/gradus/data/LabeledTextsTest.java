package org.gradus.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabeledTextsTest {
    private static final String LINES =
            """
            {"text": "buy \\u00e9 now", "label": "spam", "more": [1]}

            {"label": "ham", "text": "see you\\nlater"}
            """;

    @TempDir private Path folder;

    @Test
    void jsonLinesAreRead() throws IOException {
        var texts = LabeledTexts.jsonLines(file(LINES));

        assertEquals(List.of("buy é now", "see you\nlater"), texts.texts());
        assertEquals(List.of("spam", "ham"), texts.labels());
        assertEquals(List.of("ham", "spam"), texts.classes());
        var numbers = LabeledTexts.jsonLines(file("{\"text\": \"\", \"label\": 10}"));
        assertEquals(List.of("10"), numbers.classes());
    }

    @Test
    void linesThatAreNoSampleAreNamed() throws IOException {
        for (var line :
                List.of("{\"text\": \"a\"}", "{\"text\": 1, \"label\": 2}", "[]", "\"text\"")) {
            refused("{\"text\": \"a\", \"label\": \"b\"}\n" + line, "line 2: needs a \"text\"");
        }
        refused("{\"text\": \"a\", \"label\": 1.5}", "line 1: needs");
        refused("{\"text\": \"a\", \"label\": \"\"}", "line 1: has no label");
        refused("\n{\"text\": \"a\"", "line 2, column");
        refused("{} {}", "line 1, column");
        refused("\n", "has no texts");
    }

    @Test
    void tablesAreRead() throws IOException {
        var texts =
                LabeledTexts.csv(
                        file("id,label,text\n1, ham ,\"a, b\nc\"\n2,spam,d\n"), "text", "label");

        assertEquals(List.of("a, b\nc", "d"), texts.texts());
        assertEquals(List.of("ham", "spam"), texts.labels());
        refusedTable("text\na\n", "line 1: has no column \"label\"");
        refusedTable("text,label\na,b\nc\n", "line 3: has 1 fields where 2");
        refusedTable("text,label\na,\n", "line 2: has no label");
        refusedTable("text,label\n\"a,b\n", "quote");
        refusedTable("", "has no texts");
    }

    @Test
    void foldersAreRead() throws IOException {
        for (var name : List.of("b/2.txt", "b/1.txt", "a/x", "a/.hidden")) {
            Files.createDirectories(folder.resolve(name).getParent());
            Files.writeString(folder.resolve(name), "text of " + name);
        }
        Files.writeString(folder.resolve("README"), "not a class");
        var texts = LabeledTexts.folder(folder);

        assertEquals(List.of("a", "b", "b"), texts.labels());
        assertEquals(List.of("text of a/x", "text of b/1.txt", "text of b/2.txt"), texts.texts());
        Files.write(folder.resolve("a/x"), new byte[] {'o', 'k', (byte) 0x80});
        var problem = assertThrows(DataException.class, () -> LabeledTexts.folder(folder));
        assertTrue(problem.getMessage().contains("x, byte 2: is not text"), problem.getMessage());
        assertThrows(DataException.class, () -> LabeledTexts.folder(folder.resolve("absent")));
    }

    @Test
    void theFirstByteThatIsNoTextIsNamed() throws IOException {
        var bytes = "é".repeat(10_000).getBytes(StandardCharsets.UTF_8);
        bytes[15_000] = (byte) 0xff;
        var path = Files.write(folder.resolve("file"), bytes);
        check("byte 15000: is not text in UTF-8", () -> TextFile.read(path));
        Files.write(path, Arrays.copyOf(bytes, 14_999));
        check("byte 14998: is not text in UTF-8", () -> TextFile.read(path));
        assertEquals("x\ufeff", TextFile.read(file("\ufeffx\ufeff")));
    }

    @Test
    void damagedFilesGiveNothingButClearErrors() throws IOException {
        Mutations.check(file(LINES), 1000, LabeledTexts::jsonLines);
        Mutations.check(
                file("text,label\n\"a \"\"b\"\" é\",c\nd,e\n"),
                1000,
                path -> LabeledTexts.csv(path, "text", "label"));
        Mutations.check(file("a b\tc\nd\te f\n"), 1000, TextPairs::tabSeparated);
        Mutations.check(file("\ufeffnaïve\n"), 300, TextFile::read);
    }

    @Test
    void partsHaveTheirShareOfEachClass() {
        var texts = LabeledTexts.of(numbers(100), labels(100), "numbers");
        var parts = texts.split(0.8, 1);

        assertEquals(80, parts.train().size());
        assertEquals(20, Collections.frequency(parts.train().labels(), "0"));
        assertEquals(List.of("0", "1", "2", "3"), parts.validation().classes());
        assertEquals(
                new HashSet<>(texts.texts()),
                new HashSet<>(
                        Stream.of(parts.train(), parts.validation())
                                .flatMap(part -> part.texts().stream())
                                .toList()));
        assertEquals(parts, texts.split(0.8, 1));
        assertNotEquals(parts, texts.split(0.8, 2));
        assertThrows(IllegalArgumentException.class, () -> texts.split(0.999, 1));
        assertThrows(IllegalArgumentException.class, () -> texts.split(1, 1));
    }

    @Test
    void tokensAreCutAndLabelsNumbered() {
        var texts = LabeledTexts.of(List.of("abcd", "", "ef"), List.of("y", "x", "y"), "letters");
        var sequences = texts.encode(text -> text.chars().toArray(), 3, 0);

        assertArrayEquals(new int[] {3, 1, 2}, sequences.lengths());
        assertArrayEquals(
                new long[] {1, 0, 1}, sequences.batch(new int[] {0, 1, 2}).target().toLongs());
        var all = texts.withClasses(List.of("w", "y", "x")).encode(_ -> new int[1], 1, 0);
        assertArrayEquals(new long[] {1, 2, 1}, all.batch(new int[] {0, 1, 2}).target().toLongs());
        assertThrows(IllegalArgumentException.class, () -> texts.withClasses(List.of("x", "z")));
        assertThrows(IllegalArgumentException.class, () -> texts.encode(_ -> new int[1], 0, 0));
    }

    @Test
    void pairsOfOneSourceStayTogether() throws IOException {
        var lines = new StringBuilder("\n");
        for (int i = 0; i < 60; i++) {
            lines.append(i % 20).append('\t').append(i).append('\n');
        }
        var pairs = TextPairs.tabSeparated(file(lines.toString()));
        var parts = pairs.split(0.9, 3);

        assertEquals(54, parts.train().size());
        assertEquals(6, parts.validation().size());
        assertTrue(Collections.disjoint(parts.train().sources(), parts.validation().sources()));
        assertEquals(parts, pairs.split(0.9, 3));
        var problem =
                assertThrows(DataException.class, () -> TextPairs.tabSeparated(file("a\tb\nc d\n")))
                        .getMessage();
        assertTrue(problem.contains("line 2: has 1 parts"), problem);
        assertThrows(DataException.class, () -> TextPairs.tabSeparated(file("\tb\n")));
        assertThrows(DataException.class, () -> TextPairs.tabSeparated(file("")));
    }

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("file"), content);
    }

    private void refused(String content, String reason) throws IOException {
        var path = file(content);
        check(reason, () -> LabeledTexts.jsonLines(path));
    }

    private void refusedTable(String content, String reason) throws IOException {
        var path = file(content);
        check(reason, () -> LabeledTexts.csv(path, "text", "label"));
    }

    private void check(String reason, Runnable reading) {
        var message = assertThrows(DataException.class, reading::run).getMessage();
        assertTrue(message.startsWith(folder.toString()), message);
        assertTrue(message.contains(reason), message);
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(i -> "text " + i).toList();
    }

    private static List<String> labels(int count) {
        return IntStream.range(0, count).mapToObj(i -> String.valueOf(i % 4)).toList();
    }
}
