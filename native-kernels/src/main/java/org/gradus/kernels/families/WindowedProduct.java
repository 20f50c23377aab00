package org.gradus.kernels.families;

import java.util.Arrays;
import java.util.Optional;
import org.gradus.device.Buffer;
import org.gradus.device.View;

/**
 * The product that a convolution and both its adjoints are, each with other roles for its operands:
 * {@code target[m, n] = bias[m] + sum over k of left[m, k] * source[n, k]}, for each group of
 * channels. {@code n} and {@code k} stand for four indices each: one without an edge (an image or a
 * channel), and three spatial ones.
 *
 * @param groups the groups of channels
 * @param rows the values of {@code m}
 * @param column what {@code n} stands for
 * @param inner what {@code k} stands for
 * @param origin the source's spatial coordinates for {@code n} and {@code k} all 0
 * @param sourceSize the spatial sizes of the source; beyond them it is 0
 * @param left where {@code left[m, k]} is
 * @param source where an element of the source is
 * @param target where {@code target[m, n]} is
 */
record WindowedProduct(
        int groups,
        int rows,
        Index column,
        Index inner,
        int[] origin,
        int[] sourceSize,
        Operand left,
        Source source,
        Operand target) {
    /** The most rows that are computed without tiles. */
    private static final int FEW_ROWS = 2;

    /** Launches of at least so many tiles keep a device busy. */
    private static final long ENOUGH_TILES = 256;

    /** The least values of {@code k} of a part. */
    private static final long PART = 512;

    /**
     * Four indices, row-major.
     *
     * @param outer the size of the first one
     * @param sizes the sizes of the spatial ones
     * @param step by how much each moves the source's spatial coordinates
     */
    record Index(int outer, int[] sizes, int[] step) {
        long count() {
            return (long) outer * sizes[0] * sizes[1] * sizes[2];
        }

        /** Returns the spatial sizes, where there is nothing 1: a device divides by them. */
        int[] divisors() {
            return Arrays.stream(sizes).map(size -> Math.max(size, 1)).toArray();
        }
    }

    /**
     * An operand that both {@code m} and another index number.
     *
     * @param group the distance between groups of channels
     * @param row the distance along {@code m}
     * @param outer the distance along the other's first index
     * @param spatial the distances along its spatial indices
     */
    record Operand(Buffer buffer, long at, long group, long row, long outer, long[] spatial) {}

    /**
     * The operand with an edge.
     *
     * @param group the distance between groups of channels
     * @param column the distance along the column's first index
     * @param inner the distance along the inner's first index
     * @param spatial the distances along its spatial axes
     */
    record Source(Buffer buffer, long at, long group, long column, long inner, long[] spatial) {}

    /** How a group's results are spread over its work-items. */
    private record Tiling(int rowItems, int columnItems, int itemRows, int itemColumns) {
        int rows() {
            return rowItems * itemRows;
        }

        int columns() {
            return columnItems * itemColumns;
        }

        int items() {
            return rowItems * columnItems;
        }
    }

    /** Computes the product. */
    void run(Templates templates, Optional<View> bias) {
        run(templates, bias, 1, inner.count(), 0);
    }

    /**
     * Returns into how many parts the sum over {@code k} should be cut, so that there is enough to
     * do at once. It depends on the sizes only, so that results are the same every time.
     */
    int parts() {
        long inParallel =
                rows <= FEW_ROWS
                        ? Math.ceilDiv(groups * rows * column.count(), 64)
                        : tiles(tiling()) * groups;
        long most = Math.max(1, Math.ceilDiv(inner.count(), PART));
        return (int) Math.clamp(ENOUGH_TILES / Math.max(1, inParallel), 1, most);
    }

    /**
     * Computes the product in parts, each of which has a target of its own.
     *
     * @param parts the number of parts
     * @param targetPart the distance between their targets
     */
    void runParts(Templates templates, int parts, long targetPart) {
        run(templates, Optional.empty(), parts, Math.ceilDiv(inner.count(), parts), targetPart);
    }

    private void run(
            Templates templates, Optional<View> bias, int parts, long length, long targetPart) {
        boolean tiled = rows > FEW_ROWS;
        Tiling tiling = tiling();
        Launch launch =
                templates
                        .launch(tiled ? "windowed_product" : "windowed_sum")
                        .set("HAS_BIAS", bias.isPresent())
                        .pointer("left", left.buffer())
                        .pointer("source", source.buffer())
                        .pointer("target", target.buffer());
        bias.ifPresent(view -> launch.view("bias", view).word("bias_row", view.strides()[0]));
        addWords(launch);
        launch.word("parts", parts).word("part_length", length).word("target_part", targetPart);
        if (!tiled) {
            launch.runForEach((long) groups * parts * rows * column.count());
            return;
        }
        launch.groupSize(tiling.items())
                .set("ROW_ITEMS", tiling.rowItems)
                .set("COLUMN_ITEMS", tiling.columnItems)
                .set("ITEM_ROWS", tiling.itemRows)
                .set("ITEM_COLUMNS", tiling.itemColumns)
                .set("CHECK_EDGES", reachesEdge())
                .word("column_tiles", Math.ceilDiv(column.count(), tiling.columns()))
                .word("row_tiles", Math.ceilDiv(rows, tiling.rows()))
                .run(tiles(tiling) * parts * groups);
    }

    private long tiles(Tiling tiling) {
        return Math.ceilDiv(rows, tiling.rows()) * Math.ceilDiv(column.count(), tiling.columns());
    }

    /** Returns a tiling that wastes little on few rows or columns. */
    private Tiling tiling() {
        if (column.count() <= 64) {
            return rows <= 8 ? new Tiling(2, 16, 4, 4) : new Tiling(8, 16, 4, 4);
        }
        if (rows <= 8) {
            return new Tiling(1, 32, 8, 8);
        }
        return rows <= 16
                ? new Tiling(2, 32, 8, 8)
                : rows <= 32 ? new Tiling(4, 16, 8, 8) : new Tiling(8, 8, 8, 8);
    }

    private boolean reachesEdge() {
        for (int axis = 0; axis < Spatial.AXES; axis++) {
            long low = origin[axis];
            long high = origin[axis];
            for (Index index : new Index[] {column, inner}) {
                long reach = (long) (index.sizes[axis] - 1) * index.step[axis];
                low += Math.min(reach, 0);
                high += Math.max(reach, 0);
            }
            if (low < 0 || high >= sourceSize[axis]) {
                return true;
            }
        }
        return false;
    }

    private void addWords(Launch launch) {
        launch.word("groups", groups)
                .word("rows", rows)
                .word("columns", column.count())
                .word("inners", inner.count())
                .spatial("column_size", column.sizes)
                .spatial("column_step", column.step)
                .spatial("inner_size", inner.divisors())
                .spatial("inner_step", inner.step)
                .spatial("origin", origin)
                .spatial("source_size", sourceSize)
                .word("left_at", left.at)
                .word("left_group", left.group)
                .word("left_row", left.row)
                .word("left_inner", left.outer)
                .spatial("left", left.spatial)
                .word("source_at", source.at)
                .word("source_group", source.group)
                .word("source_column", source.column)
                .word("source_inner", source.inner)
                .spatial("source", source.spatial)
                .word("target_at", target.at)
                .word("target_group", target.group)
                .word("target_row", target.row)
                .word("target_column", target.outer)
                .spatial("target", target.spatial);
    }
}
