package org.gradus.cpu.convolution.winograd;

import java.util.Arrays;

/**
 * Reads tiles of the input, one channel after the other, and transforms them, in memory that it is
 * lent.
 */
final class TileReader {
    /** The planes of the upper half of a tile. */
    private static final int UPPER = Tiles.STEP * Transforms.SIDE;

    private final Tiles tiles;
    private final Transforms transforms;
    private final float[] rows;
    private final float[] planes;
    private final int rowLength;
    private int plane;

    /**
     * Prepares a reader.
     *
     * @param rows scratch memory of {@link #rowsSize}
     * @param planes scratch memory of {@link #planesSize}
     */
    TileReader(Tiles tiles, Transforms transforms, float[] rows, float[] planes) {
        this.tiles = tiles;
        this.transforms = transforms;
        this.rows = rows;
        this.planes = planes;
        rowLength = rowLength(tiles);
        Arrays.fill(rows, 0, rowsSize(tiles), 0);
    }

    /** Returns how many elements of scratch memory the rows of a tile take. */
    static int rowsSize(Tiles tiles) {
        return Transforms.SIDE * rowLength(tiles);
    }

    /** Returns how many elements of scratch memory the planes of so many tiles take. */
    static int planesSize(int count) {
        return Transforms.POINTS * planeSize(count);
    }

    private static int rowLength(Tiles tiles) {
        return Tiles.STEP * tiles.across() + Tiles.STEP + Transforms.SLACK;
    }

    private static int planeSize(int count) {
        return count + Transforms.SLACK;
    }

    /**
     * Reads neighbouring tiles of a channel and transforms their rows.
     *
     * @param channel where the channel begins in the first image
     * @param image the distance between images
     */
    void read(float[] source, int channel, int image, int first, int count) {
        plane = planeSize(count);
        int across = tiles.across();
        int down = tiles.down();
        int height = tiles.height();
        int width = tiles.width();
        int end = first + count;
        int tile = first;
        int done = 0;
        while (tile < end) {
            int row = tile / across;
            int until = Math.min(end, (row + 1) * across);
            int start = channel + row / down * image;
            int top = row % down * Tiles.STEP - tiles.above();
            int column = (tile - row * across) * Tiles.STEP;
            // the lower half of a tile is the upper one of the next below
            boolean goesOn =
                    until - tile == across && until + across <= end && row % down + 1 < down;
            for (int i = done; i < Transforms.SIDE; i++) {
                int to = i * Transforms.SIDE * plane + tile - first;
                int again = goesOn && i >= Tiles.STEP ? to - UPPER * plane + across : to;
                int y = top + i;
                if (y >= 0 && y < height) {
                    int at = i * rowLength;
                    copyRow(source, start + y * width, at);
                    int from = at + column;
                    transforms.inputRow(rows, from, until - tile, planes, to, again, plane);
                } else {
                    clear(to, until - tile);
                    clear(again, until - tile);
                }
            }
            done = goesOn ? Tiles.STEP : 0;
            tile = until;
        }
    }

    /** Copies what of a row lies inside of the padded one; the zeros around it stay. */
    private void copyRow(float[] source, int from, int at) {
        System.arraycopy(source, from, rows, at + tiles.left(), tiles.width());
    }

    private void clear(int to, int count) {
        for (int i = 0; i < Transforms.SIDE; i++) {
            Arrays.fill(planes, to + i * plane, to + i * plane + count, 0);
        }
    }

    /**
     * Transforms the columns of {@value Transforms#GROUP} tiles that were read.
     *
     * @param group which of them
     * @param to where the first tile's first point goes
     * @param point the distance between points
     */
    void transform(int group, float[] target, int to, int point) {
        transforms.inputColumns(planes, group * Transforms.GROUP, plane, target, to, point);
    }
}
