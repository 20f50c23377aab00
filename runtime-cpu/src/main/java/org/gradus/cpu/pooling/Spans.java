package org.gradus.cpu.pooling;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.gradus.cpu.convolution.Reach;

/**
 * What a window sees of the input along one axis, for each position.
 *
 * @param first the first input index
 * @param end an index after the last, and not after the next that it would see
 * @param count how many it sees
 * @param step the distance between them
 * @param arePairs whether each position sees two neighbours
 * @param areSideBySide whether they are pairs, each right behind the one before
 */
record Spans(
        int[] first, int[] end, int[] count, int step, boolean arePairs, boolean areSideBySide) {
    static Spans of(Reach reach, int positions) {
        int[] first = new int[positions];
        int[] end = new int[positions];
        int[] count = new int[positions];
        for (int i = 0; i < positions; i++) {
            int firstElement = reach.firstElement(i);
            int endElement = Math.max(firstElement, reach.endElement(i));
            first[i] = reach.index(i, firstElement);
            end[i] = reach.index(i, endElement);
            count[i] = endElement - firstElement;
        }
        boolean pairs = reach.dilation() == 1 && Arrays.stream(count).allMatch(seen -> seen == 2);
        boolean sideBySide =
                pairs
                        && IntStream.range(1, positions)
                                .allMatch(i -> first[i] == first[i - 1] + count[i]);
        return new Spans(first, end, count, reach.dilation(), pairs, sideBySide);
    }

    /** Returns the spans along all axes. */
    static Spans[] of(Reach[] reach, int[] positions) {
        var result = new Spans[reach.length];
        for (int axis = 0; axis < result.length; axis++) {
            result[axis] = of(reach[axis], positions[axis]);
        }
        return result;
    }
}
