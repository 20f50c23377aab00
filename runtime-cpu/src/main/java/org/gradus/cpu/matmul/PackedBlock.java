package org.gradus.cpu.matmul;

/**
 * A block of a product whose operands lie packed in panels: {@code c += a @ b} over part of the
 * depth. Any part of its output can be computed on any thread.
 *
 * @param kernel computes the tiles
 * @param rows the rows of the block
 * @param columns the columns of the block
 * @param depth the part of the depth
 * @param a panels of {@code kernel.rows()} rows
 * @param aOffset where the first of them begins
 * @param b panels of {@link MicroKernel#WIDTH} columns
 * @param bOffset where the first of them begins
 * @param c the output, at the block's first element
 * @param epilogue at the block's first element
 * @param first whether this is the first part of the depth
 * @param last whether this is the last part of the depth
 */
public record PackedBlock(
        MicroKernel kernel,
        int rows,
        int columns,
        int depth,
        float[] a,
        int aOffset,
        float[] b,
        int bOffset,
        Matrix c,
        Epilogue epilogue,
        boolean first,
        boolean last) {
    private static final int WIDTH = MicroKernel.WIDTH;

    /** Elements of the widest tile, which {@link #compute} needs as scratch memory. */
    public static final int LARGEST_TILE = 12 * 2 * WIDTH;

    /** Returns the number of panels of {@code a}. */
    public int rowPanels() {
        return panels(rows, kernel.rows());
    }

    /** Returns the number of panels of {@code b}. */
    public int columnPanels() {
        return panels(columns, WIDTH);
    }

    /** Returns how many panels of a width are needed for so many lines. */
    public static int panels(int lines, int width) {
        return (lines + width - 1) / width;
    }

    /**
     * Computes the part of the output that belongs to some panels.
     *
     * @param tile scratch memory for tiles that do not fit into the output
     */
    public void compute(int firstRow, int endRow, int firstColumn, int endColumn, float[] tile) {
        int height = kernel.rows();
        int toRow = Math.min(rows, endRow * height);
        boolean accumulate = !first || epilogue.prepares();
        int panel = firstColumn;
        while (panel < endColumn) {
            boolean several = panel + kernel.panels() <= endColumn;
            MicroKernel fitting = several ? kernel : kernel.single();
            int next = panel + fitting.panels();
            int column = panel * WIDTH;
            int toColumn = Math.min(columns, next * WIDTH);
            computeColumns(fitting, panel, firstRow, endRow, accumulate, tile);
            // while the panels' results are in the cache
            if (last) {
                epilogue.end(c, firstRow * height, toRow, column, toColumn);
            }
            panel = next;
        }
    }

    private void computeColumns(
            MicroKernel fitting,
            int panel,
            int firstRow,
            int endRow,
            boolean accumulate,
            float[] tile) {
        int height = fitting.rows();
        int column = panel * WIDTH;
        int width = Math.min(fitting.panels() * WIDTH, columns - column);
        boolean whole = width == fitting.panels() * WIDTH && c.columnStride() == 1;
        int bAt = bOffset + column * depth;
        for (int i = firstRow; i < endRow; i++) {
            int row = i * height;
            int aAt = aOffset + row * depth;
            int at = c.position(row, column);
            if (first && accumulate) {
                // tile by tile: what it writes is fetched from memory while the kernel multiplies
                int endOfTile = Math.min(rows, row + height);
                epilogue.begin(c, row, endOfTile, column, column + width);
            }
            if (whole && row + height <= rows) {
                fitting.multiply(depth, a, aAt, b, bAt, c.data(), at, c.rowStride(), accumulate);
            } else {
                int tileStride = fitting.panels() * WIDTH;
                fitting.multiply(depth, a, aAt, b, bAt, tile, 0, tileStride, false);
                int filled = Math.min(height, rows - row);
                copyTile(tile, tileStride, filled, width, at, accumulate);
            }
        }
    }

    private void copyTile(
            float[] tile, int tileStride, int height, int width, int offset, boolean accumulate) {
        float[] data = c.data();
        int stride = c.columnStride();
        for (int row = 0; row < height; row++) {
            int from = row * tileStride;
            int to = offset + row * c.rowStride();
            for (int column = 0; column < width; column++) {
                float value = tile[from + column];
                data[to] = accumulate ? data[to] + value : value;
                to += stride;
            }
        }
    }
}
