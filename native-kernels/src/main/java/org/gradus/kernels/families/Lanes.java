package org.gradus.kernels.families;

/**
 * How a group's work-items are shared among rows or channels: {@code lanes} of them work on one, as
 * {@code lanes.h} says.
 *
 * @param count the work-items for one row or channel, a power of two
 * @param stride how many work-items neighbouring lanes are apart: 1 where a row's elements are
 *     neighbours in memory, else the channels of a group
 */
record Lanes(Templates templates, int count, int stride) {
    /** The work-items for which a group is worth its barriers. */
    private static final int FEWEST = 4;

    /** Elements that a lane should have at least. */
    private static final int RUN = 4;

    /** Channels of a group where the elements of different channels are neighbours. */
    private static final int CHANNELS_TOGETHER = 16;

    /** Returns lanes for rows of so many elements, which are neighbours in memory. */
    static Lanes ofRows(Templates templates, int elements) {
        int groupSize = templates.launcher().limits().groupSize();
        int wanted = Math.ceilDiv(elements, RUN);
        int lanes = FEWEST;
        while (lanes < wanted && lanes < groupSize) {
            lanes *= 2;
        }
        return new Lanes(templates, Math.min(lanes, groupSize), 1);
    }

    /** Returns lanes for channels with runs of so many elements that are neighbours in memory. */
    static Lanes ofChannels(Templates templates, int run) {
        int groupSize = templates.launcher().limits().groupSize();
        int together = run >= CHANNELS_TOGETHER ? 1 : Math.min(CHANNELS_TOGETHER, groupSize);
        return new Lanes(templates, groupSize / together, together);
    }

    /** Begins a launch with these lanes. */
    Launch begin(String file) {
        return templates.launch(file).set("LANES", count).set("LANE_STRIDE", stride);
    }

    /** Returns the number of groups that so many rows or channels need. */
    long groups(long rows) {
        int together = templates.launcher().limits().groupSize() / count;
        return (rows + together - 1) / together;
    }
}
