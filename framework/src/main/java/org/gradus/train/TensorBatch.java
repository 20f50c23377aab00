package org.gradus.train;

import java.util.ArrayList;
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

    /**
     * Copies a batch to tensors of a device that stay until they are released, beside the work that
     * is under way.
     */
    static TensorBatch ahead(Batch batch, Device device) {
        List<Tensor> tensors = new ArrayList<>();
        try {
            for (HostArray input : batch.inputs()) {
                tensors.add(Tensor.ahead(input, device).unowned());
            }
            tensors.add(Tensor.ahead(batch.target(), device).unowned());
        } catch (RuntimeException problem) {
            tensors.forEach(Tensor::release);
            throw problem;
        }
        int inputs = tensors.size() - 1;
        return new TensorBatch(tensors.subList(0, inputs), tensors.get(inputs), batch.size());
    }

    /** Returns a copy that stays until it is released. */
    TensorBatch copy() {
        return new TensorBatch(
                inputs.stream().map(input -> input.copy().unowned()).toList(),
                target.copy().unowned(),
                size);
    }

    /** Overwrites the tensors with those of another batch of the same shapes. */
    void assign(TensorBatch other) {
        for (int i = 0; i < inputs.size(); i++) {
            inputs.get(i).assign(other.inputs.get(i));
        }
        target.assign(other.target);
    }

    /** Gives the tensors back. */
    void release() {
        inputs.forEach(Tensor::release);
        target.release();
    }
}
