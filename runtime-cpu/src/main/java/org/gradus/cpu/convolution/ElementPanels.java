package org.gradus.cpu.convolution;

import java.util.Arrays;
import org.gradus.cpu.matmul.PackedBlock;
import org.gradus.cpu.matmul.Packing;

/**
 * Panels of 16 elements of the window, channel after channel, for convolutions of few channels.
 * What each element sees is written out as a line, and panels are transposed from the lines.
 */
final class ElementPanels extends SeenPanels {
    private final Packing packing = Packing.fastest();

    ElementPanels(Geometry geometry) {
        super(geometry);
    }

    @Override
    int blocks() {
        return PackedBlock.panels(geometry.filterSize(), WIDTH);
    }

    @Override
    int blockPanels() {
        return 1;
    }

    @Override
    int preparedSize() {
        return geometry.outputSize() * WIDTH;
    }

    @Override
    void prepare(
            Dense input,
            int group,
            int block,
            int blocks,
            int firstImage,
            int images,
            float[] prepared) {
        int first = block * WIDTH;
        int end = Math.min(geometry.filterSize(), (block + blocks) * WIDTH);
        int size = geometry.outputSize();
        Arrays.fill(prepared, 0, (end - first) * images * size, 0);
        for (int element = first; element < end; element++) {
            int channel = group * geometry.groupChannels() + element / geometry.taps();
            for (int i = 0; i < images; i++) {
                int plane = (firstImage + i) * geometry.channels() + channel;
                int from = input.offset() + plane * geometry.inputSize();
                int to = ((element - first) * images + i) * size;
                write(input.data(), from, element % geometry.taps(), prepared, to);
            }
        }
    }

    /** Writes what an element sees of a channel; zeros beyond the image are there already. */
    private void write(float[] input, int from, int tap, float[] line, int to) {
        int[] kernel = geometry.kernel();
        int[] output = geometry.output();
        int[] size = geometry.input();
        int tapX = tap % kernel[2];
        int tapY = tap / kernel[2] % kernel[1];
        int tapZ = tap / kernel[2] / kernel[1];
        int x = reach[2].firstPosition(tapX);
        int y = reach[1].firstPosition(tapY);
        int length = Math.max(0, reach[2].endPosition(tapX, output[2]) - x);
        int rows = Math.max(0, reach[1].endPosition(tapY, output[1]) - y);
        int endZ = reach[0].endPosition(tapZ, output[0]);
        for (int z = reach[0].firstPosition(tapZ); z < endZ; z++) {
            int row = reach[0].index(z, tapZ) * size[1] + reach[1].index(y, tapY);
            RowCopy.best()
                    .take(
                            input,
                            from + row * size[2] + reach[2].index(x, tapX),
                            geometry.stride()[1] * size[2],
                            rows,
                            length,
                            geometry.stride()[2],
                            line,
                            to + (z * output[1] + y) * output[2] + x,
                            output[2]);
        }
    }

    @Override
    void pack(
            float[] prepared,
            int block,
            int panel,
            int images,
            int position,
            int count,
            float[] packed,
            int to) {
        int total = images * geometry.outputSize();
        int lines = Math.min(WIDTH, geometry.filterSize() - (block + panel) * WIDTH);
        int[] starts = new int[lines];
        Arrays.setAll(starts, line -> (panel * WIDTH + line) * total);
        packing.packLines(prepared, position, starts, 0, lines, count, WIDTH, packed, to);
    }

    @Override
    int weights(int block) {
        return Math.min(WIDTH, geometry.filterSize() - block * WIDTH);
    }

    @Override
    int column(int weight) {
        return weight;
    }
}
