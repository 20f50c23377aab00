package org.gradus.tests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Missing and damaged data: one line that names the file, exit code 2, nothing written. */
class BadDataTest {
    private static final int SAMPLES = 40;

    @TempDir private Path folder;
    private Path data;
    private Path run;

    @BeforeEach
    void writeData() throws IOException {
        data = SmallData.fashion(folder.resolve("fashion"), SAMPLES);
        run = folder.resolve("run");
    }

    @Test
    void theUndamagedDataAreFine() {
        train().succeeded();
    }

    @Test
    void missingDataSayHowToGetThem() throws IOException {
        Files.delete(data.resolve("t10k-labels-idx1-ubyte.gz"));
        refused("t10k-labels", "there is no such file", "apt-get install dataset-fashion-mnist");
        data = folder.resolve("nowhere");
        refused("nowhere", "there is no such folder", "--data PATH");
    }

    @Test
    void aFolderInPlaceOfAFileIsNoFile() throws IOException {
        Files.delete(data.resolve("train-images-idx3-ubyte.gz"));
        Files.createDirectory(data.resolve("train-images-idx3-ubyte.gz"));
        refused("train-images", "there is no such file");
    }

    @Test
    void aFileThatIsCutShortIsRefused() throws IOException {
        byte[] images = SmallData.images(SAMPLES);
        images("cut short", Arrays.copyOf(images, images.length - 1));
        images("cut short in the header", Arrays.copyOf(images, 9));
        images("not an IDX file", new byte[0]);
        byte[] packed = SmallData.gzip(images);
        replace("train-images-idx3-ubyte.gz", Arrays.copyOf(packed, packed.length / 2));
        refused("train-images", "damaged");
    }

    @Test
    void aFileOfAnotherFormatIsRefused() throws IOException {
        images("not an IDX file", "<html>404</html>".getBytes(StandardCharsets.UTF_8));
        images("holds u8[40]", SmallData.labels(SAMPLES, 10));
    }

    @Test
    void aHeaderThatAnnouncesTooMuchIsRefused() throws IOException {
        images("more than the 2 GiB", SmallData.idx(new byte[8], 1 << 30, 1 << 30, 28));
        images("more than the 2 GiB", SmallData.idx(new byte[8], -1, 28, 28));
        images("cut short", SmallData.idx(new byte[8], 2_000_000, 28, 28));
    }

    @Test
    void aDamagedArchiveIsRefused() throws IOException {
        byte[] packed = SmallData.gzip(SmallData.images(SAMPLES));
        packed[packed.length / 2] ^= 0x55;
        replace("train-images-idx3-ubyte.gz", packed);
        refused("train-images", "fetch the file again");
    }

    @Test
    void labelsOutsideTheClassesAreRefused() throws IOException {
        replace("train-labels-idx1-ubyte.gz", SmallData.gzip(SmallData.labels(SAMPLES, 11)));
        refused("train-labels", "label 0 is 10", "classes 0 to 9");
    }

    @Test
    void imagesAndLabelsOfDifferentNumberAreRefused() throws IOException {
        replace("train-labels-idx1-ubyte.gz", SmallData.gzip(SmallData.labels(SAMPLES - 1, 10)));
        refused("train-labels", "39 labels for the 40 images");
    }

    @Test
    void anEmptyDataSetIsRefused() throws IOException {
        SmallData.fashion(data, 0);
        refused("Fashion-MNIST, training set is empty");
    }

    @Test
    void aBatchThatIsLargerThanTheDataIsRefused() {
        Cli.run("train", "fashion-mlp", "--batch-size", 41, "--data", data, "--out", run)
                .failed(2, "a batch size of 41", "40 samples", "--batch-size");
        assertFalse(Files.exists(run));
    }

    @Test
    void imagesOfAnotherSizeDoNotFitTheModelOfARun() throws IOException {
        train().succeeded();
        byte[] small = SmallData.idx(new byte[SAMPLES * 9], SAMPLES, 3, 3);
        replace("train-images-idx3-ubyte.gz", SmallData.gzip(small));
        replace("t10k-images-idx3-ubyte.gz", SmallData.gzip(small));
        Cli.run("evaluate", run).failed(2, "[1, 3, 3]", "[1, 28, 28]");
    }

    @Test
    void tablesWithBadCellsAreRefused() throws IOException {
        String table = SmallData.table(50);
        tableRefused(table.replaceFirst("\n3,[^,]*", "\n3,0.5x"), "line 5", "\"0.5x\"", "(width)");
        tableRefused(table.replaceFirst("\n3,[^,]*", "\n3,inf"), "line 5", "\"inf\"");
        tableRefused(table.replaceFirst("\n3,[^,]*", "\n3"), "line 5", "3 fields where 4");
        tableRefused(table.replaceFirst("\n3,", "\n\"3,"), "quotes");
        tableRefused(table.replace("high", "wide"), "a single class");
        tableRefused(table.lines().findFirst().orElseThrow() + "\n", "no rows");
        tableRefused("", "no rows");
        tableRefused(table.replace(',', ';'), "line 1: has the single column", "data.separator");
        tableRefused(table.replace("kind", "sort"), "has no column \"kind\"");
    }

    @Test
    void aMissingTableIsRefused() throws IOException {
        Path recipe = folder.resolve("table.yaml");
        Files.writeString(recipe, SmallData.tableRecipe(folder.resolve("missing.csv")));
        Cli.run("train", recipe, "--out", run).failed(2, "missing.csv", "there is no such file");
        Cli.run("train", recipe, "--data", folder.resolve("too.csv"), "--out", run)
                .failed(2, "too.csv", "there is no such file");
        assertFalse(Files.exists(run));
    }

    private Cli train() {
        return Cli.run(
                "train",
                "fashion-mlp",
                "--steps",
                2,
                "--batch-size",
                8,
                "--data",
                data,
                "--out",
                run);
    }

    private void refused(String... parts) {
        train().failed(2, parts);
        assertFalse(Files.exists(run), "the run's folder was made");
    }

    private void images(String part, byte[] content) throws IOException {
        replace("train-images-idx3-ubyte.gz", SmallData.gzip(content));
        refused("train-images", part);
        Files.delete(data.resolve("train-images-idx3-ubyte.gz"));
        Files.write(data.resolve("train-images-idx3-ubyte"), content);
        refused("train-images", part);
        Files.delete(data.resolve("train-images-idx3-ubyte"));
    }

    private void replace(String name, byte[] content) throws IOException {
        Files.write(data.resolve(name), content);
    }

    private void tableRefused(String table, String... parts) throws IOException {
        Path file = Files.writeString(folder.resolve("table.csv"), table);
        Path recipe = folder.resolve("table.yaml");
        Files.writeString(recipe, SmallData.tableRecipe(file));
        Cli refused = Cli.run("train", recipe, "--out", run).failed(2, parts);
        refused.failed(2, "table.csv");
        assertEquals("", refused.out());
        assertFalse(Files.exists(run), "the run's folder was made");
    }
}
