package org.gradus.tests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe pronounce, with a small model and a small language of three letters. */
class TranslationTest {
    private static final String MODEL =
            "model={name: seq2seq-transformer, size: 16, heads: 2, layers: 1, dropout: 0}";

    @TempDir private static Path folder;
    private static Path words;
    private static Path run;

    @BeforeAll
    static void train() throws IOException {
        words = SmallTexts.dictionary(folder.resolve("words.tsv"), true, 4);
        run = folder.resolve("run");
        pronounce(run, "pairs", words, "--epochs", 40).succeeded();
    }

    private static Cli pronounce(Path out, String data, Path file, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("train", "pronounce", "--out", out));
        for (String setting :
                List.of(MODEL, "data.name=" + data, "task.examined=4", "schedule=constant")) {
            arguments.addAll(List.of("--set", setting));
        }
        arguments.addAll(List.of("--data", file, "--batch-size", 16, "--learning-rate", 0.01));
        arguments.addAll(Arrays.asList(more));
        return Cli.run(arguments.toArray());
    }

    @Test
    void theLanguageIsLearnt() {
        JsonNode summary = Cli.json(run.resolve("summary.json"));
        assertTrue(summary.path("train").path("phoneme_error_rate").isMissingNode());
        double error = summary.path("validation").path("phoneme_error_rate").asDouble(1);
        assertTrue(error < 0.2, summary.toString());
    }

    @Test
    void evaluationSearchesForAllWords() {
        JsonNode validation =
                Cli.run("evaluate", run, "--json").succeeded().json().path("validation");
        double phonemes = validation.path("phoneme_error_rate").asDouble(1);
        double sequences = validation.path("sequence_error_rate").asDouble(1);
        // A twentieth of the 120 words is held back: six words, one of which is a sixth.
        assertEquals(Math.rint(6 * sequences), 6 * sequences, 1e-9);
        assertTrue(phonemes < 0.2 && sequences >= phonemes, validation.toString());
    }

    @Test
    void aWordIsAnswered() {
        JsonNode answer = Cli.run("predict", run, "cab", "Bac", "--json").succeeded().json();
        assertEquals("K AH B", answer.get(0).path("output").asText());
        assertEquals("B AH K", answer.get(1).path("output").asText());
        assertEquals(4, answer.get(0).path("candidates").size());
        assertEquals("cab: K AH B", Cli.run("predict", run, "cab").succeeded().out().strip());
        String sample = Cli.run("predict", run, "--index", 0).succeeded().out();
        assertTrue(sample.contains("(expected "), sample);
        Cli generated = Cli.run("generate", run, "--prompt", "cab", "--beam", 2).succeeded();
        assertEquals("K AH B", generated.out().strip());
    }

    @Test
    void aRunShowsWhatItMadeOfHeldBackWords() throws IOException {
        String shown = Files.readString(run.resolve("samples/epoch-40.txt"));
        assertEquals(6, shown.lines().count(), shown);
    }

    @Test
    void aResumedRunEndsAsOneThatWasNeverStopped() {
        Path whole = folder.resolve("whole");
        Path resumed = folder.resolve("resumed");
        pronounce(whole, "pairs", words, "--steps", 12).succeeded();
        pronounce(resumed, "pairs", words, "--steps", 5).succeeded();
        pronounce(resumed, "pairs", words, "--steps", 12, "--resume").succeeded();
        assertEquals(
                Cli.json(whole.resolve("summary.json")).path("validation"),
                Cli.json(resumed.resolve("summary.json")).path("validation"));
    }

    @Test
    void theDictionaryIsReadAsItIs() throws IOException {
        Path dictionary = SmallTexts.dictionary(folder.resolve("dict.txt"), false, 4);
        pronounce(folder.resolve("cmudict"), "cmudict", dictionary, "--steps", 1).succeeded();
    }

    @Test
    void whatDoesNotFitIsSaidInOneLine() throws IOException {
        Cli.run("predict", run, "xyz").failed(2, "xyz", "learned from");
        Cli.run("generate", run).failed(2, "--prompt", "is missing");
        Cli.run("generate", run, "--prompt", "cab", "--top-k", 3).failed(2, "--top-k");
        Path damaged = Files.writeString(folder.resolve("damaged.tsv"), "a\tAH\nb\n");
        Path out = folder.resolve("refused");
        pronounce(out, "pairs", damaged).failed(2, "line 2", "a tab and a target");
        Cli.run("train", "digits", "--set", "task=translation").failed(2, "encoder and decoder");
        Cli.run("train", "digits", "--set", "model=seq2seq-transformer").failed(2, "pairs");
    }
}
