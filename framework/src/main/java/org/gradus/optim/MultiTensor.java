package org.gradus.optim;

import java.util.List;
import org.gradus.device.Device;
import org.gradus.device.MultiTensorKernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Program;
import org.gradus.expr.Scalars;

/** Runs one pointwise program on many groups of views, in one launch where the device can. */
final class MultiTensor {
    private MultiTensor() {}

    /**
     * Runs the program.
     *
     * @param arguments the scalars, which are taken in the compute type of {@code dtype}
     * @param inputs for each group the inputs, of one shape; contiguous, or one number repeated
     * @param outputs for each group the outputs
     */
    static void map(
            Device device,
            DType dtype,
            Program program,
            double[] arguments,
            List<List<View>> inputs,
            List<List<View>> outputs) {
        if (inputs.isEmpty()) {
            return;
        }
        long[] scalars = new long[program.scalarTypes().size()];
        for (int i = 0; i < scalars.length; i++) {
            scalars[i] = Scalars.encode(arguments[i], program.scalarTypes().get(i));
        }
        var kernels = device.kernels(MultiTensorKernels.class, dtype);
        if (kernels.isPresent()) {
            kernels.get().map(program, scalars, inputs, outputs);
            return;
        }
        for (int i = 0; i < inputs.size(); i++) {
            View first = outputs.get(i).getFirst();
            device.map(program, first.shape(), scalars, inputs.get(i), outputs.get(i));
        }
    }
}
