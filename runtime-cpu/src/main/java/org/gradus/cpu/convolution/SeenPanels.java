package org.gradus.cpu.convolution;

import java.util.Arrays;
import org.gradus.cpu.matmul.MicroKernel;
import org.gradus.cpu.matmul.PackedBlock;

/**
 * Panels of what a window sees, {@code [positions, 16]}: each lane is one element of the window in
 * one channel. Panels come in blocks that are made ready together.
 */
abstract class SeenPanels {
    static final int WIDTH = MicroKernel.WIDTH;

    final Geometry geometry;
    final Reach[] reach = new Reach[Geometry.AXES];

    SeenPanels(Geometry geometry) {
        this.geometry = geometry;
        Arrays.setAll(reach, axis -> Reach.of(geometry, axis));
    }

    /** Returns those that fill most lanes of a convolution. */
    static SeenPanels of(Geometry geometry) {
        int channels = geometry.groupChannels();
        int lanes = PackedBlock.panels(channels, WIDTH) * WIDTH;
        return 3 * lanes <= 4 * channels
                ? new ChannelPanels(geometry)
                : new ElementPanels(geometry);
    }

    /** Returns how many blocks a group of channels has. */
    abstract int blocks();

    /** Returns how many panels a block has. */
    abstract int blockPanels();

    /** Returns the number of floats that {@link #prepare} fills for each block and image. */
    abstract int preparedSize();

    /**
     * Makes some blocks ready to be packed.
     *
     * @param firstImage the first of the images whose positions follow each other
     */
    abstract void prepare(
            Dense input,
            int group,
            int block,
            int blocks,
            int firstImage,
            int images,
            float[] prepared);

    /**
     * Packs one panel of the prepared blocks.
     *
     * @param block the first of the prepared blocks
     * @param panel counted from the first of them
     * @param images how many images are prepared
     * @param position the first position, counted over all images
     * @param count how many positions
     */
    abstract void pack(
            float[] prepared,
            int block,
            int panel,
            int images,
            int position,
            int count,
            float[] packed,
            int to);

    /** Returns how many weights of a filter a block has; they follow those of the block before. */
    abstract int weights(int block);

    /** Returns the column of a block, counted through its panels, that belongs to a weight. */
    abstract int column(int weight);
}
