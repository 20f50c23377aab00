package org.gradus.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.gradus.data.TextPairs.Pair;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CmuDictTest {
    /** In the style of both versions that are about. */
    private static final String ENTRIES =
            """
            ;;; a remark
            'BOUT  B AW1 T
            ABBE  AE1 B IY0
            ABBE(1)  AE0 B EY1
            ABDUCTED  AE0 B D AH1 K T IH0 D
            ABDUCTED(1)  AE1 B D AH0 K T IH0 D
            A42128  EY1 F AO1 R
            aalborg AO1 L B AO0 R G # place, danish
            HELLO'S  HH AH0 L OW1 Z
            """;

    @TempDir private Path folder;
    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("data/dict.txt");
        Files.createDirectories(file.getParent());
        Files.writeString(file, ENTRIES);
    }

    @Test
    void aWordHasItsFirstPronunciationWithoutStress() {
        assertEquals(
                List.of(
                        new Pair("abbe", "AE B IY"),
                        new Pair("abducted", "AE B D AH K T IH D"),
                        new Pair("aalborg", "AO L B AO R G"),
                        new Pair("hello's", "HH AH L OW Z")),
                CmuDict.at(file).read().pairs());
    }

    @Test
    void stressAndVariantsAreAChoice() {
        var all = CmuDict.at(folder).withStress().withVariants().read().pairs();
        assertEquals(6, all.size());
        assertEquals(new Pair("abbe", "AE0 B EY1"), all.get(1));
        // Without stress both ways to say "abducted" are one.
        assertEquals(5, CmuDict.at(folder).withVariants().read().size());
    }

    @Test
    void theDictionaryIsFoundInFileFolderAndPackage() throws IOException {
        assertEquals(CmuDict.at(file).read().pairs(), CmuDict.at(file.getParent()).read().pairs());
        assertEquals(CmuDict.at(file).read().pairs(), CmuDict.at(folder).read().pairs());
        Files.move(file, file.resolveSibling("cmudict-0.7b"));
        assertEquals(4, CmuDict.at(folder).read().size());
    }

    @Test
    void oldFilesInLatin1AreRead() throws IOException {
        Files.write(
                file, "D\u00c9J\u00c0  D EY1 Z\nA  AH0\n".getBytes(StandardCharsets.ISO_8859_1));
        assertEquals(List.of(new Pair("a", "AH")), CmuDict.at(file).read().pairs());
    }

    @Test
    void linesThatAreNoEntriesAreNamed() throws IOException {
        for (var line : List.of("WORD", "WORD  HH  AH", "WORD  XYZ", "WORD  AH3", "<html> x")) {
            Files.writeString(file, "A  AH0\n" + line + "\n");
            var message =
                    assertThrows(DataException.class, () -> CmuDict.at(file).read()).getMessage();
            assertTrue(message.contains("dict.txt, line 2: is not a word"), message);
        }
        Files.writeString(file, ";;; nothing\n");
        assertThrows(DataException.class, () -> CmuDict.at(file).read());
        Files.writeString(file, "A  " + "AH0 ".repeat(200_000) + "AH0\n");
        assertEquals(1, CmuDict.at(file).read().size());
    }

    @Test
    void damagedFilesGiveNothingButClearErrors() throws IOException {
        Mutations.check(file, 1000, path -> CmuDict.at(path).withVariants().read());
    }
}
