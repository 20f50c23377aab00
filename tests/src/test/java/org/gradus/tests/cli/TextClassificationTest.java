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
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The recipe spam, with small models on small texts. */
class TextClassificationTest {
    private static final String TRANSFORMER =
            "model={name: text-classifier, size: 16, heads: 2, layers: 1, dropout: 0}";
    private static final String LSTM =
            "model={name: lstm-classifier, size: 16, hidden: 12, dropout: 0}";

    @TempDir private static Path folder;
    private static Path texts;
    private static Path run;

    @BeforeAll
    static void train() throws IOException {
        texts = SmallTexts.jsonLines(folder.resolve("texts.jsonl"), 200);
        run = folder.resolve("run");
        spam(TRANSFORMER, run, "data.name=texts", "--data", texts, "--epochs", 6).succeeded();
    }

    private static Cli spam(String model, Path out, String data, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("train", "spam", "--out", out));
        for (String setting : List.of(model, data, "schedule=constant", "data.length=12")) {
            arguments.addAll(List.of("--set", setting));
        }
        arguments.addAll(List.of("--batch-size", 16, "--learning-rate", 0.01));
        arguments.addAll(Arrays.asList(more));
        return Cli.run(arguments.toArray());
    }

    @Test
    void theClassesAreLearnt() {
        JsonNode validation = Cli.json(run.resolve("summary.json")).path("validation");
        for (String metric : List.of("f1", "precision", "recall", "accuracy")) {
            assertTrue(validation.path(metric).asDouble() > 0.9, validation.toString());
        }
        JsonNode evaluation = Cli.run("evaluate", run, "--json").succeeded().json();
        assertEquals(validation, evaluation.path("validation"));
    }

    @Test
    void anLstmLearnsThemToo() {
        Path lstm = folder.resolve("lstm");
        spam(LSTM, lstm, "data.name=texts", "--data", texts, "--epochs", 6).succeeded();
        JsonNode validation = Cli.json(lstm.resolve("summary.json")).path("validation");
        assertTrue(validation.path("f1").asDouble() > 0.9, validation.toString());
    }

    @Test
    void aTextFileIsAnswered() throws IOException {
        Path mail = folder.resolve("mail.txt");
        Files.writeString(mail, SmallTexts.mail(new Random(9), true) + " unheard-of words");
        JsonNode answer = Cli.run("predict", run, mail, "--json").succeeded().json().get(0);
        assertEquals("spam", answer.path("class").asText());
        assertTrue(answer.path("probability").asDouble() > 0.5, answer.toString());
        String line = Cli.run("predict", run, mail, "--index", 0).succeeded().out();
        assertTrue(line.startsWith(mail + ": spam "), line);
        assertTrue(line.contains("sample 0, labelled "), line);
    }

    @Test
    void anEmptyTextIsAnswered() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty.txt"), "");
        Cli.run("predict", run, empty).succeeded();
    }

    @ParameterizedTest
    @ValueSource(strings = {TRANSFORMER, LSTM})
    void aResumedRunEndsAsOneThatWasNeverStopped(String model) {
        Path whole = folder.resolve("whole" + model.length());
        Path resumed = folder.resolve("resumed" + model.length());
        spam(model, whole, "data.name=texts", "--data", texts, "--steps", 14).succeeded();
        spam(model, resumed, "data.name=texts", "--data", texts, "--steps", 6).succeeded();
        spam(model, resumed, "data.name=texts", "--data", texts, "--steps", 14, "--resume")
                .succeeded();
        assertEquals(
                Cli.json(whole.resolve("summary.json")).path("validation"),
                Cli.json(resumed.resolve("summary.json")).path("validation"));
    }

    @Test
    void foldersAndTablesAreRead() throws IOException {
        Path mails = SmallTexts.mails(folder.resolve("mails"), 20);
        Path named = folder.resolve("named");
        spam(TRANSFORMER, named, "data.name=spam-assassin", "--data", mails, "--steps", 1)
                .succeeded();
        Path own = folder.resolve("own");
        spam(LSTM, own, "data.name=texts", "--data", mails, "--steps", 1).succeeded();
        Path table = folder.resolve("texts.csv");
        Files.writeString(table, "kind,words\n" + "good,yes we can\nbad,no\n".repeat(20));
        String columns = "data={name: texts, text: words, label: kind, tokenizer: bpe}";
        Path bpe = folder.resolve("bpe");
        spam(TRANSFORMER, bpe, columns, "--data", table, "--steps", 1).succeeded();
        Cli.run("predict", bpe, "--index", 3).succeeded();
    }

    @Test
    void otherTextsAreMeasuredInTheTokensOfTheRun() throws IOException {
        Path others = SmallTexts.jsonLines(folder.resolve("others.jsonl"), 60);
        JsonNode evaluation = Cli.run("evaluate", run, "--data", others, "--json").json();
        assertTrue(evaluation.path("validation").path("f1").asDouble() > 0.8);
        Path strange = folder.resolve("strange.jsonl");
        Files.writeString(
                strange,
                "{\"text\": \"x\", \"label\": \"ham\"}\n".repeat(9)
                        + "{\"text\": \"y\", \"label\": \"eggs\"}\n".repeat(9));
        Cli.run("evaluate", run, "--data", strange).failed(2, "eggs", "ham, spam");
    }

    @Test
    void whatDoesNotFitIsSaidInOneLine() throws IOException {
        Path out = folder.resolve("refused");
        Cli.run("predict", run, folder.resolve("missing.txt")).failed(2, "missing.txt");
        Path image = Files.write(folder.resolve("image.txt"), new byte[] {(byte) 0xff, 0, 1});
        Cli.run("predict", run, image).failed(2, "image.txt", "UTF-8");
        spam(TRANSFORMER, out, "data.name=texts").failed(2, "data.path", ".jsonl");
        spam(TRANSFORMER, out, "data.name=texts", "--data", image).failed(2, "no folder");
        Path single = folder.resolve("single.jsonl");
        Files.writeString(single, "{\"text\": \"x\", \"label\": \"ham\"}\n".repeat(9));
        spam(TRANSFORMER, out, "data.name=texts", "--data", single).failed(2, "single class");
        spam("model=mlp", out, "data.name=texts", "--data", texts)
                .failed(2, "mlp", "pictures or a table");
        spam(TRANSFORMER, out, "data.name=digits").failed(2, "tokenizer");
        Cli.run("train", "digits", "--set", "task={average: binary}").failed(2, "two, not 10");
        Cli.run("train", "digits", "--set", "model=text-classifier").failed(2, "texts");
    }
}
