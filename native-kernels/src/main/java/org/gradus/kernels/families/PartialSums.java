package org.gradus.kernels.families;

import java.util.List;
import org.gradus.device.Buffer;
import org.gradus.device.ReduceOp;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Program;
import org.gradus.kernels.Launcher;
import org.gradus.kernels.Pointwise;
import org.gradus.kernels.Reduction;
import org.gradus.shape.Shape;

/**
 * Results that are computed in parts, which are added afterwards, always in the same order: what
 * takes the place of atomic additions.
 */
final class PartialSums {
    private static final Program IDENTITY = Program.of(Expr.input(0, DType.F32));

    private final Launcher launcher;
    private final Reduction reduction;

    PartialSums(Launcher launcher) {
        this.launcher = launcher;
        this.reduction = new Reduction(launcher, new Pointwise(launcher));
    }

    /** Returns room for so many parts of a result, one after the other, each contiguous. */
    View allocate(int parts, Shape result) {
        Shape shape = prepend(parts, result);
        Buffer buffer = launcher.allocate(DType.F32, shape.elements());
        return View.of(buffer, shape);
    }

    /** Adds the parts, stores the sum in {@code result} and gives the room back. */
    void addAndRelease(View parts, View result) {
        int rank = result.shape().rank();
        long[] strides = new long[rank + 1];
        System.arraycopy(result.strides(), 0, strides, 1, rank);
        View target =
                new View(result.buffer(), prepend(1, result.shape()), strides, result.offset());
        reduction.reduce(
                ReduceOp.SUM,
                IDENTITY,
                parts.shape(),
                new long[0],
                List.of(parts),
                target,
                new int[] {0});
        parts.buffer().release();
    }

    private static Shape prepend(int size, Shape shape) {
        int[] sizes = new int[shape.rank() + 1];
        sizes[0] = size;
        System.arraycopy(shape.sizes(), 0, sizes, 1, shape.rank());
        return Shape.of(sizes);
    }
}
