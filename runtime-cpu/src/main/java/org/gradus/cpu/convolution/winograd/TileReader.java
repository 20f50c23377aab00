package org.gradus.cpu.convolution.winograd;

import java.util.Arrays;

/** Reads tiles of one channel after the other and transforms them, in memory that it is lent. */
final class TileReader {
    private final int across;
    private final int down;
    private final int height;
    private final int width;
    private final int above;
    private final int left;
    private final int side;
    private final RowTransform rowTransform;
    private final ColumnTransform columnTransform;
    private final float[] rows;
    private final float[] planes;
    private final int rowLength;
    private int plane;

    private TileReader(
            Tiles tiles,
            int height,
            int width,
            int above,
            int left,
            int side,
            RowTransform rowTransform,
            ColumnTransform columnTransform,
            float[] rows,
            float[] planes) {
        across = tiles.across();
        down = tiles.down();
        this.height = height;
        this.width = width;
        this.above = above;
        this.left = left;
        this.side = side;
        this.rowTransform = rowTransform;
        this.columnTransform = columnTransform;
        this.rows = rows;
        this.planes = planes;
        rowLength = rowLength(tiles);
        Arrays.fill(rows, 0, rowsSize(tiles), 0);
    }

    /** Reads 4 by 4 of the input for each tile. */
    static TileReader ofInput(Tiles tiles, Transforms transforms, float[] rows, float[] planes) {
        return new TileReader(
                tiles,
                tiles.height(),
                tiles.width(),
                tiles.above(),
                tiles.left(),
                Transforms.SIDE,
                transforms::inputRow,
                transforms::inputColumns,
                rows,
                planes);
    }

    /** Reads 2 by 2 of the output's gradient for each tile. */
    static TileReader ofGradient(Tiles tiles, Transforms transforms, float[] rows, float[] planes) {
        return new TileReader(
                tiles,
                tiles.outputHeight(),
                tiles.outputWidth(),
                0,
                0,
                Tiles.STEP,
                transforms::gradientRow,
                transforms::gradientColumns,
                rows,
                planes);
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
        int end = first + count;
        int tile = first;
        while (tile < end) {
            int row = tile / across;
            int until = Math.min(end, (row + 1) * across);
            int start = channel + row / down * image;
            int top = row % down * Tiles.STEP - above;
            int column = (tile - row * across) * Tiles.STEP;
            for (int i = 0; i < side; i++) {
                int to = i * Transforms.SIDE * plane + tile - first;
                int y = top + i;
                if (y >= 0 && y < height) {
                    int at = i * rowLength;
                    copyRow(source, start + y * width, at);
                    rowTransform.apply(rows, at + column, until - tile, planes, to, plane);
                } else {
                    clear(to, until - tile);
                }
            }
            tile = until;
        }
    }

    /** Copies what of a row lies inside of the padded one; the zeros around it stay. */
    private void copyRow(float[] source, int from, int at) {
        int reach = Math.min(width, rowLength - Transforms.SLACK - left);
        System.arraycopy(source, from, rows, at + left, reach);
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
        columnTransform.apply(planes, group * Transforms.GROUP, plane, target, to, point);
    }

    /** {@link Transforms#inputRow} or {@link Transforms#gradientRow}. */
    private interface RowTransform {
        void apply(float[] row, int from, int tiles, float[] planes, int to, int plane);
    }

    /** {@link Transforms#inputColumns} or {@link Transforms#gradientColumns}. */
    private interface ColumnTransform {
        void apply(float[] planes, int from, int plane, float[] target, int to, int point);
    }
}
