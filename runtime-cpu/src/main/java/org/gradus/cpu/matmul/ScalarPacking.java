package org.gradus.cpu.matmul;

/** Packs any strides element by element. */
final class ScalarPacking implements Packing {
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
        for (int panel = first; panel < end; panel++) {
            int line = panel * width;
            packRows(
                    source,
                    offset + line * lineStride,
                    lineStride,
                    depthStride,
                    Math.min(width, lines - line),
                    width,
                    0,
                    depth,
                    target,
                    targetOffset + panel * width * depth);
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
        packRows(source, offset, starts, first, lines, width, 0, depth, target, targetOffset);
    }

    /** Packs the elements {@code [from, to)} of lines that begin anywhere. */
    static void packRows(
            float[] source,
            int offset,
            int[] starts,
            int first,
            int lines,
            int width,
            int from,
            int to,
            float[] target,
            int targetOffset) {
        for (int line = 0; line < width; line++) {
            int s = offset + starts[first + Math.min(line, lines - 1)];
            int t = targetOffset + line;
            for (int k = from; k < to; k++) {
                target[t + k * width] = source[s + k];
            }
        }
    }

    /** Packs the elements {@code [from, to)} of one panel's lines. */
    static void packRows(
            float[] source,
            int offset,
            int lineStride,
            int depthStride,
            int lines,
            int width,
            int from,
            int to,
            float[] target,
            int targetOffset) {
        for (int line = 0; line < width; line++) {
            int s = offset + Math.min(line, lines - 1) * lineStride + from * depthStride;
            int t = targetOffset + from * width + line;
            for (int k = from; k < to; k++) {
                target[t] = source[s];
                s += depthStride;
                t += width;
            }
        }
    }
}
