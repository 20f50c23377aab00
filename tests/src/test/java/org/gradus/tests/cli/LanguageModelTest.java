package org.gradus.tests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.gradus.io.Safetensors;
import org.gradus.tensor.HostArray;
import org.gradus.train.CheckpointFolder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs of language models on a text of the user's, and what can be done with them. */
class LanguageModelTest {
    /** Without a data section; models of a second. */
    private static final Map<String, String> MODELS =
            Map.of(
                    "char-lstm", "{name: char-lstm, embedding: 8, hidden: 24, layers: 2}",
                    "gpt", "{name: gpt, size: 16, heads: 2, layers: 2, dropout: 0.1}");

    private static final String RECIPE =
            """
            task: {name: language-model, prompt: 'the ', sample_length: 30}
            model: %s
            data:
              name: text
              path: '%s'
              tokenizer: %s
              vocabulary: 280
              context: 16
              samples_per_epoch: 64
              validation_samples: 20
            optimizer: {name: adam, learning_rate: 0.02}
            clip_norm: 1
            epochs: 3
            batch_size: 8
            log_every: 4
            seed: 3
            """;

    private static final List<String> SENTENCES =
            List.of(
                    "the cat sat on the mat.\n",
                    "a dog ran to the door.\n",
                    "über all the hills.\n");

    @TempDir private static Path folder;
    private static Path text;

    @BeforeAll
    static void train() throws IOException {
        text = Files.createDirectories(folder.resolve("texts"));
        Files.writeString(text.resolve("one.txt"), text(90));
        Files.writeString(text.resolve("two.txt"), text(110));
        Files.writeString(text.resolve("notes.md"), "# none of it §§§");
        train("char-lstm", "characters");
        train("gpt", "bpe");
    }

    private static String text(int lines) {
        StringBuilder all = new StringBuilder();
        for (int line = 0; line < lines; line++) {
            all.append(SENTENCES.get(line * line % 7 % 3));
        }
        return all.toString();
    }

    private static Path recipe(String model, String tokenizer, Path data) throws IOException {
        Path file = folder.resolve(model + ".yaml");
        return Files.writeString(file, RECIPE.formatted(MODELS.get(model), data, tokenizer));
    }

    private static void train(String model, String tokenizer) throws IOException {
        Cli.run("train", recipe(model, tokenizer, text), "--out", folder.resolve(model))
                .succeeded();
    }

    private static JsonNode validation(Path run) {
        return Cli.json(run.resolve("summary.json")).path("validation");
    }

    private static String generated(String model, Object... options) {
        Object[] command = new Object[options.length + 2];
        command[0] = "generate";
        command[1] = folder.resolve(model);
        System.arraycopy(options, 0, command, 2, options.length);
        return Cli.run(command).succeeded().out();
    }

    @ParameterizedTest
    @ValueSource(strings = {"char-lstm", "gpt"})
    void theTextIsLearnt(String model) throws IOException {
        List<JsonNode> epochs =
                Files.readAllLines(folder.resolve(model).resolve("metrics.jsonl")).stream()
                        .map(LanguageModelTest::json)
                        .filter(line -> line.has("validation"))
                        .toList();
        assertEquals(3, epochs.size());
        double first = epochs.getFirst().path("validation").path("bits_per_character").asDouble();
        double last = epochs.getLast().path("validation").path("bits_per_character").asDouble();
        // Between equally likely characters out of 21 one chooses with 4.4 bits.
        assertTrue(last < 0.9 * first && last < 4 && last > 0, first + " to " + last);
    }

    private static JsonNode json(String line) {
        return new Cli(0, line, "").json();
    }

    @Test
    void bitsPerCharacterFollowFromTheLossAndTheLengthOfTheTokens() {
        JsonNode letters = validation(folder.resolve("char-lstm"));
        double loss = letters.path("loss").asDouble();
        assertEquals(
                loss / Math.log(2), letters.path("bits_per_character").asDouble(), 1e-5 * loss);
        assertEquals(Math.exp(loss), letters.path("perplexity").asDouble(), 1e-4 * Math.exp(loss));
        JsonNode pairs = validation(folder.resolve("gpt"));
        double bits = pairs.path("loss").asDouble() / Math.log(2);
        double charactersPerToken = bits / pairs.path("bits_per_character").asDouble();
        // 24 merges of a text of three sentences
        assertTrue(charactersPerToken > 1.5 && charactersPerToken < 6, "" + charactersPerToken);
    }

    @ParameterizedTest
    @ValueSource(strings = {"char-lstm", "gpt"})
    void aRunIsMeasuredAgainAsItEndedAndShowsATextOfEachEpoch(String model) throws IOException {
        Path run = folder.resolve(model);
        JsonNode evaluation = Cli.run("evaluate", run, "--json").succeeded().json();
        assertEquals(validation(run), evaluation.path("validation"));
        // Of a text in byte pairs there are fewer windows than asked for.
        int samples = evaluation.path("samples").asInt();
        assertTrue(model.equals("gpt") ? samples > 0 && samples < 20 : samples == 20, model);
        for (int epoch = 1; epoch <= 3; epoch++) {
            String sample = Files.readString(run.resolve("samples/epoch-0" + epoch + ".txt"));
            assertTrue(sample.startsWith("the ") && sample.length() > 20, sample);
        }
        assertTrue(Files.readString(run.resolve("report.html")).contains("<pre>the "), model);
    }

    @ParameterizedTest
    @CsvSource({"char-lstm, characters", "gpt, bpe"})
    void aRunThatWasStoppedEndsAsIfItHadNotBeen(String model, String tokenizer) throws IOException {
        Path run = folder.resolve(model + "-stopped");
        Path recipe = recipe(model, tokenizer, text);
        // In the middle of the second epoch
        Cli.run("train", recipe, "--steps", 11, "--out", run).succeeded();
        Cli.run("train", recipe, "--steps", 24, "--resume", "--out", run).succeeded();
        Map<String, HostArray> actual = end(run);
        end(folder.resolve(model))
                .forEach(
                        (name, array) ->
                                assertEquals(
                                        -1, array.data().mismatch(actual.get(name).data()), name));
    }

    @Test
    void aRunGoesOnWithItsOwnTokensWhenTheTextHasChanged() throws IOException {
        Path changing = Files.writeString(folder.resolve("changing.txt"), text(100));
        Path run = folder.resolve("changed");
        Path recipe = recipe("char-lstm", "characters", changing);
        Cli.run("train", recipe, "--steps", 2, "--out", run).succeeded();
        String input = Files.readString(run.resolve("input.json"));
        Files.writeString(changing, "the end.\n".repeat(100));
        Cli.run("train", recipe, "--steps", 4, "--resume", "--out", run).succeeded();
        assertEquals(input, Files.readString(run.resolve("input.json")));
        Files.writeString(changing, "a fox.\n".repeat(100));
        Cli.run("train", recipe, "--steps", 6, "--resume", "--out", run)
                .failed(2, "\"f\"", "none of the");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"context\" : 16 | \"context\" : 0 | windows have no size",
                "\"type\" : \"characters\" | \"type\" : \"letters\" | letters",
                "\"tokenizer\" | \"tokeniser\" | no tokenizer",
                "\"a\", \"b\" | \"a\", \"a\" | given twice",
                "\"kind\" : \"tokens\" | \"kind\" : \"sounds\" | unknown kind sounds"
            })
    void aDamagedInputFileIsNamed(String before, String after, String part) throws IOException {
        Path input = folder.resolve("char-lstm").resolve("input.json");
        String text = Files.readString(input);
        assertTrue(text.contains(before), text);
        try {
            Files.writeString(input, text.replace(before, after));
            Cli.run("generate", folder.resolve("char-lstm"))
                    .failed(2, input.toString(), part, "train the model again");
        } finally {
            Files.writeString(input, text);
        }
    }

    private static Map<String, HostArray> end(Path run) {
        return Safetensors.read(
                new CheckpointFolder(run.resolve("checkpoints")).files().getFirst());
    }

    @ParameterizedTest
    @ValueSource(strings = {"char-lstm", "gpt"})
    void theSameSeedContinuesAPromptInTheSameWay(String model) throws IOException {
        String first = generated(model, "--prompt", "a dog ", "--count", 60, "--seed", 1);
        assertTrue(first.startsWith("a dog ") && first.length() > 40, first);
        assertEquals(first, generated(model, "--prompt", "a dog ", "--count", 60, "--seed", 1));
        assertNotEquals(first, generated(model, "--prompt", "a dog ", "--count", 60, "--seed", 2));
        Path file = folder.resolve(model + ".txt");
        String said =
                generated(model, "--prompt", "a dog ", "--count", 60, "--seed", 1, "--out", file);
        assertEquals("text: " + file, said.strip());
        assertEquals(first.stripTrailing(), Files.readString(file).stripTrailing());
        // The empty prompt begins a line, which is not part of the text.
        assertFalse(generated(model, "--prompt", "").isBlank());
    }

    @ParameterizedTest
    @ValueSource(strings = {"char-lstm", "gpt"})
    void withoutChanceEverySeedSaysTheSame(String model) {
        String greedy = generated(model, "--temperature", 0, "--seed", 1);
        assertEquals(greedy, generated(model, "--temperature", 0, "--seed", 2));
        assertEquals(greedy, generated(model, "--top-k", 1, "--seed", 3));
        assertEquals(greedy, generated(model, "--top-p", 1e-9, "--temperature", 2));
        assertNotEquals(greedy, generated(model, "--temperature", 3));
    }

    @Test
    void anotherTextIsMeasuredWithTheTokensOfTheRun() throws IOException {
        Path other = Files.writeString(folder.resolve("other.txt"), "the cat ran.\n".repeat(40));
        for (String model : MODELS.keySet()) {
            JsonNode evaluation =
                    Cli.run("evaluate", folder.resolve(model), "--data", other, "--json")
                            .succeeded()
                            .json();
            assertTrue(evaluation.path("data").asText().startsWith(other.toString()), model);
        }
        Path foreign = Files.writeString(folder.resolve("foreign.txt"), "ça va? ".repeat(40));
        Cli.run("evaluate", folder.resolve("char-lstm"), "--data", foreign)
                .failed(2, "\"ç\" (U+00E7) is none of the");
        Cli.run("evaluate", folder.resolve("gpt"), "--data", foreign).succeeded();
    }

    @Test
    void whatCannotBeContinuedIsSaidInOneLine() {
        Path run = folder.resolve("char-lstm");
        Cli.run("generate", run, "--prompt", "a fox§").failed(2, "--prompt", "\"f\"", "leave it");
        Cli.run("generate", run, "--beam", 3).failed(2, "--beam", "a language model", "--top-k");
        Cli.run("generate", run, "--temperature", -1).failed(2, "--temperature", "from 0 on");
        Cli.run("predict", run, "--index", 0).failed(2, "answers no inputs", "gradus generate");
    }

    @Test
    void aTextThatIsNoneOrTooShortIsRefused() throws IOException {
        Path run = folder.resolve("refused");
        Path empty = Files.writeString(folder.resolve("empty.txt"), " \n");
        Path none = Files.createDirectories(folder.resolve("none"));
        Path few = Files.writeString(folder.resolve("few.txt"), "a line\n".repeat(20));
        Path binary = Files.write(folder.resolve("binary.txt"), new byte[] {'a', (byte) 0xff});
        record Case(Path data, String... parts) {}
        for (Case wrong :
                List.of(
                        new Case(empty, "empty.txt", "no text in it", "--data"),
                        new Case(none, "holds no files *.txt", "--data"),
                        new Case(folder.resolve("missing.txt"), "there is no such file"),
                        new Case(few, "few.txt, validation part", "too few", "shorter context"),
                        new Case(binary, "byte 1", "UTF-8"))) {
            Cli.run("train", recipe("gpt", "characters", wrong.data), "--out", run)
                    .failed(2, wrong.parts);
        }
        assertFalse(Files.exists(run));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "data.context=0 | from 1 on",
                "data.tokenizer=charcters | did you mean \"characters\"?",
                "data.vocabulary=256 | from 257 on",
                "data.samples_per_epoch=0 | from 1 on",
                "data.samples_per_epoch=4 | batch size of 8",
                "data.path=null | a text file or a folder",
                "data.validation=1 | below 1",
                "model.heads=3 | divides the size 16",
                "model=lenet | needs pictures",
                "task=classification | needs",
                "task.prompt=§ | task.prompt",
                "task.temperature=-1 | from 0 on",
                "data=digits | running text"
            })
    void wrongSettingsAreTold(String setting, String part) throws IOException {
        Path run = folder.resolve("wrong");
        Cli.run("train", recipe("gpt", "characters", text), "--set", setting, "--out", run)
                .failed(2, part);
        assertFalse(Files.exists(run));
    }

    @Test
    void theBuiltInRecipesBeginToLearn() {
        for (String recipe : List.of("text-lstm", "text-gpt")) {
            Path run = folder.resolve(recipe);
            Cli.run(
                            "train",
                            recipe,
                            "--steps",
                            3,
                            "--batch-size",
                            2,
                            "--set",
                            "data.validation_samples=2",
                            "--set",
                            "task.sample_length=5",
                            "--out",
                            run)
                    .succeeded();
            assertTrue(validation(run).path("bits_per_character").asDouble() < 7, recipe);
        }
    }
}
