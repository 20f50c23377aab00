package org.gradus.tests.conformance;

import java.util.List;
import java.util.Map;
import org.gradus.dtype.DType;
import org.gradus.tensor.HostArray;

/**
 * An operation's inputs, with the outputs and gradients that PyTorch computed. {@code
 * tests/goldens/golden.py} says how.
 *
 * @param name unique, made of the operation, the shapes and the arguments
 * @param op the key in {@link Operations}
 * @param length how many products are summed into one element, at most
 * @param terms how large the terms are that make up a result; 0 if it must be right to its last
 *     digits however small it is
 * @param isNative whether it was computed in the types of the inputs, not in F64
 * @param inputs the inputs in order
 * @param outputs the outputs in order
 * @param gradients by the position of the input: the gradient of the weighted sum of the outputs
 * @param parameters by the position of the input: PyTorch's name of that parameter of a layer
 */
public record Golden(
        String name,
        String op,
        Arguments arguments,
        int length,
        double terms,
        boolean isNative,
        List<HostArray> inputs,
        List<HostArray> outputs,
        Map<Integer, HostArray> gradients,
        Map<Integer, String> parameters) {

    /** Returns whether it can be computed in F64, where it must agree almost exactly. */
    public boolean hasDoubleForm() {
        return !isNative && inputs.stream().anyMatch(input -> input.dtype() == DType.F32);
    }

    /** Returns the number of elements of all inputs that have a gradient. */
    public long differentiatedElements() {
        return gradients.keySet().stream().mapToLong(i -> inputs.get(i).shape().elements()).sum();
    }

    /** Returns this with the floating inputs rounded to a type; outputs are not those any more. */
    Golden withInputsIn(DType type) {
        List<HostArray> rounded =
                inputs.stream()
                        .map(input -> Computation.converted(input, type))
                        .map(
                                input ->
                                        input.dtype() == type
                                                ? HostArray.of(input.toFloats(), input.shape())
                                                : input)
                        .toList();
        return new Golden(
                name,
                op,
                arguments,
                length,
                terms,
                isNative,
                rounded,
                outputs,
                gradients,
                parameters);
    }

    /**
     * Returns what an output is multiplied by before all are summed; {@code weights} in golden.py.
     */
    public static double weight(long position) {
        return (position * 29 % 127 - 63) / 32.0;
    }

    @Override
    public String toString() {
        return name;
    }
}
