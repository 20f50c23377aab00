package org.gradus.tensor;

import org.gradus.device.View;

/** Changes in place. A tensor that requires a gradient can be changed only while not recording. */
public sealed interface Mutation permits Tensor {
    private Tensor writable(String operation) {
        Tensor x = (Tensor) this;
        if (x.node() != null && Autograd.isEnabled()) {
            throw new TensorException(
                    operation
                            + ": a tensor of shape "
                            + x.shape()
                            + " that requires a gradient"
                            + " cannot be changed in place; do it within"
                            + " Autograd.withoutGradients");
        }
        return x;
    }

    /** Overwrites the elements with those of another tensor, which broadcasts and converts. */
    default Tensor assign(Tensor source) {
        Tensor target = writable("assign");
        Pointwise.checkDevice("assign", target, source);
        if (!source.shape().broadcastsTo(target.shape())) {
            throw new TensorException(
                    "assign: " + source.shape() + " cannot be broadcast to " + target.shape());
        }
        Autograd.withoutGradients(() -> write(source, target));
        return target;
    }

    private static void write(Tensor source, Tensor target) {
        try (var _ = Scope.open()) {
            // computed before the write, since it may read what is overwritten
            Tensor ready = source.detach().to(target.dtype()).expand(target.shape());
            View from = ready.view();
            if (ready.value().storage() == target.value().storage()) {
                from = ready.copy().view();
            }
            target.device().copyStrided(from, target.viewForUpdate());
        }
    }

    /** Adds another tensor to this one. */
    default Tensor addInPlace(Tensor other) {
        Tensor x = writable("addInPlace");
        try (var _ = Scope.open()) {
            return assign(Autograd.withoutGradients(() -> x.detach().add(other)));
        }
    }

    /** Multiplies this tensor by a number. */
    default Tensor mulInPlace(double factor) {
        Tensor x = writable("mulInPlace");
        try (var _ = Scope.open()) {
            return assign(Autograd.withoutGradients(() -> x.detach().mul(factor)));
        }
    }

    /** Sets all elements to one value. */
    default Tensor fillInPlace(double number) {
        Tensor x = writable("fillInPlace");
        x.device().fill(x.viewForUpdate(), number);
        return x;
    }
}
