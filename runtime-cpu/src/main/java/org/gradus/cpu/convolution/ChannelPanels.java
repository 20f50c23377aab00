package org.gradus.cpu.convolution;

import java.util.Arrays;
import org.gradus.cpu.matmul.PackedBlock;
import org.gradus.cpu.matmul.Packing;

/**
 * Panels of 16 channels, one for each element of the window. Images are turned round once, such
 * that the channels of a pixel are neighbours; then panels are copies of whole vectors, whatever
 * the stride.
 */
final class ChannelPanels extends SeenPanels {
    private final Packing packing = Packing.fastest();

    ChannelPanels(Geometry geometry) {
        super(geometry);
    }

    @Override
    int blocks() {
        return PackedBlock.panels(geometry.groupChannels(), WIDTH);
    }

    @Override
    int blockPanels() {
        return geometry.taps();
    }

    @Override
    int preparedSize() {
        return geometry.inputSize() * WIDTH;
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
        int size = geometry.inputSize();
        int[] starts = new int[WIDTH];
        Arrays.setAll(starts, channel -> channel * size);
        for (int i = 0; i < blocks * images; i++) {
            int image = firstImage + i % images;
            int channel = (block + i / images) * WIDTH;
            int first = group * geometry.groupChannels() + channel;
            packing.packLines(
                    input.data(),
                    input.offset() + (image * geometry.channels() + first) * size,
                    starts,
                    0,
                    Math.min(WIDTH, geometry.groupChannels() - channel),
                    size,
                    WIDTH,
                    prepared,
                    i * size * WIDTH);
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
        int first = panel / geometry.taps() * images * preparedSize();
        int tap = panel % geometry.taps();
        int[] output = geometry.output();
        int[] kernel = geometry.kernel();
        int tapX = tap % kernel[2];
        int tapY = tap / kernel[2] % kernel[1];
        int tapZ = tap / kernel[2] / kernel[1];
        int done = 0;
        while (done < count) {
            int at = position + done;
            int x = at % output[2];
            int sourceY = reach[1].index(at / output[2] % output[1], tapY);
            int sourceZ = reach[0].index(at / (output[2] * output[1]) % output[0], tapZ);
            int length = Math.min(output[2] - x, count - done);
            int target = to + done * WIDTH;
            if (isInside(0, sourceZ) && isInside(1, sourceY)) {
                int[] input = geometry.input();
                int plane = at / geometry.outputSize() * input[0] + sourceZ;
                int row = first + (plane * input[1] + sourceY) * input[2] * WIDTH;
                packRow(prepared, row, tapX, x, length, packed, target);
            } else {
                Arrays.fill(packed, target, target + length * WIDTH, 0);
            }
            done += length;
        }
    }

    private boolean isInside(int axis, int index) {
        return index >= 0 && index < geometry.input()[axis];
    }

    /** Packs a part of a row of positions, zeros where the window looks beyond the image. */
    private void packRow(
            float[] pixels, int row, int tap, int x, int length, float[] packed, int to) {
        int before = Math.clamp(reach[2].firstPosition(tap) - x, 0, length);
        int after = Math.clamp(reach[2].endPosition(tap, geometry.output()[2]) - x, before, length);
        Arrays.fill(packed, to, to + before * WIDTH, 0);
        RowCopy.best()
                .copy(
                        pixels,
                        row + reach[2].index(x + before, tap) * WIDTH,
                        geometry.stride()[2] * WIDTH,
                        after - before,
                        WIDTH,
                        packed,
                        to + before * WIDTH,
                        WIDTH);
        Arrays.fill(packed, to + after * WIDTH, to + length * WIDTH, 0);
    }

    @Override
    int weights(int block) {
        return Math.min(WIDTH, geometry.groupChannels() - block * WIDTH) * geometry.taps();
    }

    @Override
    int column(int weight) {
        return weight % geometry.taps() * WIDTH + weight / geometry.taps();
    }
}
