package org.gradus.cli.task;

import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.nn.Layer;
import org.gradus.shape.Shape;
import org.gradus.tensor.Tensor;

/** Tries a model on one sample of zeros. */
final class Probe {
    private Probe() {}

    /**
     * Runs a model.
     *
     * @param shape the shape of a sample
     */
    static void run(Layer model, Device device, Shape shape) {
        model.apply(Tensor.zeros(device, DType.F32, shape.insert(0, 1)));
    }
}
