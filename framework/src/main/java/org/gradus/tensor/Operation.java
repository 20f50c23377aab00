package org.gradus.tensor;

import java.util.List;
import java.util.Locale;
import org.gradus.device.ReduceOp;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.gradus.expr.PointwiseFunction;
import org.gradus.shape.Shape;

/**
 * What the tape remembers of an operation: enough to find its gradient rule in {@link Gradients},
 * and which values the rule reads.
 */
sealed interface Operation {
    /** Returns the name that users know it by: that of the record, where nothing else is said. */
    default String name() {
        String name = getClass().getSimpleName();
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    /** Returns whether the gradient rule reads the value of an input. */
    default boolean savesInput(int input) {
        return false;
    }

    /** Returns whether the gradient rule reads the value of the output. */
    default boolean savesOutput() {
        return false;
    }

    /** A function of each element. */
    record Pointwise(
            PointwiseFunction function,
            PointwiseFunction.Typed typed,
            long[] scalars,
            List<DType> scalarTypes)
            implements Operation {
        @Override
        public String name() {
            return function.name();
        }

        @Override
        public boolean savesInput(int input) {
            return typed.pullbacksRead(input);
        }
    }

    /** The same elements in another tensor. */
    record Identity(String name) implements Operation {}

    /** The same elements in another shape. */
    record Reshape(Shape from) implements Operation {}

    /** Axes in another order: axis i of the result is axis {@code order[i]} of the input. */
    record Permute(int[] order) implements Operation {}

    /** Repeated along axes of size 1. */
    record Expand(Shape from) implements Operation {}

    /** Every {@code step}-th element of an axis from {@code start} on. */
    record Slice(int axis, int start, int step, Shape from) implements Operation {}

    /** Zeros but for a slice. */
    record Unslice(int axis, int start, int step, Shape from) implements Operation {
        @Override
        public String name() {
            return "pad";
        }
    }

    /** Reversed along axes. */
    record Flip(int[] axes) implements Operation {}

    /** Several tensors one after the other along an axis, with their sizes there. */
    record Concatenate(int axis, int[] sizes) implements Operation {
        @Override
        public String name() {
            return "cat";
        }
    }

    /** Sum, product, maximum or minimum over axes, which stay with size 1. */
    record Reduce(ReduceOp op, int[] axes, Shape from) implements Operation {
        @Override
        public String name() {
            return op.name().toLowerCase(Locale.ROOT);
        }

        @Override
        public boolean savesInput(int input) {
            return op != ReduceOp.SUM;
        }

        @Override
        public boolean savesOutput() {
            return op == ReduceOp.MAXIMUM || op == ReduceOp.MINIMUM;
        }
    }

    /** Running sum along an axis. */
    record CumulativeSum(int axis) implements Operation {
        @Override
        public String name() {
            return "cumsum";
        }
    }

    /** Running product along an axis. */
    record CumulativeProduct(int axis) implements Operation {
        @Override
        public String name() {
            return "cumprod";
        }

        @Override
        public boolean savesInput(int input) {
            return true;
        }
    }

    /** Matrix product of equally batched matrices. */
    record Matmul() implements Operation {
        @Override
        public boolean savesInput(int input) {
            return true;
        }
    }

    /** Inputs: rows {@code [n, in]}, weight {@code [out, in]}, bias {@code [out]}. */
    record Linear() implements Operation {
        @Override
        public boolean savesInput(int input) {
            return input < 2;
        }
    }

    /** Elements picked along an axis; inputs are the source and the indices. */
    record Gather(int axis, Shape from) implements Operation {
        @Override
        public boolean savesInput(int input) {
            return input == 1;
        }
    }

    /** Elements added along an axis; inputs are the base, the indices and the source. */
    record ScatterAdd(int axis) implements Operation {
        @Override
        public boolean savesInput(int input) {
            return input == 1;
        }
    }

    /** Zeros with elements added along an axis; inputs are the source and the indices. */
    record ScatterInto(int axis) implements Operation {
        @Override
        public boolean savesInput(int input) {
            return input == 1;
        }
    }

    /** Windows as columns. */
    record Unfold(Window window, Shape from) implements Operation {}

    /** Columns summed back to where the windows lie. */
    record Fold(Window window) implements Operation {}

    /** Inputs: image, weight and, where there is one, bias. */
    record Convolution(Window window, int groups) implements Operation {
        @Override
        public boolean savesInput(int input) {
            return input < 2;
        }
    }

    /** Inputs: gradient of the output, weight. Also the transposed convolution. */
    record ConvolutionInput(Window window, int groups) implements Operation {
        @Override
        public String name() {
            return "transposed convolution";
        }

        @Override
        public boolean savesInput(int input) {
            return true;
        }
    }

    /** Inputs: image, gradient of the output. */
    record ConvolutionWeight(Window window, int groups) implements Operation {
        @Override
        public String name() {
            return "convolution weight gradient";
        }

        @Override
        public boolean savesInput(int input) {
            return true;
        }
    }

    /** Mean of each window. */
    record AveragePool(Window window, boolean countPadding, Shape from) implements Operation {}

    /** Gradient of {@link AveragePool}. */
    record AveragePoolGradient(Window window, boolean countPadding) implements Operation {
        @Override
        public String name() {
            return "averagePool gradient";
        }
    }

    /** A function with a fused kernel or a gradient of its own. */
    record Custom(CustomFunction function) implements Operation {
        @Override
        public String name() {
            return function.name();
        }

        @Override
        public boolean savesInput(int input) {
            return true;
        }

        @Override
        public boolean savesOutput() {
            return true;
        }
    }
}
