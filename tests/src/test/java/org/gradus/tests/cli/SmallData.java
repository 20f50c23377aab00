package org.gradus.tests.cli;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Writes small files in the format of Fashion-MNIST, and tables. */
final class SmallData {
    private static final int UNSIGNED_BYTES = 0x08;
    private static final int SIDE = 28;

    private SmallData() {}

    /** Writes the four files, with as many samples to train on as to test on. */
    static Path fashion(Path folder, int samples) throws IOException {
        Files.createDirectories(folder);
        for (String part : new String[] {"train", "t10k"}) {
            Files.write(folder.resolve(part + "-images-idx3-ubyte.gz"), gzip(images(samples)));
            Files.write(folder.resolve(part + "-labels-idx1-ubyte.gz"), gzip(labels(samples, 10)));
        }
        return folder;
    }

    /** Returns an IDX file of images. */
    static byte[] images(int samples) throws IOException {
        byte[] pixels = new byte[samples * SIDE * SIDE];
        new Random(1).nextBytes(pixels);
        return idx(pixels, samples, SIDE, SIDE);
    }

    /** Returns an IDX file of labels from 0 to below {@code classes}. */
    static byte[] labels(int samples, int classes) throws IOException {
        byte[] labels = new byte[samples];
        for (int i = 0; i < samples; i++) {
            labels[i] = (byte) (classes - 1 - i % classes);
        }
        return idx(labels, samples);
    }

    /** Returns an IDX file with a header of these sizes, whatever the data. */
    static byte[] idx(byte[] data, int... sizes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(0);
        out.writeByte(UNSIGNED_BYTES);
        out.writeByte(sizes.length);
        for (int size : sizes) {
            out.writeInt(size);
        }
        out.write(data);
        return bytes.toByteArray();
    }

    static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    /** Returns a table of two classes that a line separates. */
    static String table(int rows) {
        Random random = new Random(2);
        StringBuilder text = new StringBuilder("id,width,height,kind\n");
        for (int row = 0; row < rows; row++) {
            double width = random.nextDouble();
            double height = random.nextDouble();
            text.append(row).append(',').append(width).append(',').append(height).append(',');
            text.append(width > height ? "wide" : "high").append('\n');
        }
        return text.toString();
    }

    /** Returns a recipe for such a table. */
    static String tableRecipe(Path table) {
        return """
        model: {name: mlp, hidden: [16]}
        data:
          name: csv
          path: '%s'
          target: kind
          ignore: [id]
        optimizer: {name: adam, learning_rate: 0.05}
        epochs: 30
        batch_size: 16
        """
                .formatted(table);
    }
}
