package org.gradus.tests.conformance;

import java.util.function.Consumer;
import java.util.stream.Stream;
import org.gradus.device.Device;

/**
 * Runs computations once before their tests, without reading a result. A device that compiles its
 * kernels can so compile many together, which takes a fraction of the time: in the tests each
 * result is waited for before the next computation begins.
 */
public final class Rehearsal {
    private Rehearsal() {}

    /**
     * Runs computations on a device that gives no answers, if it is one that compiles kernels
     * together, as the OpenCL device does. What fails here, fails again in the test.
     */
    public static void of(Device device, Stream<Consumer<Device>> computations) {
        if (!device.name().startsWith("opencl")) {
            return;
        }
        Device silent = WrappedDevice.withoutAnswers(device);
        computations.forEach(
                computation -> {
                    try {
                        computation.accept(silent);
                    } catch (RuntimeException e) {
                        // the test reports it
                    }
                });
    }
}
