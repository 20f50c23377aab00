package org.gradus.tests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.gradus.device.Devices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong usage: one line that says what to do, exit code 2, nothing written. */
class WrongUsageTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "trian digits | did you mean \"train\"?",
                "traindigits | choose one of",
                "train digts | did you mean \"digits\"?",
                "train nothing-like-it | digits, fashion-mlp, fashion-cnn",
                "train missing.yaml | there is no such file",
                "train digits --epoch 3 | did you mean \"--epochs\"?",
                "train digits --learning-rte=1 | did you mean \"--learning-rate\"?",
                "train digits more | one argument too many",
                "train digits --device cdua | there is no device \"cdua\"",
                "train digits --device cpuu | did you mean \"cpu\"?",
                "train digits --device cpu:7 | cpu",
                "train digits --precision f17 | did you mean \"f16\"?",
                "train digits --capture never | choose one of auto, on, off",
                "train digits --epochs 0 | from 1 on",
                "train digits --epochs 1.5 | \"1.5\"",
                "train digits --steps -3 | from 1 on",
                "train digits --batch-size 0 | from 1 on",
                "train digits --batch-size 1439 | 1438 samples",
                "train digits --learning-rate fast | a number above 0, not \"fast\"",
                "train digits --learning-rate NaN | a number above 0, not \"NaN\"",
                "train digits --learning-rate 0 | above 0",
                "train digits --learning-rate -1 | above 0",
                "train digits --learning-rate 1e999 | above 0",
                "train digits --seed x | a whole number",
                "train digits --threads -1 | from 0 on",
                "train digits --data /tmp | part of Gradus",
                "train digits --set epochs | key=value",
                "train digits --set epoch=3 | did you mean \"epochs\"?",
                "train digits --set optimzer.name=sgd | did you mean \"optimizer\"?",
                "train digits --set optimizer.learning_rat=1 | did you mean \"learning_rate\"?",
                "train digits --set optimizer=adma | did you mean \"adam\"?",
                "train digits --set optimizer.momentum=0.9 | \"momentum\" in \"optimizer\"",
                "train digits --set model.name=lent | did you mean \"lenet\"?",
                "train digits --set model=lenet | does not fit the data",
                "train digits --set data.name=digit | did you mean \"digits\"?",
                "train digits --set schedule.name=cosin | did you mean \"cosine\"?",
                "train digits --set epochs=[ | not valid YAML",
                "train digits --set model.name={a:1} | is a text",
                "train fashion-mlp --set model.dropout=1 | from 0 to below 1",
                "train fashion-mlp --set model.hidden=[0] | from 1 on",
            })
    void trainingDoesNotBegin(String arguments, String part) {
        Path run = folder.resolve("run");
        Cli.run((Object[]) (arguments + " --out " + run).split(" ")).failed(2, part);
        assertFalse(Files.exists(run), "the run's folder was made");
    }

    @Test
    void aDeviceThatIsNotThereIsAnsweredWithThoseThatAre() {
        Path run = folder.resolve("run");
        String available = "available: " + String.join(", ", Devices.available());
        for (String device : List.of("opencl:7", "cpu:1", "cuda:40")) {
            Cli.run("train", "digits", "--device", device, "--out", run)
                    .failed(2, "no device '" + device + "'", available);
        }
        assertFalse(Files.exists(run), "the run's folder was made");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train | missing required parameter: 'RECIPE",
                "train digits --epochs | missing required parameter for option '--epochs'",
                "evaluate nowhere | there is no run \"nowhere\"",
                "predict nowhere x.png | there is no run \"nowhere\"",
                "predict nowhere | nothing to classify",
                "inspect nowhere.npy | there is no such file",
                "inspect nowhere | there is no run",
                "data fashon-mnist | did you mean \"fashion-mnist\"?",
                "data digits --index 1438 | 0 to 1437",
                "data digits --index x | 'x' is not an int",
                "recipes fashion-mpl | did you mean \"fashion-mlp\"?",
                "doctor --jsn | did you mean \"--json\"?",
            })
    void otherCommandsSayWhatToDo(String arguments, String part) {
        Cli.run((Object[]) arguments.split(" ")).failed(2, part);
    }

    @Test
    void aWrongKeyInARecipeNamesItsLine() throws IOException {
        Path recipe =
                write(
                        "mine.yaml",
                        """
                        model: {name: digits-cnn}
                        data: {name: digits}
                        optimizer:
                          name: adam
                          learning_rte: 0.1
                        """);
        Cli.run("train", recipe, "--out", folder.resolve("run"))
                .failed(2, recipe + ":5", "\"learning_rte\"", "did you mean \"learning_rate\"?");
        assertFalse(Files.exists(folder.resolve("run")));
    }

    @Test
    void recipesThatAreNoneAreRefused() throws IOException {
        Path run = folder.resolve("run");
        record Case(String text, String part) {}
        for (Case wrong :
                List.of(
                        new Case("", "is empty"),
                        new Case("- a\n- b\n", "holds no settings"),
                        new Case("epochs: [1\n", "not valid YAML"),
                        new Case("epochs: 1\nepochs: 2\n", "Duplicate"),
                        new Case("epochs: 1\n---\nepochs: 2\n", "second document"),
                        new Case("modle: {name: mlp}\n", "did you mean \"model\"?"),
                        new Case("epochs: 3\n", "\"model.name\" is missing"),
                        new Case("model: {name: mlp}\n", "\"data.name\" is missing"),
                        new Case("name: a/b\n", "names folders"),
                        new Case(
                                "model: {name: mlp}\ndata: {name: csv, path: x.csv}\n",
                                "\"data.target\" is missing"),
                        new Case("epochs: &a [*a]\n", "\"epochs\""))) {
            Path recipe = write("wrong.yaml", wrong.text);
            Cli.run("train", recipe, "--out", run).failed(2, "wrong.yaml", wrong.part);
        }
        assertFalse(Files.exists(run));
    }

    @Test
    void anotherRunIsNotOverwritten() throws IOException {
        Path run = folder.resolve("run");
        Cli.run("train", "digits", "--steps", 2, "--out", run).succeeded();
        String config = Files.readString(run.resolve("config.yaml"));
        Cli.run("train", "digits", "--steps", 3, "--out", run)
                .failed(2, "holds another run", "--resume");
        Cli.run("train", "fashion-mlp", "--resume", "--out", run)
                .failed(2, "is a run of digits, not of fashion-mlp");
        Cli.run("train", "digits", "--resume", "--batch-size", 16, "--out", run)
                .failed(2, "--batch-size", "was begun with 64");
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("notes.txt"), "mine");
        Cli.run("train", "digits", "--out", other).failed(2, "holds no run");
        Cli.run("train", "digits", "--out", other.resolve("notes.txt")).failed(2, "is there");
        Cli.run("train", "digits", "--out", other.resolve("notes.txt/run"))
                .failed(2, "cannot be made");
        assertEquals(config, Files.readString(run.resolve("config.yaml")));
        assertEquals("mine", Files.readString(other.resolve("notes.txt")));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
