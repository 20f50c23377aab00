package org.gradus.cpu.matmul;

/**
 * The innermost part of a matrix product: a tile of the output, small enough for its sums to stay
 * in registers, from packed panels of both operands.
 *
 * <p>A panel of {@code a} holds {@link #rows()} rows, element {@code [row][k]} at {@code k * rows +
 * row}; a panel of {@code b} holds {@value #WIDTH} columns, element {@code [k][column]} at {@code k
 * * WIDTH + column}. Each element of the tile is summed in the order of {@code k}, then added to
 * what the output held: with vectors every kernel therefore gives the same bits.
 *
 * <p>Cost: {@code 2 * depth * rows * panels * WIDTH} flops.
 */
public interface MicroKernel {
    /** The columns of a panel of {@code b}. */
    int WIDTH = 16;

    /** Returns the rows of a panel of {@code a} and of the tile. */
    int rows();

    /** Returns how many panels of {@code b}, one behind the other, make the tile: 1 or 2. */
    int panels();

    /** Returns a kernel of as many rows for one panel: this one if that is what it takes. */
    MicroKernel single();

    /**
     * Computes a tile of {@code rows} by {@code panels * WIDTH}.
     *
     * @param depth how many products are summed per element
     * @param cStride the distance between rows of {@code c}; columns are neighbours
     * @param accumulate whether to add to the tile rather than overwrite it
     */
    void multiply(
            int depth,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] c,
            int cOffset,
            int cStride,
            boolean accumulate);
}
