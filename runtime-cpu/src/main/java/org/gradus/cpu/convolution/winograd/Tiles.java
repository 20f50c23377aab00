package org.gradus.cpu.convolution.winograd;

/**
 * How an output is cut into tiles of 2 by 2, each of which sees 4 by 4 of the input. Tiles are
 * counted row by row, image after image.
 *
 * @param batch the number of images
 * @param height the rows of the input
 * @param width the columns of the input
 * @param above the zero rows above the input
 * @param left the zero columns on its left
 * @param outputHeight the rows of the output
 * @param outputWidth the columns of the output
 */
record Tiles(
        int batch, int height, int width, int above, int left, int outputHeight, int outputWidth) {
    /** The rows and columns of the output that a tile makes. */
    static final int STEP = 2;

    /** Returns how many tiles lie side by side. */
    int across() {
        return (outputWidth + 1) / STEP;
    }

    /** Returns how many tiles of an image lie one below the other. */
    int down() {
        return (outputHeight + 1) / STEP;
    }

    /** Returns how many tiles all images have. */
    int count() {
        return batch * down() * across();
    }

    /** Returns the number of elements of a channel of the output. */
    int outputSize() {
        return outputHeight * outputWidth;
    }

    /**
     * Writes some tiles of a channel, of which all upper rows lie side by side, and all lower ones.
     *
     * @param lines the upper rows, and behind them the lower ones
     * @param lower where the lower rows begin
     * @param channel where the channel begins in the first image
     * @param image the distance between images
     */
    void write(
            float[] lines,
            int lower,
            int first,
            int count,
            float[] target,
            int channel,
            int image) {
        int across = across();
        int down = down();
        int end = first + count;
        int tile = first;
        while (tile < end) {
            int row = tile / across;
            int until = Math.min(end, (row + 1) * across);
            int x = (tile - row * across) * STEP;
            int y = row % down * STEP;
            int length = Math.min((until - tile) * STEP, outputWidth - x);
            int from = (tile - first) * STEP;
            int to = channel + row / down * image + y * outputWidth + x;
            System.arraycopy(lines, from, target, to, length);
            if (y + 1 < outputHeight) {
                System.arraycopy(lines, lower + from, target, to + outputWidth, length);
            }
            tile = until;
        }
    }
}
