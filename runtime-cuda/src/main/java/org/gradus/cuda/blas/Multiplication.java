package org.gradus.cuda.blas;

import java.util.Optional;
import java.util.function.BiConsumer;
import org.gradus.cuda.library.DeviceStream;
import org.gradus.device.MatmulOptions;
import org.gradus.device.View;
import org.gradus.dtype.DType;
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
        if (result != null && result.byColumns()) {
            // of the transposes, the result is by rows; but its bias is along the other axis
            return options.bias().isEmpty()
                    && multiply(transposed(b), transposed(a), transposed(c), options);
        }
        View bias = options.bias().orElse(null);
        boolean plain = options.activation() == MatmulOptions.Activation.NONE;
        boolean fused = bias != null && fuses(bias, c);
        boolean copied = bias != null && !fused;
        if (!plain && !hasEpilogues(c)
                || copied && !(plain && options.beta() == 0 && bias.dtype() == c.dtype())) {
            return false;
        }
        Batch batch = new Batch(stream, a, b, c);
        double beta = copied ? 1 : options.beta();
        Gemm gemm = batch.describe(beta != 0, Epilogue.of(fused, options.activation()));
        if (gemm == null || batch.calls() > MOST_CALLS) {
            return false;
        }
        if (copied) {
            copy.accept(bias.expand(c.shape()), c);
        }
        long biasAddress = fused ? stream.address(bias) : 0;
        return stream.call(() -> launch(gemm, batch, biasAddress, options.alpha(), beta));
    }

    private boolean launch(Gemm gemm, Batch batch, long bias, double alpha, double beta) {
        for (int call = 0; call < batch.calls(); call++) {
            long first = batch.address(0, call);
            long second = batch.address(1, call);
            long result = batch.address(2, call);
            if (!library.get().multiply(gemm, first, second, result, bias, alpha, beta)) {
                // equal products have equal answers: it is the first call
                return false;
            }
        }
        return true;
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

    private boolean hasEpilogues(View c) {
        return library.get().hasEpilogues() && c.dtype() != DType.F64;
    }

    /** Returns whether the library can add a bias on the way. */
    private boolean fuses(View bias, View c) {
        return hasEpilogues(c)
                && bias.dtype() == c.dtype()
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
}
