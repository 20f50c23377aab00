package org.gradus.cpu.pointwise;

/**
 * How an iteration space is cut into tiles: along its rows where they are long, so that they are
 * read in place, else regardless of them.
 */
record Tiling(long elements, long row, long tilesPerRow) {
    /** Rows at least this long are cut into tiles of their own. */
    private static final int LONG_ROW = 384;

    static Tiling of(IterationSpace space) {
        long row = space.inner() >= LONG_ROW ? space.inner() : space.elements();
        return new Tiling(space.elements(), row, (row + Frame.TILE - 1) / Frame.TILE);
    }

    /** Returns the number of tiles. */
    long count() {
        return elements / row * tilesPerRow;
    }

    /** Returns the most elements of a tile. */
    int longest() {
        return (int) Math.min(row, Frame.TILE);
    }

    /** Returns where a tile begins. */
    long position(long tile) {
        return tile / tilesPerRow * row + tile % tilesPerRow * Frame.TILE;
    }

    /** Returns the elements of a tile. */
    int size(long tile) {
        return (int) Math.min(Frame.TILE, row - tile % tilesPerRow * Frame.TILE);
    }
}
