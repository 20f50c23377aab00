package org.gradus.cli.task;

import java.nio.file.Path;
import org.gradus.io.AtomicFiles;
import org.gradus.io.ImageGrid;
import org.gradus.tensor.HostArray;

/** Samples that a model made, to be looked at. */
public sealed interface Samples {
    /** Returns how the names of files of such samples end: {@code .png} or {@code .txt}. */
    String suffix();

    /** Writes the samples, in place of a file that may be there. */
    void write(Path file);

    /**
     * Pictures, shown in rows.
     *
     * @param images {@code [count, channels, height, width]} with numbers from 0 to 1
     * @param columns the number of pictures in a row
     */
    record Pictures(HostArray images, int columns) implements Samples {
        @Override
        public String suffix() {
            return ".png";
        }

        @Override
        public void write(Path file) {
            ImageGrid.write(file, images, columns);
        }
    }

    /** A text. */
    record Text(String text) implements Samples {
        @Override
        public String suffix() {
            return ".txt";
        }

        @Override
        public void write(Path file) {
            AtomicFiles.write(file, text);
        }
    }
}
