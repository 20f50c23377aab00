package org.gradus.cuda.blas;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.gradus.cuda.library.DeviceStream;
import org.gradus.device.MatmulOptions;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.kernels.LoopSpace;
import org.gradus.shape.Shape;

/** Products of a device by the library that was chosen, as far as it can be told of them. */
public final class Multiplication {
    /**
     * A library steps along one leading axis; for others it is called again. With more calls the
     * products are small, and one launch of the own kernel is cheaper.
     */
    private static final long MOST_CALLS = 64;

    /** What algorithms expect of a bias, and are not told. */
    private static final int BIAS_ALIGNMENT = 16;

    private final DeviceStream stream;
    private final Optional<GemmLibrary> library;
    private final String description;
    private final BiConsumer<View, View> copy;

    Multiplication(
            DeviceStream stream,
            Optional<GemmLibrary> library,
            String description,
            BiConsumer<View, View> copy) {
        this.stream = stream;
        this.library = library;
        this.description = description;
        this.copy = copy;
    }

    /** Returns what multiplies, or why there is no library. */
    public String description() {
        return description;
    }

    /**
     * Multiplies as {@link org.gradus.device.Device#matmul} says.
     *
     * @return whether that was done; not, if the library cannot be told of it, or cannot do it
     * @throws org.gradus.device.DeviceException if the library fails
     */
    public boolean multiply(View a, View b, View c, MatmulOptions options) {
        if (library.isEmpty() || !takes(a, b, c)) {
            return false;
        }
        Matrix result = Matrix.of(c, 0, 0);
        if (result == null) {
            return false;
        }
        if (result.byColumns()) {
            // of the transposes, the result is by rows; but its bias is along the other axis
            return options.bias().isEmpty()
                    && multiply(transposed(b), transposed(a), transposed(c), options);
        }
        if (options.bias().isEmpty()) {
            return launch(a, b, c, options, null, options.beta());
        }
        View bias = options.bias().get();
        if (fuses(bias, c)) {
            return launch(a, b, c, options, bias, options.beta());
        }
        if (options.beta() != 0
                || options.activation() != MatmulOptions.Activation.NONE
                || bias.dtype() != c.dtype()) {
            return false;
        }
        copy.accept(bias.expand(c.shape()), c);
        return launch(a, b, c, options, null, 1);
    }

    private boolean takes(View a, View b, View c) {
        DType factors = a.dtype();
        boolean types =
                factors.isFloating()
                        && b.dtype() == factors
                        && (c.dtype() == factors
                                || c.dtype() == DType.F32 && factors.bytes() == Short.BYTES);
        return types && c.elements() > 0 && a.shape().size(-1) > 0;
    }

    /** Returns whether the library can add a bias on the way. */
    private boolean fuses(View bias, View c) {
        return library.get().hasEpilogues()
                && bias.dtype() == c.dtype()
                && c.dtype() != DType.F64
                && (bias.strides()[0] == 1 || bias.shape().size(0) == 1)
                && stream.address(bias) % BIAS_ALIGNMENT == 0;
    }

    private static View transposed(View view) {
        int rank = view.shape().rank();
        int[] sizes = view.shape().sizes();
        long[] strides = view.strides().clone();
        int size = sizes[rank - 1];
        sizes[rank - 1] = sizes[rank - 2];
        sizes[rank - 2] = size;
        strides[rank - 1] = view.strides()[rank - 2];
        strides[rank - 2] = view.strides()[rank - 1];
        return new View(view.buffer(), Shape.of(sizes), strides, view.offset());
    }

    private boolean launch(View a, View b, View c, MatmulOptions options, View bias, double beta) {
        if (options.activation() != MatmulOptions.Activation.NONE
                && (!library.get().hasEpilogues() || c.dtype() == DType.F64)) {
            return false;
        }
        int leading = c.shape().rank() - 2;
        LoopSpace batch =
                LoopSpace.of(
                        Arrays.copyOf(c.shape().sizes(), leading),
                        List.of(a.strides(), b.strides(), c.strides()));
        Batch batches = Batch.of(batch);
        if (batches.calls() > MOST_CALLS) {
            return false;
        }
        long first = stream.address(a);
        long second = stream.address(b);
        long result = stream.address(c);
        Matrix firstMatrix = batches.matrix(a, 0, first);
        Matrix secondMatrix = batches.matrix(b, 1, second);
        Matrix resultMatrix = batches.matrix(c, 2, result);
        if (firstMatrix == null
                || secondMatrix == null
                || resultMatrix == null
                || batches.count() > 1 && resultMatrix.stride() == 0) {
            return false;
        }
        Gemm gemm =
                new Gemm(
                        firstMatrix,
                        secondMatrix,
                        resultMatrix,
                        c.shape().size(-2),
                        c.shape().size(-1),
                        a.shape().size(-1),
                        batches.count(),
                        beta != 0,
                        Epilogue.of(bias != null, options.activation()));
        long biasAddress = bias == null ? 0 : stream.address(bias);
        return stream.call(
                () -> {
                    for (int call = 0; call < batches.calls(); call++) {
                        boolean done =
                                library.get()
                                        .multiply(
                                                gemm,
                                                first + batches.bytes(a, 0, call),
                                                second + batches.bytes(b, 1, call),
                                                result + batches.bytes(c, 2, call),
                                                biasAddress,
                                                options.alpha(),
                                                beta);
                        if (!done) {
                            // equal products have equal answers: it is the first call
                            return false;
                        }
                    }
                    return true;
                });
    }
}
