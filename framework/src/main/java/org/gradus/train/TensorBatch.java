package org.gradus.train;

import java.util.List;
import org.gradus.data.Batch;
import org.gradus.device.Device;
import org.gradus.tensor.Tensor;

/**
 * A batch on the device of its training.
 *
 * @param inputs the model's inputs, {@code [batch, ...]} each
 * @param target what is expected, {@code [batch, ...]}
 * @param size the number of samples
 */
public record TensorBatch(List<Tensor> inputs, Tensor target, int size) {
    /** Copies the list. */
    public TensorBatch {
        inputs = List.copyOf(inputs);
    }

    /** Returns the first input. */
    public Tensor input() {
        return inputs.getFirst();
    }

    /** Copies a batch to a device. */
    static TensorBatch of(Batch batch, Device device) {
        return new TensorBatch(
                batch.inputs().stream().map(input -> Tensor.of(input, device)).toList(),
                Tensor.of(batch.target(), device),
                batch.size());
    }
}
