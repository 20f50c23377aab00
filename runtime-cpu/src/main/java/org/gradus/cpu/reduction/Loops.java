package org.gradus.cpu.reduction;

import java.util.Arrays;
import org.gradus.shape.Shape;

/**
 * The order in which a reduction visits its elements: kept axes outside, then all reduced ones,
 * then the kept ones that come after the last reduced axis in memory.
 *
 * @param order the axes from the outermost to the innermost; axes of size 1 do not matter
 * @param keptOrder the kept axes among them, in the same order
 * @param outer the number of combinations of the outer kept axes
 * @param reduced the number of combinations of the reduced axes
 * @param inner the number of combinations of the inner kept axes
 */
record Loops(int[] order, int[] keptOrder, long outer, long reduced, long inner) {
    static Loops of(Shape shape, int[] axes) {
        boolean[] isReduced = new boolean[shape.rank()];
        int last = -1;
        for (int axis : axes) {
            isReduced[axis] = true;
            if (shape.size(axis) != 1) {
                last = axis;
            }
        }
        int[] order = new int[shape.rank()];
        int[] keptOrder = new int[shape.rank() - axes.length];
        int count = 0;
        int kept = 0;
        long outer = 1;
        long reduced = 1;
        long inner = 1;
        for (int axis = 0; axis < last; axis++) {
            if (!isReduced[axis]) {
                order[count++] = axis;
                keptOrder[kept++] = axis;
                outer *= shape.size(axis);
            }
        }
        for (int axis : axes) {
            order[count++] = axis;
            reduced *= shape.size(axis);
        }
        for (int axis = last + 1; axis < shape.rank(); axis++) {
            if (!isReduced[axis]) {
                order[count++] = axis;
                keptOrder[kept++] = axis;
                inner *= shape.size(axis);
            }
        }
        return new Loops(order, Arrays.copyOf(keptOrder, kept), outer, reduced, inner);
    }
}
