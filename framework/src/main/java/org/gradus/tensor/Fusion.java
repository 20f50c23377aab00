package org.gradus.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.gradus.device.Device;
import org.gradus.device.ReduceOp;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.PointwiseFunction;
import org.gradus.expr.Program;
import org.gradus.shape.Shape;

/**
 * Puts pointwise work off and fuses it: decides what is inlined into one kernel, and builds that
 * kernel's program.
 *
 * <p>A value is inlined the first time that a kernel needs it. When another kernel needs it too, it
 * is inlined again if it is cheap to compute, else computed once and stored; what only that value
 * needs is then inlined with it, so that a chain is stored at its end and not at every link.
 */
final class Fusion {
    /** The most operations in one kernel. */
    private static final int MAX_SIZE = 64;

    /** The most inputs of one kernel; OpenCL guarantees about a hundred argument words. */
    private static final int MAX_LEAVES = 12;

    private final Shape shape;
    private final Program.Builder builder = new Program.Builder();
    private final Map<Value, Integer> numbers = new IdentityHashMap<>();
    private final List<View> inputs = new ArrayList<>();
    private long[] scalars = new long[4];
    private int scalarCount;

    private Fusion(Shape shape) {
        this.shape = shape;
    }

    /**
     * Returns the value of a function of other values, put off if fusion is on.
     *
     * @param inputs an element is null where the function does not use the input
     */
    static Value apply(
            PointwiseFunction.Typed function,
            long[] scalars,
            Value[] inputs,
            Shape shape,
            Device device) {
        boolean fusion = Settings.FUSION;
        int own = function.size();
        int size = own;
        int leaves = 0;
        for (Value input : inputs) {
            if (input != null) {
                Value.Pending pending = input.pending();
                size += pending == null ? 0 : pending.size();
                leaves += pending == null ? 1 : pending.leaves();
            }
        }
        if (!fusion || size > MAX_SIZE || leaves > MAX_LEAVES) {
            size = own;
            leaves = 0;
            for (Value input : inputs) {
                if (input != null) {
                    input.view();
                    leaves++;
                }
            }
        }
        var pending = new Value.Pending(function, scalars, inputs, size, leaves);
        Value value = Value.pending(shape, function.dtype(), device, pending);
        if (!fusion) {
            value.view();
        }
        return value;
    }

    /** Computes a pending value into an output of its shape. */
    static void compute(Value value, View output) {
        Fusion fusion = new Fusion(value.shape());
        int result = fusion.inline(value);
        fusion.builder.output(result, value.dtype());
        value.device()
                .map(
                        fusion.builder.build(),
                        value.shape(),
                        fusion.scalars(),
                        fusion.inputs,
                        List.of(output));
    }

    /** Reduces a value, with pending work as the prologue. */
    static void reduce(ReduceOp op, Value value, DType dtype, View output, int[] axes) {
        Fusion fusion = new Fusion(value.shape());
        int result = fusion.number(value);
        fusion.builder.output(result, dtype);
        value.device()
                .reduce(
                        op,
                        fusion.builder.build(),
                        value.shape(),
                        fusion.scalars(),
                        fusion.inputs,
                        output,
                        axes);
    }

    private long[] scalars() {
        return Arrays.copyOf(scalars, scalarCount);
    }

    private int number(Value value) {
        Integer known = numbers.get(value);
        if (known == null) {
            known = value.pending() != null && mayInline(value) ? inline(value) : leaf(value);
            numbers.put(value, known);
        }
        return known;
    }

    private boolean mayInline(Value value) {
        PointwiseFunction.Typed function = value.pending().function();
        boolean repeated = value.shape().elements() != shape.elements();
        if (repeated && (function.isExpensive() || function.isPositional() || !isShallow(value))) {
            return false;
        }
        int earlier = value.countUse();
        return earlier == 0
                || earlier == 1 && value.hasOneConsumer()
                || !function.isExpensive() && isShallow(value);
    }

    /** Whether all inputs are stored: inlining again costs only this one function. */
    private static boolean isShallow(Value value) {
        for (Value input : value.pending().inputs()) {
            if (input != null && input.pending() != null) {
                return false;
            }
        }
        return true;
    }

    private int inline(Value value) {
        Value.Pending pending = value.pending();
        int[] operands = new int[pending.inputs().length];
        for (int i = 0; i < operands.length; i++) {
            Value input = pending.inputs()[i];
            operands[i] = input == null ? -1 : number(input);
        }
        List<DType> types = pending.function().scalarTypes();
        int[] arguments = new int[types.size()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = builder.scalar(addScalar(pending.scalars()[i]), types.get(i));
        }
        return builder.add(pending.function().expression(), operands, arguments);
    }

    private int leaf(Value value) {
        inputs.add(value.view().expand(shape));
        return builder.input(inputs.size() - 1, value.dtype());
    }

    private int addScalar(long bits) {
        if (scalarCount == scalars.length) {
            scalars = Arrays.copyOf(scalars, 2 * scalarCount);
        }
        scalars[scalarCount] = bits;
        return scalarCount++;
    }
}
