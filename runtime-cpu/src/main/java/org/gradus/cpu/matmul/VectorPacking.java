package org.gradus.cpu.matmul;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Packs with 256-bit vectors where lines or their elements are neighbours in memory, and element by
 * element elsewhere.
 *
 * <p>A vector has 8 lines. A row that is copied takes two, which overlap where that is too much.
 * Where a panel is narrower than a vector, or is transposed and no multiple of 8 wide, a vector's
 * last lanes reach into the panel's next row. Rows are written in ascending order, so they are
 * overwritten by what belongs there; the last row, whose overhang could reach a panel that another
 * thread packs, is copied element by element.
 */
final class VectorPacking implements Packing {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;
    private static final int LANES = 8;

    /** Rows that are copied from all panels before the next: keeps reads in long runs. */
    private static final int ROWS_AT_ONCE = 8;

    private static final VectorShuffle<Float> SWAP4 = VectorShuffle.fromOp(SPECIES, i -> i ^ 4);
    private static final VectorShuffle<Float> SWAP2 = VectorShuffle.fromOp(SPECIES, i -> i ^ 2);
    private static final VectorShuffle<Float> SWAP1 = VectorShuffle.fromOp(SPECIES, i -> i ^ 1);
    private static final VectorMask<Float> HIGH4 = VectorMask.fromLong(SPECIES, 0xF0);
    private static final VectorMask<Float> HIGH2 = VectorMask.fromLong(SPECIES, 0xCC);
    private static final VectorMask<Float> HIGH1 = VectorMask.fromLong(SPECIES, 0xAA);
    private static final VectorMask<Float> LOW4 = VectorMask.fromLong(SPECIES, 0x0F);
    private static final VectorMask<Float> LOW2 = VectorMask.fromLong(SPECIES, 0x33);
    private static final VectorMask<Float> LOW1 = VectorMask.fromLong(SPECIES, 0x55);

    private final ScalarPacking scalar = new ScalarPacking();

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
        if (depthStride == 1) {
            for (int panel = first; panel < end; panel++) {
                int line = panel * width;
                transpose(
                        source,
                        offset + line * lineStride,
                        lineStride,
                        Math.min(width, lines - line),
                        depth,
                        width,
                        target,
                        targetOffset + panel * width * depth);
            }
        } else if (lineStride == 1) {
            int full =
                    Math.max(
                            first,
                            Math.min(
                                    end,
                                    copyable(
                                            source,
                                            offset,
                                            depthStride,
                                            depth,
                                            width,
                                            lines,
                                            LANES)));
            copy(source, offset, depthStride, depth, width, first, full, target, targetOffset);
            scalar.pack(
                    source,
                    offset,
                    1,
                    depthStride,
                    lines,
                    depth,
                    width,
                    full,
                    end,
                    target,
                    targetOffset);
        } else {
            scalar.pack(
                    source,
                    offset,
                    lineStride,
                    depthStride,
                    lines,
                    depth,
                    width,
                    first,
                    end,
                    target,
                    targetOffset);
        }
    }

    /** Returns how many panels can be read in whole vectors without reaching over the array. */
    static int copyable(
            float[] source,
            int offset,
            int depthStride,
            int depth,
            int width,
            int lines,
            int lanes) {
        int lastRow = offset + Math.max(0, (depth - 1) * depthStride);
        int room = source.length - lastRow - Math.max(width, lanes);
        return room < 0 ? 0 : Math.min(lines / width, room / width + 1);
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
        int rows = width >= LANES ? depth : depth - 1;
        int last = Math.max(0, width - LANES);
        for (int from = 0; from < rows; from += ROWS_AT_ONCE) {
            int to = Math.min(rows, from + ROWS_AT_ONCE);
            for (int panel = first; panel < end; panel++) {
                int s = offset + panel * width + from * depthStride;
                int t = targetOffset + (panel * depth + from) * width;
                for (int k = from; k < to; k++) {
                    FloatVector.fromArray(SPECIES, source, s).intoArray(target, t);
                    FloatVector.fromArray(SPECIES, source, s + last).intoArray(target, t + last);
                    s += depthStride;
                    t += width;
                }
            }
        }
        for (int panel = first; panel < end && rows < depth; panel++) {
            int s = offset + panel * width + rows * depthStride;
            int t = targetOffset + (panel * depth + rows) * width;
            System.arraycopy(source, s, target, t, width);
        }
    }

    private static void transpose(
            float[] source,
            int offset,
            int lineStride,
            int lines,
            int depth,
            int width,
            float[] target,
            int targetOffset) {
        int rows = vectorRows(depth, width);
        int last = lines - 1;
        // The last lanes first: their overhang lies where the first lanes belong.
        for (int lane = (width - 1) / LANES * LANES; lane >= 0; lane -= LANES) {
            transpose8(
                    source,
                    offset + Math.min(lane, last) * lineStride,
                    offset + Math.min(lane + 1, last) * lineStride,
                    offset + Math.min(lane + 2, last) * lineStride,
                    offset + Math.min(lane + 3, last) * lineStride,
                    offset + Math.min(lane + 4, last) * lineStride,
                    offset + Math.min(lane + 5, last) * lineStride,
                    offset + Math.min(lane + 6, last) * lineStride,
                    offset + Math.min(lane + 7, last) * lineStride,
                    rows,
                    width,
                    target,
                    targetOffset + lane);
        }
        ScalarPacking.packRows(
                source, offset, lineStride, 1, lines, width, rows, depth, target, targetOffset);
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
        int rows = vectorRows(depth, width);
        int last = first + lines - 1;
        for (int lane = (width - 1) / LANES * LANES; lane >= 0; lane -= LANES) {
            int line = first + lane;
            transpose8(
                    source,
                    offset + starts[Math.min(line, last)],
                    offset + starts[Math.min(line + 1, last)],
                    offset + starts[Math.min(line + 2, last)],
                    offset + starts[Math.min(line + 3, last)],
                    offset + starts[Math.min(line + 4, last)],
                    offset + starts[Math.min(line + 5, last)],
                    offset + starts[Math.min(line + 6, last)],
                    offset + starts[Math.min(line + 7, last)],
                    rows,
                    width,
                    target,
                    targetOffset + lane);
        }
        ScalarPacking.packRows(
                source, offset, starts, first, lines, width, rows, depth, target, targetOffset);
    }

    /** Returns how many elements of lines can be transposed in whole vectors. */
    private static int vectorRows(int depth, int width) {
        return (width % LANES == 0 ? depth : Math.max(0, depth - 1)) / LANES * LANES;
    }

    /**
     * Transposes blocks of 8 by 8: swaps quarters of 4 by 4, within them of 2 by 2, within those of
     * 1 by 1.
     */
    private static void transpose8(
            float[] source,
            int line0,
            int line1,
            int line2,
            int line3,
            int line4,
            int line5,
            int line6,
            int line7,
            int rows,
            int width,
            float[] target,
            int targetOffset) {
        for (int k = 0; k < rows; k += LANES) {
            FloatVector x0 = FloatVector.fromArray(SPECIES, source, line0 + k);
            FloatVector x1 = FloatVector.fromArray(SPECIES, source, line1 + k);
            FloatVector x2 = FloatVector.fromArray(SPECIES, source, line2 + k);
            FloatVector x3 = FloatVector.fromArray(SPECIES, source, line3 + k);
            FloatVector x4 = FloatVector.fromArray(SPECIES, source, line4 + k);
            FloatVector x5 = FloatVector.fromArray(SPECIES, source, line5 + k);
            FloatVector x6 = FloatVector.fromArray(SPECIES, source, line6 + k);
            FloatVector x7 = FloatVector.fromArray(SPECIES, source, line7 + k);

            FloatVector y0 = x0.blend(x4.rearrange(SWAP4), HIGH4);
            FloatVector y1 = x1.blend(x5.rearrange(SWAP4), HIGH4);
            FloatVector y2 = x2.blend(x6.rearrange(SWAP4), HIGH4);
            FloatVector y3 = x3.blend(x7.rearrange(SWAP4), HIGH4);
            FloatVector y4 = x4.blend(x0.rearrange(SWAP4), LOW4);
            FloatVector y5 = x5.blend(x1.rearrange(SWAP4), LOW4);
            FloatVector y6 = x6.blend(x2.rearrange(SWAP4), LOW4);
            FloatVector y7 = x7.blend(x3.rearrange(SWAP4), LOW4);

            x0 = y0.blend(y2.rearrange(SWAP2), HIGH2);
            x1 = y1.blend(y3.rearrange(SWAP2), HIGH2);
            x2 = y2.blend(y0.rearrange(SWAP2), LOW2);
            x3 = y3.blend(y1.rearrange(SWAP2), LOW2);
            x4 = y4.blend(y6.rearrange(SWAP2), HIGH2);
            x5 = y5.blend(y7.rearrange(SWAP2), HIGH2);
            x6 = y6.blend(y4.rearrange(SWAP2), LOW2);
            x7 = y7.blend(y5.rearrange(SWAP2), LOW2);

            int t = targetOffset + k * width;
            x0.blend(x1.rearrange(SWAP1), HIGH1).intoArray(target, t);
            x1.blend(x0.rearrange(SWAP1), LOW1).intoArray(target, t + width);
            x2.blend(x3.rearrange(SWAP1), HIGH1).intoArray(target, t + 2 * width);
            x3.blend(x2.rearrange(SWAP1), LOW1).intoArray(target, t + 3 * width);
            x4.blend(x5.rearrange(SWAP1), HIGH1).intoArray(target, t + 4 * width);
            x5.blend(x4.rearrange(SWAP1), LOW1).intoArray(target, t + 5 * width);
            x6.blend(x7.rearrange(SWAP1), HIGH1).intoArray(target, t + 6 * width);
            x7.blend(x6.rearrange(SWAP1), LOW1).intoArray(target, t + 7 * width);
        }
    }
}
