package org.gradus.tensor;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.PointwiseFunction;
import org.gradus.expr.Scalars;
import org.gradus.shape.Shape;

/** Applies pointwise functions to tensors: broadcasting, types, devices, the tape. */
final class Pointwise {
    private static final PointwiseFunction NUMBER =
            PointwiseFunction.of("number", 0, 1, (inputs, scalars) -> scalars.get(0));
    private static final PointwiseFunction RAMP =
            PointwiseFunction.of(
                    "arange",
                    0,
                    2,
                    (inputs, scalars) ->
                            scalars.get(0)
                                    .add(
                                            Expr.index()
                                                    .cast(scalars.get(1).dtype())
                                                    .multiply(scalars.get(1))));
    private static final Map<DType, PointwiseFunction> CASTS = new EnumMap<>(DType.class);

    static {
        for (DType type : DType.values()) {
            CASTS.put(type, PointwiseFunction.of("to " + type, x -> x.cast(type)));
        }
    }

    private Pointwise() {}

    /** Returns a function of tensors, which broadcast. */
    static Tensor apply(PointwiseFunction function, Tensor... inputs) {
        return apply(function, new long[0], List.of(), inputs);
    }

    /** Returns a function of a tensor and numbers, taken in the tensor's type. */
    static Tensor apply(PointwiseFunction function, double[] numbers, Tensor... inputs) {
        DType type = DType.BOOL;
        for (Tensor input : inputs) {
            type = type.promote(input.dtype());
        }
        DType scalarType = type.isFloating() ? type.computeType() : DType.F32;
        long[] scalars = new long[numbers.length];
        List<DType> types = new ArrayList<>(numbers.length);
        for (int i = 0; i < numbers.length; i++) {
            scalars[i] = Scalars.encode(numbers[i], scalarType);
            types.add(scalarType);
        }
        return apply(function, scalars, types, inputs);
    }

    /** Returns a function of tensors and encoded kernel arguments. */
    static Tensor apply(
            PointwiseFunction function, long[] scalars, List<DType> scalarTypes, Tensor... inputs) {
        Tensor first = inputs[0];
        Shape shape = first.shape();
        for (int i = 1; i < inputs.length; i++) {
            checkDevice(function.name(), first, inputs[i]);
            Shape joint = Shape.broadcast(shape, inputs[i].shape());
            if (joint == null) {
                throw new TensorException(
                        function.name()
                                + ": shapes "
                                + shape
                                + " and "
                                + inputs[i].shape()
                                + " cannot be broadcast together");
            }
            shape = joint;
        }
        List<DType> types = new ArrayList<>(inputs.length);
        Value[] values = new Value[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            types.add(inputs[i].dtype());
            values[i] = inputs[i].value();
        }
        PointwiseFunction.Typed typed = typed(function, types, scalarTypes);
        Value value = Fusion.apply(typed, scalars, values, shape, first.device());
        Tensor result = Tensor.over(value, null);
        return Autograd.isRecording(inputs)
                ? result.recorded(
                        new Operation.Pointwise(function, typed, scalars, scalarTypes), inputs)
                : result;
    }

    /** Returns the gradient of one input of a recorded function, of the output's shape. */
    static Tensor pullback(
            Operation.Pointwise op, int input, List<Tensor> inputs, Tensor gradient, Node node) {
        PointwiseFunction function = op.function().pullback(input);
        int count = inputs.size();
        Tensor[] all = new Tensor[count + 1];
        List<DType> types = new ArrayList<>(count + 1);
        Value[] values = new Value[count + 1];
        types.addAll(op.typed().inputTypes());
        types.add(gradient.dtype());
        PointwiseFunction.Typed typed = typed(function, types, op.scalarTypes());
        for (int i = 0; i <= count; i++) {
            Tensor operand = i < count ? inputs.get(i) : gradient;
            if (operand != null && typed.reads(i)) {
                all[i] = operand;
                values[i] = operand.value();
            }
        }
        Value value = Fusion.apply(typed, op.scalars(), values, node.shape(), gradient.device());
        return Tensor.over(value, null)
                .recorded(
                        new Operation.Pointwise(function, typed, op.scalars(), op.scalarTypes()),
                        all);
    }

    /** Returns a number as a tensor of rank 0 that costs no memory: an argument of the kernel. */
    static Tensor number(Device device, DType dtype, double number) {
        long[] scalars = {Scalars.encode(number, dtype.computeType())};
        return number(device, dtype, scalars);
    }

    /** Returns an encoded number as a tensor of rank 0. */
    static Tensor number(Device device, DType dtype, long[] scalars) {
        PointwiseFunction.Typed typed = NUMBER.typed(List.of(), List.of(dtype.computeType()));
        return Tensor.over(
                Fusion.apply(typed, scalars, new Value[0], Shape.scalar(), device), null);
    }

    /** Returns a number as an operand for a tensor, in its type if that can hold it. */
    static Tensor numberFor(Tensor tensor, double number) {
        DType type = tensor.dtype();
        if (!type.isFloating()) {
            boolean whole = number == Math.rint(number);
            type = !whole ? DType.F32 : type == DType.BOOL ? DType.I64 : type;
        }
        return number(tensor.device(), type, number);
    }

    /** Returns a function of the element's position alone. */
    static Tensor generate(
            PointwiseFunction function,
            long[] scalars,
            List<DType> scalarTypes,
            Shape shape,
            Device device) {
        PointwiseFunction.Typed typed = typed(function, List.of(), scalarTypes);
        return Tensor.over(Fusion.apply(typed, scalars, new Value[0], shape, device), null);
    }

    static Tensor arange(Device device, DType dtype, double start, double end, double step) {
        Checks.require(step != 0, () -> "arange: the step is 0");
        int count = (int) Math.max(0, Math.ceil((end - start) / step));
        return ramp(device, dtype, start, step, count);
    }

    static Tensor linspace(Device device, double start, double end, int count) {
        double step = count > 1 ? (end - start) / (count - 1) : 0;
        return ramp(device, DType.F32, start, step, count);
    }

    private static Tensor ramp(Device device, DType dtype, double start, double step, int count) {
        DType type = dtype.computeType();
        long[] scalars = {Scalars.encode(start, type), Scalars.encode(step, type)};
        return generate(RAMP, scalars, List.of(type, type), Shape.of(count), device).to(dtype);
    }

    /** Returns a tensor converted to a type; itself if it has that type. */
    static Tensor cast(Tensor tensor, DType type) {
        return tensor.dtype() == type ? tensor : apply(CASTS.get(type), tensor);
    }

    static void checkDevice(String operation, Tensor a, Tensor b) {
        if (a.device() != b.device()) {
            throw new TensorException(
                    operation
                            + ": tensors on "
                            + a.device().name()
                            + " and "
                            + b.device().name()
                            + "; move one with to(device)");
        }
    }

    private static PointwiseFunction.Typed typed(
            PointwiseFunction function, List<DType> types, List<DType> scalarTypes) {
        try {
            return function.typed(types, scalarTypes);
        } catch (IllegalArgumentException e) {
            throw new TensorException(function.name() + ": " + e.getMessage(), e);
        }
    }
}
