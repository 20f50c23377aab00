package org.gradus.tests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of the curves of runs. */
class PlotTest {
    private static final int TRAINING = 0x2f6fd0;
    private static final int VALIDATION = 0xd95f0e;
    private static final int SECOND_RUN = 0xd55e00;

    @TempDir private Path folder;

    private Path run(String name) throws IOException {
        Path run = Files.createDirectory(folder.resolve(name));
        Files.writeString(run.resolve("config.yaml"), "model: lenet\n");
        StringBuilder lines = new StringBuilder();
        for (int epoch = 1; epoch <= 3; epoch++) {
            lines.append(
                    """
                    {"type":"step","step":%1$d0,"epoch":%1$d,"loss":%2$s}
                    {"type":"epoch","step":%1$d0,"epoch":%1$d,"train":{"loss":%2$s,"accuracy":0.%1$d},\
                    "validation":{"loss":%2$s,"accuracy":0.%1$d5}}
                    """
                            .formatted(epoch, 1.0 / epoch));
        }
        Files.writeString(run.resolve("metrics.jsonl"), lines);
        return run;
    }

    private static boolean hasColor(BufferedImage image, int color) {
        int width = image.getWidth();
        int[] pixels = image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
        for (int pixel : pixels) {
            if ((pixel & 0xffffff) == color) {
                return true;
            }
        }
        return false;
    }

    @Test
    void aRunsCurvesAreDrawnSideBySide() throws IOException {
        Path file = folder.resolve("pictures/curves.png");
        Cli.run("plot", run("one"), "--out", file).succeeded();
        BufferedImage image = ImageIO.read(file.toFile());
        BufferedImage loss = image.getSubimage(0, 0, image.getWidth() / 2, image.getHeight());
        assertTrue(hasColor(loss, TRAINING) && hasColor(loss, VALIDATION));
        Cli.run("plot", folder.resolve("one"), "--metric", "loss", "--out", file).succeeded();
        assertEquals(image.getWidth() / 2, ImageIO.read(file.toFile()).getWidth());
    }

    @Test
    void runsAreCompared() throws IOException {
        Path file = folder.resolve("both.png");
        Cli.run("plot", run("one"), run("two"), "--out", file).succeeded();
        BufferedImage image = ImageIO.read(file.toFile());
        assertTrue(hasColor(image, SECOND_RUN));
        assertFalse(hasColor(image, TRAINING));
    }

    @Test
    void whatCannotBeDrawnIsSaid() throws IOException {
        Path one = run("one");
        Cli.run("plot", one, "--metric", "los").failed(2, "\"los\"", "did you mean loss?");
        Path fresh = Files.createDirectory(folder.resolve("fresh"));
        Files.copy(one.resolve("config.yaml"), fresh.resolve("config.yaml"));
        Cli.run("plot", fresh).failed(2, "fresh", "nothing was measured yet");
        Path blocked = Files.writeString(folder.resolve("file"), "");
        Cli.run("plot", one, "--out", blocked.resolve("a.png")).failed(2, "cannot be written");
    }
}
