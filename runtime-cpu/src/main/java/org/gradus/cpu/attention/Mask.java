package org.gradus.cpu.attention;

import org.gradus.cpu.CpuBuffer;
import org.gradus.cpu.matmul.MicroKernel;
import org.gradus.cpu.matmul.Packing;
import org.gradus.device.View;

/** What is added to the scores, {@code [batch, heads, queries, keys]} with any strides. */
final class Mask {
    private final float[] data;
    private final int offset;
    private final long[] strides;

    Mask(View view) {
        data = CpuBuffer.of(view).floats();
        offset = (int) view.offset();
        strides = view.strides();
    }

    /**
     * Adds the mask to a tile of scores.
     *
     * @param query the first of the tile's queries, of which {@code lanes} are real
     * @param key the first of the tile's {@code rows} keys
     * @param room for a tile
     */
    void add(
            int sequence,
            int head,
            int query,
            int lanes,
            int key,
            int rows,
            float[] tile,
            int at,
            float[] room,
            Packing packing,
            TileLanes columns) {
        int from =
                offset
                        + (int)
                                (sequence * strides[0]
                                        + head * strides[1]
                                        + query * strides[2]
                                        + key * strides[3]);
        if (strides[2] == 0) {
            columns.addToRows(data, from, (int) strides[3], tile, at, rows);
        } else {
            packing.pack(
                    data,
                    from,
                    (int) strides[2],
                    (int) strides[3],
                    lanes,
                    rows,
                    MicroKernel.WIDTH,
                    0,
                    1,
                    room,
                    0);
            columns.add(room, 0, tile, at, rows);
        }
    }
}
