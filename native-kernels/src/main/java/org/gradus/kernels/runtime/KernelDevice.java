package org.gradus.kernels.runtime;

import java.util.List;
import java.util.Optional;
import org.gradus.device.CumulateOp;
import org.gradus.device.Device;
import org.gradus.device.Kernels;
import org.gradus.device.MatmulOptions;
import org.gradus.device.ReduceOp;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.gradus.expr.Program;
import org.gradus.kernels.Launcher;
import org.gradus.kernels.Primitives;
import org.gradus.kernels.families.KernelFamilies;
import org.gradus.shape.Shape;

/**
 * A device that computes with these kernels alone. A runtime adds memory and a {@link Launcher},
 * and overrides what its libraries do faster.
 */
public abstract class KernelDevice implements Device {
    private final Primitives primitives;
    private final KernelFamilies families;

    /** Creates a device whose kernels run through a launcher. */
    protected KernelDevice(Launcher launcher) {
        this.primitives = new Primitives(launcher);
        this.families = new KernelFamilies(launcher);
    }

    @Override
    public void fill(View target, double value) {
        primitives.fill(target, value);
    }

    @Override
    public void copyStrided(View source, View target) {
        primitives.copyStrided(source, target);
    }

    @Override
    public void map(
            Program program, Shape shape, long[] scalars, List<View> inputs, List<View> outputs) {
        primitives.map(program, shape, scalars, inputs, outputs);
    }

    @Override
    public void reduce(
            ReduceOp op,
            Program program,
            Shape shape,
            long[] scalars,
            List<View> inputs,
            View output,
            int[] axes) {
        primitives.reduce(op, program, shape, scalars, inputs, output, axes);
    }

    @Override
    public void matmul(View a, View b, View c, MatmulOptions options) {
        primitives.matmul(a, b, c, options);
    }

    @Override
    public void gather(View source, int axis, View index, View target) {
        primitives.gather(source, axis, index, target);
    }

    @Override
    public void scatterAdd(View source, int axis, View index, View target) {
        primitives.scatterAdd(source, axis, index, target);
    }

    @Override
    public void unfold(View input, Window window, View output) {
        primitives.unfold(input, window, output);
    }

    @Override
    public void fold(View input, Window window, View output) {
        primitives.fold(input, window, output);
    }

    @Override
    public void cumulate(CumulateOp op, View input, View output, int axis) {
        primitives.cumulate(op, input, output, axis);
    }

    @Override
    public void sort(View input, View values, View indices, int axis, boolean descending) {
        primitives.sort(input, values, indices, axis, descending);
    }

    @Override
    public <K extends Kernels> Optional<K> kernels(Class<K> family, DType dtype) {
        return families.find(family, dtype);
    }
}
