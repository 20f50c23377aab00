package org.gradus.optim;

import java.util.List;
import java.util.function.Supplier;
import org.gradus.device.Device;
import org.gradus.device.MultiTensorKernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Program;
import org.gradus.expr.Scalars;
import org.gradus.tensor.Recording;

/** Runs one pointwise program on many groups of views, in one launch where the device can. */
final class MultiTensor {
    private MultiTensor() {}

    /**
     * Runs the program.
     *
     * @param arguments the scalars, which may differ each time that a recorded step is done
     * @param inputs for each group the inputs, of one shape; contiguous, or one number repeated
     * @param outputs for each group the outputs
     */
    static void map(
            Device device,
            DType dtype,
            Program program,
            Supplier<double[]> arguments,
            List<List<View>> inputs,
            List<List<View>> outputs) {
        if (inputs.isEmpty()) {
            return;
        }
        int count = program.scalarTypes().size();
        long[] scalars = Recording.scalars(count, () -> encode(program, arguments.get()));
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

    private static long[] encode(Program program, double[] arguments) {
        long[] scalars = new long[program.scalarTypes().size()];
        for (int i = 0; i < scalars.length; i++) {
            scalars[i] = Scalars.encode(arguments[i], program.scalarTypes().get(i));
        }
        return scalars;
    }
}
