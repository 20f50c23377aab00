package org.gradus.tensor;

import java.util.Arrays;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/** Several tensors as one. */
final class Joining {
    private Joining() {}

    static Tensor cat(int axis, Tensor... tensors) {
        Checks.require(tensors.length > 0, () -> "cat: there are no tensors");
        Tensor first = tensors[0];
        int a = Checks.of("cat", () -> first.shape().axis(axis));
        DType dtype = first.dtype();
        int total = 0;
        int[] sizes = new int[tensors.length];
        for (int i = 0; i < tensors.length; i++) {
            Tensor t = tensors[i];
            Pointwise.checkDevice("cat", first, t);
            if (t.rank() != first.rank()
                    || !t.shape().with(a, 0).equals(first.shape().with(a, 0))) {
                throw new TensorException(
                        "cat: "
                                + first.shape()
                                + " and "
                                + t.shape()
                                + " differ on another axis than "
                                + a);
            }
            dtype = dtype.promote(t.dtype());
            sizes[i] = t.size(a);
            total += sizes[i];
        }
        DType type = dtype;
        Tensor[] parts = Arrays.stream(tensors).map(t -> t.to(type)).toArray(Tensor[]::new);
        Shape shape = first.shape().with(a, total);
        Value value = Value.allocate(first.device(), type, shape);
        View whole = value.view();
        long offset = 0;
        for (Tensor part : parts) {
            if (part.shape().elements() > 0) {
                View place = new View(whole.buffer(), part.shape(), whole.strides(), offset);
                first.device().copyStrided(part.value().view(), place);
            }
            offset += part.size(a) * whole.strides()[a];
        }
        return Tensor.over(value, null).recorded(new Operation.Concatenate(a, sizes), parts);
    }

    static Tensor stack(int axis, Tensor... tensors) {
        Checks.require(tensors.length > 0, () -> "stack: there are no tensors");
        int a = axis < 0 ? axis + tensors[0].rank() + 1 : axis;
        for (Tensor t : tensors) {
            Checks.require(
                    t.shape().equals(tensors[0].shape()),
                    () -> "stack: shapes " + tensors[0].shape() + " and " + t.shape() + " differ");
        }
        return cat(a, Arrays.stream(tensors).map(t -> t.unsqueeze(a)).toArray(Tensor[]::new));
    }
}
