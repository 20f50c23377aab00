package org.gradus.train;

import java.util.List;
import org.gradus.data.Batch;
import org.gradus.device.Device;
import org.gradus.tensor.HostArray;
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

    /** Copies a batch to tensors of a device that stay until they are released. */
    static TensorBatch lasting(Batch batch, Device device) {
        TensorBatch copy = of(batch, device);
        copy.inputs.forEach(Tensor::unowned);
        copy.target.unowned();
        return copy;
    }

    /** Overwrites the tensors with another batch of the same shapes. */
    void fill(Batch batch) {
        for (int i = 0; i < inputs.size(); i++) {
            fill(inputs.get(i), batch.inputs().get(i));
        }
        fill(target, batch.target());
    }

    private static void fill(Tensor tensor, HostArray values) {
        tensor.device().upload(values.data(), tensor.viewForUpdate().buffer(), 0);
    }

    /** Gives the tensors back. */
    void release() {
        inputs.forEach(Tensor::release);
        target.release();
    }
}
