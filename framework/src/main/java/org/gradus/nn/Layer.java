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
                    switch (result) {
                        case Tensor tensor -> shapes.put(module, tensor.shape());
                        case RecurrentResult<?> r -> shapes.put(module, r.output().shape());
                        default -> {}
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
