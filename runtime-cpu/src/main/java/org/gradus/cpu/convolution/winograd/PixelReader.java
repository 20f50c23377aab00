package org.gradus.cpu.convolution.winograd;

import java.util.Arrays;
import org.gradus.cpu.matmul.Packing;
import org.gradus.cpu.threads.Scratch;

/**
 * Transforms tiles of some channels at once: turns their images round, such that the channels of a
 * pixel are neighbours, with zeros around.
 */
final class PixelReader {
    /** Pixels that vectors turn at once. */
    private static final int BLOCK = 8;

    private final int across;
    private final int down;
    private final int height;
    private final int width;
    private final int above;
    private final int left;
    private final int side;
    private final TileTransform transform;
    private final Packing packing;

    private PixelReader(
            Tiles tiles,
            int height,
            int width,
            int above,
            int left,
            int side,
            TileTransform transform,
            Packing packing) {
        across = tiles.across();
        down = tiles.down();
        this.height = height;
        this.width = width;
        this.above = above;
        this.left = left;
        this.side = side;
        this.transform = transform;
        this.packing = packing;
    }

    /** Reads 4 by 4 of the input for each tile. */
    static PixelReader ofInput(Tiles tiles, Transforms transforms, Packing packing) {
        return new PixelReader(
                tiles,
                tiles.height(),
                tiles.width(),
                tiles.above(),
                tiles.left(),
                Transforms.SIDE,
                transforms::input,
                packing);
    }

    /** Reads 2 by 2 of the output's gradient for each tile. */
    static PixelReader ofGradient(Tiles tiles, Transforms transforms, Packing packing) {
        return new PixelReader(
                tiles,
                tiles.outputHeight(),
                tiles.outputWidth(),
                0,
                0,
                Tiles.STEP,
                transforms::gradient,
                packing);
    }

    /** {@link Transforms#input} or {@link Transforms#gradient}. */
    private interface TileTransform {
        void apply(
                float[] pixels,
                int[] rows,
                int width,
                int tiles,
                float[] target,
                int to,
                int point);
    }

    /** Returns the number of elements of a channel. */
    int channelSize() {
        return height * width;
    }

    /**
     * Transforms some tiles of neighbouring channels.
     *
     * @param channel where the first channel begins in the first image
     * @param image the distance between images
     * @param channels how many channels
     * @param lanes for how many there is room: the width of a panel
     * @param scratch lends memory for the pixels
     * @param slot which
     * @param target receives, for each point, {@code [count, lanes]}
     * @param point the distance between points
     */
    void transform(
            float[] source,
            int channel,
            int image,
            int channels,
            int lanes,
            int first,
            int count,
            Scratch scratch,
            int slot,
            float[] target,
            int to,
            int point) {
        int rowLength = (across + 1) * Tiles.STEP * lanes;
        int[] starts = new int[channels];
        Arrays.setAll(starts, i -> i * channelSize());
        int[] rows = new int[side];
        int ofImage = down * across;
        int end = first + count;
        int tile = first;
        while (tile < end) {
            int imageEnd = (tile / ofImage + 1) * ofImage;
            int until = Math.min(end, imageEnd);
            int base = imageEnd - ofImage;
            int firstRow = Math.max(0, (tile - base) / across * Tiles.STEP - above);
            int lastTop = (until - 1 - base) / across * Tiles.STEP - above;
            int endRow = Math.min(height, lastTop + side);
            int turned = Math.max(0, endRow - firstRow);
            float[] pixels = scratch.floats(slot, (turned + 1) * rowLength + Transforms.SLACK);
            int from = channel + tile / ofImage * image;
            turn(source, from, starts, lanes, firstRow, endRow, pixels, rowLength);
            while (tile < until) {
                int row = (tile - base) / across;
                int rowEnd = Math.min(until, base + (row + 1) * across);
                int column = (tile - base) % across * Tiles.STEP * lanes;
                for (int i = 0; i < side; i++) {
                    int y = row * Tiles.STEP - above + i;
                    boolean inside = y >= 0 && y < height;
                    rows[i] = (inside ? (y - firstRow + 1) * rowLength : 0) + column;
                }
                int at = to + (tile - first) * lanes;
                transform.apply(pixels, rows, lanes, rowEnd - tile, target, at, point);
                tile = rowEnd;
            }
        }
    }

    /** Turns some rows of an image round; a row of zeros goes before them. */
    private void turn(
            float[] source,
            int image,
            int[] starts,
            int lanes,
            int firstRow,
            int endRow,
            float[] pixels,
            int rowLength) {
        Arrays.fill(pixels, 0, rowLength, 0);
        for (int y = firstRow; y < endRow; y++) {
            int at = (y - firstRow + 1) * rowLength;
            int begin = at + left * lanes;
            int end = begin + width * lanes;
            turnRow(source, image + y * width, starts, lanes, pixels, begin);
            Arrays.fill(pixels, at, begin, 0);
            Arrays.fill(pixels, end, at + rowLength, 0);
        }
    }

    /** Turns a row round; what is left of blocks is done with a whole block that overlaps. */
    private void turnRow(float[] source, int row, int[] starts, int lanes, float[] pixels, int to) {
        boolean overlaps = lanes % BLOCK == 0 && width > BLOCK && width % BLOCK > 0;
        int whole = overlaps ? width - width % BLOCK : width;
        packing.packLines(source, row, starts, 0, starts.length, whole, lanes, pixels, to);
        if (overlaps) {
            int last = width - BLOCK;
            int at = to + last * lanes;
            packing.packLines(
                    source, row + last, starts, 0, starts.length, BLOCK, lanes, pixels, at);
        }
    }
}
