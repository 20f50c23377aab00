package org.gradus.tensor;

import java.util.List;

/**
 * A function of tensors with a gradient of its own: a fused kernel, or something that automatic
 * differentiation cannot see through.
 *
 * <pre>{@code
 * Tensor y = CustomFunction.apply(function, x, weight);
 * }</pre>
 */
public interface CustomFunction {
    /** Returns the name for error messages. */
    String name();

    /**
     * Computes the result. Gradients are not recorded inside.
     *
     * @return the result, and after it whatever else {@link #backward} needs
     */
    List<Tensor> forward(List<Tensor> inputs);

    /**
     * Computes the gradients of the inputs.
     *
     * @param gradient of the result
     * @param outputs what {@link #forward} returned
     * @return one gradient for each input, null where there is none
     */
    List<Tensor> backward(Tensor gradient, List<Tensor> inputs, List<Tensor> outputs);

    /**
     * Computes the result with ordinary operations: the definition that {@link #forward} makes
     * fast. It is differentiated where gradients of higher order are asked for.
     *
     * @throws TensorException if there is none: then only first-order gradients exist
     */
    default Tensor plain(List<Tensor> inputs) {
        throw new TensorException(
                name()
                        + " has no gradient of higher order: define plain() with operations that"
                        + " have");
    }

    /** Returns the result of a function, recorded for gradients if an input needs one. */
    static Tensor apply(CustomFunction function, Tensor... inputs) {
        List<Tensor> arguments = List.of(inputs);
        try (var _ = Scope.open()) {
            List<Tensor> outputs = Autograd.withoutGradients(() -> function.forward(arguments));
            Tensor[] extras = outputs.subList(1, outputs.size()).toArray(Tensor[]::new);
            var operation = new Operation.Custom(function);
            return outputs.getFirst().recorded(operation, extras, inputs).keep();
        }
    }
}
