package org.gradus.cli.benchmark;

import java.util.function.Function;
import org.gradus.cli.input.InputException;
import org.gradus.device.Device;
import org.gradus.dtype.DType;

/**
 * One thing that is measured.
 *
 * @param label what distinguishes it from the other cases of a workload, such as sizes
 * @param samples the samples that a step takes in; 0 where nobody counts samples
 * @param operations the floating-point operations of a step; 0 where they mean little
 * @param preparation makes the step on a device, with all that is not timed
 */
public record Case(
        String label,
        int samples,
        double operations,
        Function<Device, ? extends Step> preparation) {

    /**
     * Returns the same in a precision.
     *
     * @throws InputException if it is not {@code F32} and this is no training step
     */
    Case in(DType precision) {
        return new Case(
                label,
                samples,
                operations,
                device -> {
                    Step step = preparation.apply(device);
                    if (step instanceof TrainingStep training) {
                        training.setPrecision(precision);
                    } else if (precision != DType.F32) {
                        throw new InputException(
                                "--precision: \""
                                        + label
                                        + "\" is no training step; name one, as mlp");
                    }
                    return step;
                });
    }

    /** Returns an operation on tensors, of which operations per second mean little. */
    static Case of(String label, Function<Device, ? extends Step> preparation) {
        return new Case(label, 0, 0, preparation);
    }
}
