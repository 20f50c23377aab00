package org.gradus.cpu.reduction;

import java.util.List;
import org.gradus.cpu.CpuBuffer;
import org.gradus.cpu.Elements;
import org.gradus.cpu.pointwise.IterationSpace;
import org.gradus.device.View;
import org.gradus.dtype.DType;

/** The output of a reduction, its elements numbered in the order of the kept axes. */
final class Results {
    private final Object array;
    private final DType dtype;
    private final IterationSpace space;

    Results(View output, int[] order) {
        this.array = CpuBuffer.of(output).array();
        this.dtype = output.dtype();
        this.space = IterationSpace.of(output.shape(), List.of(output), order);
    }

    void set(long element, double value) {
        Elements.set(array, dtype, (int) space.offset(0, element), value);
    }

    void set(long element, long value) {
        Elements.set(array, dtype, (int) space.offset(0, element), value);
    }
}
