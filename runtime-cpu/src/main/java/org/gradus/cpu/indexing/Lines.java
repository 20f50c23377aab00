package org.gradus.cpu.indexing;

import java.util.List;
import org.gradus.cpu.pointwise.IterationSpace;
import org.gradus.device.View;
import org.gradus.shape.Shape;

/** The lines along one axis of some views of one shape, numbered by the positions on the others. */
final class Lines {
    private final IterationSpace space;
    private final int length;
    private final long[] strides;

    Lines(Shape shape, int axis, List<View> views) {
        int[] others = new int[shape.rank() - 1];
        for (int i = 0; i < others.length; i++) {
            others[i] = i < axis ? i : i + 1;
        }
        space = IterationSpace.of(shape, views, others);
        length = shape.size(axis);
        strides = new long[views.size()];
        for (int i = 0; i < strides.length; i++) {
            strides[i] = views.get(i).strides()[axis];
        }
    }

    long count() {
        return space.elements();
    }

    int length() {
        return length;
    }

    /** Returns where a view's line begins in its buffer. */
    int start(int view, long line) {
        return (int) space.offset(view, line);
    }

    /** Returns the distance between neighbours on a line. */
    int stride(int view) {
        return (int) strides[view];
    }

    /** Returns how many lines make a task of about the given number of elements. */
    long perTask(int elements) {
        return Math.max(1, elements / Math.max(1, length));
    }
}
