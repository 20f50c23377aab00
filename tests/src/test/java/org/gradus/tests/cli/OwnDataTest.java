package org.gradus.tests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/data.md: users' own data, from a YAML file to the answer. */
class OwnDataTest {
    private static final Path PAGE =
            Path.of(System.getProperty("gradus.root")).resolve("docs/data.md");

    @TempDir private Path folder;

    /** Writes an example of the page to a file. */
    private Path example(String name) throws IOException {
        Matcher block =
                Pattern.compile("```yaml\n(# " + name + "\\.yaml\n.*?)```", Pattern.DOTALL)
                        .matcher(Files.readString(PAGE));
        assertTrue(block.find(), PAGE + " has no example " + name);
        return Files.writeString(folder.resolve(name + ".yaml"), block.group(1));
    }

    private Path train(String name, Path data, Object... more) throws IOException {
        Path run = folder.resolve(name + "-run");
        Object[] arguments = new Object[6 + more.length];
        Object[] first = {"train", example(name), "--data", data, "--out", run};
        System.arraycopy(first, 0, arguments, 0, first.length);
        System.arraycopy(more, 0, arguments, first.length, more.length);
        Cli.run(arguments).succeeded();
        return run;
    }

    /** Returns what is measured, which is the same for the training and for evaluate. */
    private static double measured(Path run, String metric) {
        JsonNode validation = Cli.json(run.resolve("summary.json")).path("validation");
        JsonNode again = Cli.run("evaluate", run, "--json").succeeded().json().path("validation");
        assertEquals(validation, again);
        return validation.path(metric).asDouble();
    }

    private static JsonNode predicted(Path run, Object input) {
        return Cli.run("predict", run, input, "--json").succeeded().json();
    }

    private static JsonNode evaluated(Path run, Path data) {
        return Cli.run("evaluate", run, "--data", data, "--json").succeeded().json();
    }

    @Test
    void picturesInAFolderPerClassAreToldApart() throws IOException {
        Path shapes = OwnFiles.shapes(folder.resolve("shapes"), 50);
        Path run = train("shapes", shapes);
        assertTrue(measured(run, "accuracy") > 0.8, "accuracy " + measured(run, "accuracy"));
        JsonNode answer = predicted(run, shapes.resolve("circle/003.jpg")).get(0);
        assertEquals("circle", answer.path("class").asText(), answer.toString());

        Path others = folder.resolve("others/square");
        Files.createDirectories(others);
        Files.copy(shapes.resolve("square/001.png"), others.resolve("x.png"));
        Files.copy(shapes.resolve("square/002.png"), others.resolve("y.png"));
        assertEquals(2, evaluated(run, others.getParent()).path("samples").asInt());
        Files.createDirectories(others.resolveSibling("oval"));
        Files.copy(shapes.resolve("circle/001.png"), others.resolveSibling("oval/z.png"));
        Cli.run("evaluate", run, "--data", others.getParent())
                .failed(2, "oval", "none of the classes circle, cross, square");
    }

    @Test
    void picturesThatAreCutInTwoStaySo() throws IOException {
        Path root = folder.resolve("both");
        OwnFiles.shapes(root.resolve("train"), 6);
        OwnFiles.shapes(root.resolve("val"), 3);
        Path run =
                train(
                        "shapes",
                        root,
                        "--steps",
                        2,
                        "--set",
                        "data.color=gray",
                        "--set",
                        "data.size=[20,28]",
                        "--set",
                        "model={name: mlp, hidden: [8]}",
                        "--set",
                        "data.augmentation.flip=true");
        JsonNode input = Cli.json(run.resolve("input.json"));
        assertEquals("[1,20,28]", input.path("shape").toString());
        JsonNode evaluation = Cli.run("evaluate", run, "--json").succeeded().json();
        assertEquals(9, evaluation.path("samples").asInt());
        assertTrue(evaluation.path("data").asText().contains("val"), evaluation.toString());
        Cli.run("predict", run, root.resolve("val/cross/001.png"), "--invert").succeeded();
    }

    @Test
    void aDamagedPictureIsNamedBeforeTheTrainingBegins() throws IOException {
        Path shapes = OwnFiles.shapes(folder.resolve("shapes"), 3);
        Path broken = Files.writeString(shapes.resolve("cross/000.jpg"), "none");
        Path run = folder.resolve("run");
        Cli.run("train", example("shapes"), "--data", shapes, "--out", run)
                .failed(2, broken.toString(), "not a picture");
        Cli.run("train", example("shapes"), "--set", "data.size=null", "--out", run)
                .failed(2, "\"data.size\" is missing", "such as 64");
        assertFalse(Files.exists(run));
    }

    @Test
    void customersWhoLeaveAreFound() throws IOException {
        Path customers = OwnFiles.customers(folder.resolve("customers.csv"), 300);
        Path run = train("churn", customers);
        assertTrue(measured(run, "accuracy") > 0.9, "accuracy " + measured(run, "accuracy"));
        // Other columns, another order, an unknown city, a missing age, no target.
        Path rows = folder.resolve("new.csv");
        Files.writeString(
                rows, "city,more,support calls,plan,age\nAtlantis,1,9,pro,\nRome,2,0,basic,40\n");
        JsonNode answers = predicted(run, rows);
        assertEquals("yes", answers.get(0).path("class").asText());
        assertEquals("no", answers.get(1).path("class").asText());
        Files.writeString(rows, "city,support calls,plan,age\nRome,often,pro,3\n");
        Cli.run("predict", run, rows)
                .failed(2, "new.csv, line 2, column 2 (support calls): \"often\"");
        Files.writeString(rows, "city,support calls,age\nRome,3,3\n");
        Cli.run("predict", run, rows).failed(2, "has no column \"plan\"");
        assertEquals(300, evaluated(run, copy(customers)).path("samples").asInt());
        String shown = Cli.run("inspect", run).succeeded().out();
        assertTrue(shown.contains("plan: one of basic, plus, pro, or unknown"), shown);
        assertTrue(shown.contains("may be missing"), shown);
    }

    private static Path copy(Path file) throws IOException {
        return Files.copy(file, file.resolveSibling("copy-" + file.getFileName()));
    }

    @Test
    void aTableWithItsKeysIsRefusedWithWhatToDo() throws IOException {
        Path customers = OwnFiles.customers(folder.resolve("customers.csv"), 60);
        Path run = folder.resolve("run");
        Cli.run(
                        "train",
                        example("churn"),
                        "--data",
                        customers,
                        "--out",
                        run,
                        "--set",
                        "data.ignore=spend")
                .failed(2, "the column \"id\" has 48 different names", "ignore the column");
        Cli.run(
                        "train",
                        example("churn"),
                        "--data",
                        customers,
                        "--out",
                        run,
                        "--set",
                        "data.ignor=spend")
                .failed(2, "did you mean \"ignore\"?");
        assertFalse(Files.exists(run));
        String shown = Cli.run("inspect", customers).succeeded().out();
        assertTrue(shown.contains("plan: basic, plus, pro\n"), shown);
        assertTrue(shown.contains("support calls: 0"), shown);
    }

    @Test
    void whatCustomersSpendIsPredictedAndAResumedRunIsTheSame() throws IOException {
        Path customers = OwnFiles.customers(folder.resolve("customers.csv"), 300);
        Path run = train("spend", customers, "--epochs", 5);
        double error = measured(run, "mae");
        Path resumed = folder.resolve("resumed");
        Path recipe = folder.resolve("spend.yaml");
        Cli.run("train", recipe, "--data", customers, "--epochs", 2, "--out", resumed).succeeded();
        // What the first epochs learnt of the data stays, though the table has other means now.
        Cli.run("train", recipe, "--data", customers, "--epochs", 5, "--resume", "--out", resumed)
                .succeeded();
        assertEquals(error, measured(resumed, "mae"));
        assertEquals(
                Files.readString(run.resolve("input.json")),
                Files.readString(resumed.resolve("input.json")));
        // Always saying the mean is wrong by some 13.
        assertTrue(error < 8, "mean absolute error " + error);
    }

    @Test
    void reviewsAreToldApart() throws IOException {
        Path reviews = OwnFiles.reviews(folder.resolve("reviews.jsonl"), 300);
        Path run = train("reviews", reviews);
        assertTrue(measured(run, "accuracy") > 0.9, "accuracy " + measured(run, "accuracy"));
        assertEquals("positive", predicted(run, "so lovely").get(0).path("class").asText());
        Path file = Files.writeString(folder.resolve("one.txt"), "the film was awful");
        assertEquals("negative", predicted(run, file).get(0).path("class").asText());
        Cli.run("predict", run, "missing.txt").failed(2, "missing.txt", "no such file");
        assertEquals(300, evaluated(run, copy(reviews)).path("samples").asInt());
        Path body = folder.resolve("body.jsonl");
        Files.writeString(body, "{\"body\": \"a\", \"bad\": true}\n{\"body\": 3}\n");
        Cli.run(
                        "train",
                        example("reviews"),
                        "--data",
                        body,
                        "--set",
                        "data.text=body",
                        "--set",
                        "data.label=bad",
                        "--out",
                        folder.resolve("none"))
                .failed(2, "body.jsonl, line 2", "\"body\" that is a string", "\"bad\"");
    }

    @Test
    void storiesAreContinued() throws IOException {
        Path stories = OwnFiles.stories(folder.resolve("stories"), 60);
        Path run = train("stories", stories);
        // 22 letters take 4.5 bits where nothing is known.
        assertTrue(measured(run, "bits_per_character") < 4, "bits per character");
        Cli generated = Cli.run("generate", run, "--prompt", "The cat ", "--count", 20).succeeded();
        assertTrue(generated.out().startsWith("The cat "), generated.out());
        assertFalse(generated.out().contains("$"), generated.out());
        Path other = Files.writeString(folder.resolve("other.txt"), "The cat saw a dog.".repeat(9));
        assertEquals(5, evaluated(run, other).path("samples").asInt());
        Cli.run(
                        "train",
                        example("stories"),
                        "--data",
                        stories,
                        "--set",
                        "data.files='*.rst'",
                        "--out",
                        folder.resolve("none"))
                .failed(2, "holds no files *.rst", "data.files");
    }
}
