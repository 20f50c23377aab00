package org.gradus.cpu.matmul;

import java.util.ArrayList;
import java.util.List;
import org.gradus.device.View;

/**
 * The products that one call of {@link Matmul} asks for: one for each element of the leading axes.
 *
 * <p>Leading axes over which {@code b} is broadcast and {@code a} and {@code c} go on where the
 * rows before ended are counted as rows, so that a batch times one matrix is one product.
 *
 * @param rows the rows of {@code a} and {@code c}
 * @param columns the columns of {@code b} and {@code c}
 * @param depth the columns of {@code a} and rows of {@code b}
 * @param axes the leading axes that are left
 */
record Products(int rows, int columns, int depth, List<Axis> axes) {
    /** A leading axis: its size, and its stride in each matrix. */
    record Axis(int size, long aStride, long bStride, long cStride) {}

    static Products of(View a, View b, View c) {
        int leading = c.shape().rank() - 2;
        int rows = c.shape().size(leading);
        var axes = new ArrayList<Axis>();
        for (int i = leading - 1; i >= 0; i--) {
            int size = c.shape().size(i);
            if (size == 1) {
                continue;
            }
            var axis = new Axis(size, a.strides()[i], b.strides()[i], c.strides()[i]);
            boolean moreRows =
                    axes.isEmpty()
                            && axis.bStride == 0
                            && axis.aStride == rows * a.strides()[leading]
                            && axis.cStride == rows * c.strides()[leading];
            if (moreRows && (long) rows * size <= Integer.MAX_VALUE) {
                rows *= size;
            } else {
                axes.addFirst(axis);
            }
        }
        return new Products(rows, c.shape().size(leading + 1), a.shape().size(leading + 1), axes);
    }

    /** Returns how many products there are. */
    int count() {
        int count = 1;
        for (Axis axis : axes) {
            count *= axis.size;
        }
        return count;
    }

    /** Returns the work of one product in multiplications. */
    long work() {
        return (long) rows * columns * depth;
    }

    /** Returns where a product's matrices begin, relative to the first ones'. */
    Start start(int product) {
        long a = 0;
        long b = 0;
        long c = 0;
        int rest = product;
        for (int i = axes.size() - 1; i >= 0; i--) {
            Axis axis = axes.get(i);
            int index = rest % axis.size;
            rest /= axis.size;
            a += index * axis.aStride;
            b += index * axis.bStride;
            c += index * axis.cStride;
        }
        return new Start((int) a, (int) b, (int) c);
    }

    /** Distances from the first product's matrices. */
    record Start(int a, int b, int c) {}
}
