package org.gradus.cuda.blas;

import org.gradus.device.MatmulOptions;

/** What cublasLt does to a product before it stores it. */
enum Epilogue {
    NONE(1),
    RELU(2),
    BIAS(4),
    RELU_BIAS(6);

    /** The value of {@code cublasLtEpilogue_t} in cublasLt.h. */
    final int value;

    Epilogue(int value) {
        this.value = value;
    }

    /** Returns what some options ask for. */
    static Epilogue of(boolean bias, MatmulOptions.Activation activation) {
        return switch (activation) {
            case NONE -> bias ? BIAS : NONE;
            case RELU -> bias ? RELU_BIAS : RELU;
        };
    }

    /** Returns whether a bias is added. */
    boolean hasBias() {
        return this == BIAS || this == RELU_BIAS;
    }
}
