package org.gradus.nn;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/** A module that computes one tensor from one tensor. Subclasses define {@link #forward}. */
public abstract class Layer extends Module implements UnaryOperator<Tensor> {
    /** Creates a layer without parameters. */
    protected Layer() {}

    /**
     * Returns the output for an input. What is computed on the way is given back, as far as the
     * backward pass does not need it. A model that nobody has initialized is now, on the device of
     * the input and with the seed 0.
     *
     * @throws TensorException if the input does not fit; the message starts with the path of the
     *     layer
     */
    @Override
    public final Tensor apply(Tensor x) {
        ensureInitialized(x::device);
        return within(() -> forward(x));
    }

    /** Computes the output; called by {@link #apply}. */
    protected abstract Tensor forward(Tensor x);

    /**
     * Called by methods that return a layer like this one with another setting: the new one would
     * take no part in the model, and have other values.
     */
    final void requireUnused() {
        if (isPart() || isInitialized()) {
            throw new IllegalStateException(
                    this
                            + " is part of a model or has values already: change the settings of a"
                            + " layer right where it is made");
        }
    }

    /**
     * Returns a table of the layers with the shapes of their outputs and their parameters, for an
     * input of {@code F32}.
     *
     * @param input with the batch axis
     */
    public final String summary(Shape input) {
        return summary(input, DType.F32);
    }

    /**
     * Like {@link #summary(Shape)} for an input of any type. The layers run once, on zeros, in
     * evaluation mode.
     */
    public final String summary(Shape input, DType dtype) {
        Map<Module, Shape> shapes = new IdentityHashMap<>();
        Map<Module, Boolean> modes = new IdentityHashMap<>();
        modules().values().forEach(module -> modes.put(module, module.isTraining()));
        eval();
        observe(
                (module, result) -> {
                    if (result instanceof Tensor tensor) {
                        shapes.put(module, tensor.shape());
                    }
                });
        try (var _ = Scope.open()) {
            Device device = device();
            Autograd.withoutGradients(() -> apply(Tensor.zeros(device, dtype, input)));
        } finally {
            observe(null);
            modes.forEach(Module::setTraining);
        }
        return Summary.of(this, shapes);
    }
}
