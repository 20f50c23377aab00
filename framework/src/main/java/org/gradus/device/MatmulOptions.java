package org.gradus.device;

import java.util.Optional;

/**
 * How a matrix product is combined with what the output holds, and what is done to it before it is
 * stored: {@code c = activation(alpha * a @ b + beta * c + bias)}.
 *
 * @param alpha the factor of the product
 * @param beta the factor of the previous output; at 0 the output is not read
 * @param bias added to each row, a view of shape {@code [n]}
 * @param activation applied last
 */
public record MatmulOptions(double alpha, double beta, Optional<View> bias, Activation activation) {
    /** The plain product. */
    public static final MatmulOptions DEFAULT =
            new MatmulOptions(1, 0, Optional.empty(), Activation.NONE);

    /** What is applied to the sum of product and bias. */
    public enum Activation {
        /** Nothing. */
        NONE,
        /** max(x, 0). */
        RELU
    }

    /** Returns these options with a bias of shape {@code [n]}. */
    public MatmulOptions withBias(View bias) {
        return new MatmulOptions(alpha, beta, Optional.of(bias), activation);
    }

    /** Returns these options with an activation. */
    public MatmulOptions withActivation(Activation activation) {
        return new MatmulOptions(alpha, beta, bias, activation);
    }
}
