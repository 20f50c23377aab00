package org.gradus.tests.cli;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import javax.imageio.ImageIO;

/** Small data of the kinds that users bring, each learnt in a few seconds. */
final class OwnFiles {
    static final List<String> SHAPES = List.of("circle", "cross", "square");
    private static final List<String> GOOD = List.of("good", "great", "lovely", "fine");
    private static final List<String> BAD = List.of("bad", "awful", "poor", "boring");
    private static final List<String> BETWEEN = List.of("the", "film", "was", "and", "so", "very");
    private static final int SHADES = 90;

    private OwnFiles() {}

    /** Draws light shapes on dark, of various sizes and colors, in a folder for each shape. */
    static Path shapes(Path root, int ofEach) throws IOException {
        Random random = new Random(1);
        for (String shape : SHAPES) {
            Path folder = Files.createDirectories(root.resolve(shape));
            for (int i = 0; i < ofEach; i++) {
                boolean png = i % 3 > 0;
                ImageIO.write(
                        draw(shape, random),
                        png ? "png" : "jpg",
                        folder.resolve("%03d.%s".formatted(i, png ? "png" : "jpg")).toFile());
            }
        }
        return root;
    }

    private static BufferedImage draw(String shape, Random random) {
        int width = 40 + random.nextInt(30);
        int height = 40 + random.nextInt(30);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(color(random, 0));
        graphics.fillRect(0, 0, width, height);
        graphics.setColor(color(random, 255 - SHADES));
        graphics.setStroke(new BasicStroke(5));
        int radius = 9 + random.nextInt(6);
        int x = width / 2 - radius;
        int y = height / 2 - radius;
        switch (shape) {
            case "circle" -> graphics.fillOval(x, y, 2 * radius, 2 * radius);
            case "square" -> graphics.fillRect(x, y, 2 * radius, 2 * radius);
            default -> {
                graphics.drawLine(x, y, x + 2 * radius, y + 2 * radius);
                graphics.drawLine(x, y + 2 * radius, x + 2 * radius, y);
            }
        }
        graphics.dispose();
        return image;
    }

    private static Color color(Random random, int darkest) {
        return new Color(
                darkest + random.nextInt(SHADES),
                darkest + random.nextInt(SHADES),
                darkest + random.nextInt(SHADES));
    }

    /** Writes customers, of some of whom not all is known: who calls often leaves. */
    static Path customers(Path file, int count) throws IOException {
        Random random = new Random(2);
        List<String> plans = List.of("basic", "plus", "pro");
        StringBuilder text = new StringBuilder("id,age,city,plan,support calls,churned,spend\n");
        for (int i = 0; i < count; i++) {
            int age = 18 + random.nextInt(60);
            int plan = random.nextInt(plans.size());
            int calls = random.nextInt(10);
            String city = random.nextInt(20) == 0 ? "" : random.nextBoolean() ? "Rome" : "Oslo";
            text.append(
                    String.format(
                            Locale.ROOT,
                            "C%04d,%s,%s,%s,%d,%s,%.2f%n",
                            i,
                            random.nextInt(20) == 0 ? "NA" : "" + age,
                            city,
                            plans.get(plan),
                            calls,
                            calls > 4 ? "yes" : "no",
                            20 + 20 * plan + 0.2 * age));
        }
        return Files.writeString(file, text);
    }

    /** Writes short reviews, a JSON object on each line. */
    static Path reviews(Path file, int count) throws IOException {
        Random random = new Random(3);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            boolean good = random.nextBoolean();
            StringBuilder text = new StringBuilder();
            for (int word = 0; word < 2 + random.nextInt(6); word++) {
                text.append(any(BETWEEN, random)).append(' ');
            }
            text.append(any(good ? GOOD : BAD, random));
            lines.append("{\"text\": \"" + text + "\", \"label\": \"")
                    .append(good ? "positive" : "negative")
                    .append("\"}\n");
        }
        return Files.writeString(file, lines);
    }

    /** Writes files of simple sentences, one of them in a folder below. */
    static Path stories(Path folder, int sentences) throws IOException {
        Random random = new Random(4);
        Files.createDirectories(folder.resolve("more"));
        for (String name : List.of("a.txt", "b.txt", "more/c.txt")) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < sentences; i++) {
                text.append(any(List.of("The cat ", "A dog ", "My bird "), random))
                        .append(any(List.of("sat on ", "ran to ", "saw "), random))
                        .append(any(List.of("the mat.\n", "a tree.\n", "the moon.\n"), random));
            }
            Files.writeString(folder.resolve(name), text);
        }
        Files.writeString(folder.resolve("notes.md"), "$$$ not a story $$$");
        return folder;
    }

    private static String any(List<String> words, Random random) {
        return words.get(random.nextInt(words.size()));
    }
}
