package org.gradus.cpu.matmul;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Packs panels with 512-bit vectors, and with {@link VectorPacking} what they do not suit: lines of
 * a few elements, panels that are not full, strides in both directions.
 *
 * <p>A row that is copied takes one vector, whose last lanes may reach into the panel's next row
 * and are overwritten by what belongs there. The loop over rows is a method of its own: within
 * others the compiler runs out of registers, and a row costs four times as much.
 */
final class WidePacking implements Packing {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_512;
    private static final int LANES = 16;

    /** Rows that are copied from all panels before the next: keeps reads in long runs. */
    private static final int ROWS_AT_ONCE = 16;

    private final VectorPacking narrow = new VectorPacking();

    @Override
    public void pack(
            float[] source,
            int offset,
            int lineStride,
            int depthStride,
            int lines,
            int depth,
            int width,
            int first,
            int end,
            float[] target,
            int targetOffset) {
        int full = first;
        if (depthStride == 1 && depth >= WideTranspose.LANES && (width == 12 || width == 16)) {
            full = Math.clamp(lines / width, first, end);
            transpose(source, offset, lineStride, depth, width, first, full, target, targetOffset);
        } else if (lineStride == 1 && width >= LANES / 2) {
            int copyable =
                    VectorPacking.copyable(source, offset, depthStride, depth, width, lines, LANES);
            full = Math.clamp(copyable, first, end);
            copy(source, offset, depthStride, depth, width, first, full, target, targetOffset);
        }
        if (full < end) {
            narrow.pack(
                    source,
                    offset,
                    lineStride,
                    depthStride,
                    lines,
                    depth,
                    width,
                    full,
                    end,
                    target,
                    targetOffset);
        }
    }

    private static void transpose(
            float[] source,
            int offset,
            int lineStride,
            int depth,
            int width,
            int first,
            int end,
            float[] target,
            int targetOffset) {
        for (int panel = first; panel < end; panel++) {
            int from = offset + panel * width * lineStride;
            int to = targetOffset + panel * width * depth;
            if (width == 12) {
                WideTranspose.transpose12(source, from, lineStride, depth, target, to);
            } else {
                WideTranspose.transpose16(source, from, lineStride, depth, target, to);
            }
        }
    }

    private static void copy(
            float[] source,
            int offset,
            int depthStride,
            int depth,
            int width,
            int first,
            int end,
            float[] target,
            int targetOffset) {
        // the overhang of a panel's last row could reach a panel that another thread packs
        int rows = width == LANES ? depth : depth - 1;
        for (int from = 0; from < rows; from += ROWS_AT_ONCE) {
            int count = Math.min(ROWS_AT_ONCE, rows - from);
            for (int panel = first; panel < end; panel++) {
                int s = offset + panel * width + from * depthStride;
                int t = targetOffset + (panel * depth + from) * width;
                copyRows(source, s, depthStride, count, target, t, width);
            }
        }
        for (int panel = first; panel < end && rows < depth; panel++) {
            int s = offset + panel * width + rows * depthStride;
            int t = targetOffset + (panel * depth + rows) * width;
            System.arraycopy(source, s, target, t, width);
        }
    }

    private static void copyRows(
            float[] source, int from, int stride, int rows, float[] target, int to, int width) {
        for (int i = 0; i < rows; i++) {
            FloatVector row = FloatVector.fromArray(SPECIES, source, from + i * stride);
            row.intoArray(target, to + i * width);
        }
    }

    @Override
    public void packLines(
            float[] source,
            int offset,
            int[] starts,
            int first,
            int lines,
            int depth,
            int width,
            float[] target,
            int targetOffset) {
        narrow.packLines(source, offset, starts, first, lines, depth, width, target, targetOffset);
    }
}
