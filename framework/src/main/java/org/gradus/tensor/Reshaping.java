package org.gradus.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.gradus.device.View;
import org.gradus.shape.Shape;

/** Other views of the same elements, and their placement in larger tensors. */
public sealed interface Reshaping permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    /** Returns the same elements, row-major, in another shape; one size may be -1. */
    default Tensor reshape(int... sizes) {
        Tensor x = self();
        int[] result = sizes.clone();
        int open = -1;
        long known = 1;
        for (int i = 0; i < result.length; i++) {
            if (result[i] == -1 && open < 0) {
                open = i;
            } else {
                known *= result[i];
            }
        }
        if (open >= 0) {
            if (known <= 0 || x.shape().elements() % known != 0) {
                throw new TensorException(
                        "reshape: " + x.shape() + " does not fit " + Arrays.toString(sizes));
            }
            result[open] = Math.toIntExact(x.shape().elements() / known);
        }
        return reshape(Checks.of("reshape", () -> Shape.of(result)));
    }

    /** Returns the same elements, row-major, in another shape. */
    default Tensor reshape(Shape shape) {
        Tensor x = self();
        if (x.shape().equals(shape)) {
            return x;
        }
        if (x.shape().elements() != shape.elements()) {
            throw new TensorException(
                    "reshape: "
                            + x.shape()
                            + " has "
                            + x.shape().elements()
                            + " elements, "
                            + shape
                            + " has "
                            + shape.elements());
        }
        Value value = x.value().reshaped(shape);
        if (value == null) {
            try (var _ = Scope.open()) {
                return x.copy().reshape(shape).keep();
            }
        }
        return Tensor.over(value, null).recorded(new Operation.Reshape(x.shape()), x);
    }

    /** Returns axes {@code first} to {@code last} (inclusive) as one. */
    default Tensor flatten(int first, int last) {
        Shape shape = self().shape();
        if (shape.rank() == 0) {
            return reshape(1);
        }
        int from = Checks.of("flatten", () -> shape.axis(first));
        int to = Checks.of("flatten", () -> shape.axis(last));
        int[] sizes = shape.sizes();
        int[] result = new int[sizes.length - Math.max(to - from, 0)];
        int merged = 1;
        for (int axis = from; axis <= to; axis++) {
            merged *= sizes[axis];
        }
        System.arraycopy(sizes, 0, result, 0, from);
        result[from] = merged;
        System.arraycopy(sizes, to + 1, result, from + 1, sizes.length - to - 1);
        return reshape(Shape.of(result));
    }

    /** Returns all axes as one. */
    default Tensor flatten() {
        return reshape(-1);
    }

    /** Returns the axes in another order, each named once. */
    default Tensor permute(int... order) {
        Tensor x = self();
        Shape shape = x.shape();
        int[] axes =
                Arrays.stream(order).map(a -> Checks.of("permute", () -> shape.axis(a))).toArray();
        if (Arrays.stream(axes).distinct().count() != shape.rank() || axes.length != shape.rank()) {
            throw new TensorException(
                    "permute: "
                            + Arrays.toString(order)
                            + " does not name each axis of "
                            + shape
                            + " once");
        }
        View view = x.value().view();
        int[] sizes = new int[axes.length];
        long[] strides = new long[axes.length];
        for (int i = 0; i < axes.length; i++) {
            sizes[i] = shape.size(axes[i]);
            strides[i] = view.strides()[axes[i]];
        }
        Value value = x.value().viewAs(Shape.of(sizes), strides, view.offset());
        return Tensor.over(value, null).recorded(new Operation.Permute(axes), x);
    }

    /** Returns this with two axes exchanged. */
    default Tensor transpose(int first, int second) {
        Shape shape = self().shape();
        int a = Checks.of("transpose", () -> shape.axis(first));
        int b = Checks.of("transpose", () -> shape.axis(second));
        int[] order = new int[shape.rank()];
        Arrays.setAll(order, i -> i == a ? b : i == b ? a : i);
        return permute(order);
    }

    /** Returns the matrices transposed: the last two axes exchanged. */
    default Tensor mT() {
        return transpose(-2, -1);
    }

    /** Returns this repeated along axes of size 1, and along new leading axes. */
    default Tensor expand(Shape target) {
        Tensor x = self();
        if (x.shape().equals(target)) {
            return x;
        }
        if (!x.shape().broadcastsTo(target)) {
            throw new TensorException("expand: " + x.shape() + " cannot be broadcast to " + target);
        }
        View view = x.value().view().expand(target);
        Value value = x.value().viewAs(target, view.strides(), view.offset());
        return Tensor.over(value, null).recorded(new Operation.Expand(x.shape()), x);
    }

    /** Returns this repeated along axes of size 1; a size of -1 keeps the axis. */
    default Tensor expand(int... sizes) {
        int[] result = sizes.clone();
        int added = sizes.length - self().rank();
        for (int i = 0; i < result.length; i++) {
            if (result[i] == -1 && i >= added) {
                result[i] = self().size(i - added);
            }
        }
        return expand(Checks.of("expand", () -> Shape.of(result)));
    }

    /** Returns this with an axis of size 1 inserted before {@code axis}. */
    default Tensor unsqueeze(int axis) {
        Shape shape = self().shape();
        return reshape(Checks.of("unsqueeze", () -> shape.insert(axis, 1)));
    }

    /** Returns this without an axis, if its size is 1. */
    default Tensor squeeze(int axis) {
        Shape shape = self().shape();
        int position = Checks.of("squeeze", () -> shape.axis(axis));
        return shape.size(position) == 1 ? reshape(shape.without(position)) : self();
    }

    /** Returns this without all axes of size 1. */
    default Tensor squeeze() {
        return reshape(
                Shape.of(Arrays.stream(self().shape().sizes()).filter(s -> s != 1).toArray()));
    }

    /** Returns {@code length} elements of an axis from {@code start} on; a view. */
    default Tensor narrow(int axis, int start, int length) {
        Checks.require(
                start >= 0 && length >= 0 && start + (long) length <= self().size(axis),
                () ->
                        "narrow: elements "
                                + start
                                + " to "
                                + (start + (long) length)
                                + " are outside axis "
                                + axis
                                + " of "
                                + self().shape());
        return slice(axis, start, start + length, 1);
    }

    /** Returns one position of an axis, which vanishes; negative positions count from the end. */
    default Tensor select(int axis, int position) {
        Shape shape = self().shape();
        int a = Checks.of("select", () -> shape.axis(axis));
        int index = position < 0 ? position + shape.size(a) : position;
        if (index < 0 || index >= shape.size(a)) {
            throw new TensorException(
                    "select: position " + position + " is outside axis " + a + " of " + shape);
        }
        return narrow(a, index, 1).reshape(shape.without(a));
    }

    /** Returns elements {@code start} up to {@code end} (without it) of an axis; a view. */
    default Tensor slice(int axis, int start, int end) {
        return slice(axis, start, end, 1);
    }

    /**
     * Returns every {@code step}-th element of an axis from {@code start} up to {@code end}
     * (without it); a view. Negative positions count from the end; those beyond it are cut, as in
     * Python.
     */
    default Tensor slice(int axis, int start, int end, int step) {
        Tensor x = self();
        Shape shape = x.shape();
        int a = Checks.of("slice", () -> shape.axis(axis));
        int size = shape.size(a);
        Checks.require(step > 0, () -> "slice: the step " + step + " is not at least 1");
        int from = Math.clamp(start < 0 ? start + (long) size : start, 0, size);
        int to = Math.clamp(end < 0 ? end + (long) size : end, from, size);
        int count = (to - from + step - 1) / step;
        if (from == 0 && count == size && step == 1) {
            return x;
        }
        View view = x.value().view();
        long[] strides = view.strides().clone();
        long offset = view.offset() + (count == 0 ? 0 : from * strides[a]);
        strides[a] *= step;
        Value value = x.value().viewAs(shape.with(a, count), strides, offset);
        return Tensor.over(value, null).recorded(new Operation.Slice(a, from, step, shape), x);
    }

    /** Returns {@code count} elements, {@code step} apart, from {@code start} on; a view. */
    default Tensor strided(int axis, int start, int step, int count) {
        return slice(axis, start, start + (count - 1) * step + 1, step);
    }

    /** Returns zeros of size {@code size} along an axis, with this at every step-th place. */
    default Tensor unslice(int axis, int start, int step, int size) {
        Tensor x = self();
        int a = x.shape().axis(axis);
        Tensor result = Tensor.zeros(x.device(), x.dtype(), x.shape().with(a, size));
        if (x.shape().elements() > 0) {
            View whole = result.value().view();
            long[] strides = whole.strides().clone();
            long offset = whole.offset() + start * strides[a];
            strides[a] *= step;
            View part = new View(whole.buffer(), x.shape(), strides, offset);
            x.device().copyStrided(x.value().view(), part);
        }
        return result.recorded(new Operation.Unslice(a, start, step, x.shape()), x);
    }

    /**
     * Returns this with a border of a constant along its last axes.
     *
     * @param value the constant
     * @param widths for the last axis the widths before and after it, then for the one before, and
     *     so on, as in PyTorch's {@code pad}
     */
    default Tensor pad(double value, int... widths) {
        Tensor x = self();
        if (widths.length % 2 != 0 || widths.length / 2 > x.rank()) {
            throw new TensorException(
                    "pad: "
                            + widths.length
                            + " widths do not pair up with the last axes of "
                            + x.shape());
        }
        Tensor padded = x;
        Tensor inside = value == 0 ? null : x.detach().onesLike();
        for (int i = 0; i < widths.length / 2; i++) {
            int axis = x.rank() - 1 - i;
            int before = widths[2 * i];
            int after = widths[2 * i + 1];
            if (before < 0 || after < 0) {
                throw new TensorException("pad: widths are 0 or more: " + Arrays.toString(widths));
            }
            int size = before + x.size(axis) + after;
            if (size != x.size(axis)) {
                padded = padded.unslice(axis, before, 1, size);
                inside = inside == null ? null : inside.unslice(axis, before, 1, size);
            }
        }
        return inside == null ? padded : inside.ne(0).where(padded, value);
    }

    /** Returns this reversed along axes; a view. */
    default Tensor flip(int... axes) {
        Tensor x = self();
        Shape shape = x.shape();
        int[] flipped = Checks.of("flip", () -> shape.axes(axes));
        View view = x.value().view();
        long[] strides = view.strides().clone();
        long offset = view.offset();
        for (int axis : flipped) {
            offset += strides[axis] * Math.max(shape.size(axis) - 1, 0);
            strides[axis] = -strides[axis];
        }
        Value value = x.value().viewAs(shape, strides, offset);
        return Tensor.over(value, null).recorded(new Operation.Flip(flipped), x);
    }

    /** Returns a row-major copy. */
    default Tensor copy() {
        Tensor x = self();
        Value value = Value.allocate(x.device(), x.dtype(), x.shape());
        x.device().copyStrided(x.value().view(), value.view());
        return Tensor.over(value, null).recorded(new Operation.Identity("copy"), x);
    }

    /** Returns this if its elements lie row-major without gaps, else a copy that does. */
    default Tensor contiguous() {
        return self().value().view().isContiguous() ? self() : copy();
    }

    /** Returns equal parts of {@code size} along an axis; the last may be smaller. */
    default List<Tensor> split(int size, int axis) {
        Tensor x = self();
        Checks.require(size > 0, () -> "split: the size " + size + " is not at least 1");
        int total = x.size(axis);
        ArrayList<Tensor> parts = new ArrayList<>();
        for (int start = 0; start < total; start += size) {
            parts.add(narrow(axis, start, Math.min(size, total - start)));
        }
        return List.copyOf(parts);
    }

    /** Returns {@code count} parts along an axis, as equal as can be, the first ones larger. */
    default List<Tensor> chunk(int count, int axis) {
        Checks.require(count > 0, () -> "chunk: the count " + count + " is not at least 1");
        return split(Math.max(1, (self().size(axis) + count - 1) / count), axis);
    }
}
