package org.gradus.tensor;

import java.util.Arrays;
import org.gradus.device.CumulateOp;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/** Elements picked by position, sorted, and accumulated along an axis. */
public sealed interface Indexing permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    /**
     * Returns {@code this[i][index[i][j][k]][k]} (for axis 1): the shape of the index.
     *
     * @param index {@code I64}, of the same rank; its other axes are at most as large
     */
    default Tensor gather(int axis, Tensor index) {
        Tensor x = self();
        int a = Checks.of("gather", () -> x.shape().axis(axis));
        checkIndex("gather", x, index, a);
        Value value = Value.allocate(x.device(), x.dtype(), index.shape());
        if (index.shape().elements() > 0) {
            x.device().gather(x.value().view(), a, index.value().view(), value.view());
        }
        return Tensor.over(value, null).recorded(new Operation.Gather(a, x.shape()), x, index);
    }

    /** Returns zeros of a shape with this added at {@code index} along an axis. */
    default Tensor scatterInto(Shape shape, int axis, Tensor index) {
        Tensor x = self();
        Tensor result = Tensor.zeros(x.device(), x.dtype(), shape);
        checkIndex("scatterInto", result, index, axis);
        if (x.shape().elements() > 0) {
            x.device().scatterAdd(x.view(), axis, index.view(), result.view());
        }
        return result.recorded(new Operation.ScatterInto(axis), x, index);
    }

    /**
     * Returns this with {@code source[i][j][k]} added to {@code [i][index[i][j][k]][k]} (for axis
     * 1), in the same order every time.
     *
     * @param index {@code I64}, of the shape of {@code source}
     */
    default Tensor scatterAdd(int axis, Tensor index, Tensor source) {
        Tensor x = self();
        int a = Checks.of("scatterAdd", () -> x.shape().axis(axis));
        checkIndex("scatterAdd", x, index, a);
        Pointwise.checkDevice("scatterAdd", x, source);
        if (!source.shape().equals(index.shape()) || source.dtype() != x.dtype()) {
            throw new TensorException(
                    "scatterAdd: a source of "
                            + source.dtype()
                            + source.shape()
                            + " does not fit an index of shape "
                            + index.shape()
                            + " into a tensor of "
                            + x.dtype());
        }
        Value value = Value.allocate(x.device(), x.dtype(), x.shape());
        x.device().copyStrided(x.value().view(), value.view());
        if (source.shape().elements() > 0) {
            x.device().scatterAdd(source.value().view(), a, index.value().view(), value.view());
        }
        return Tensor.over(value, null).recorded(new Operation.ScatterAdd(a), x, index, source);
    }

    /**
     * Returns the positions of an axis that a vector names, in its order: rows of an embedding.
     *
     * @param index {@code I64}, of any shape, which takes the place of the axis
     */
    default Tensor indexSelect(int axis, Tensor index) {
        Tensor x = self();
        int a = Checks.of("indexSelect", () -> x.shape().axis(axis));
        Tensor flat = index.flatten();
        int[] aligned = new int[x.rank()];
        Arrays.fill(aligned, 1);
        aligned[a] = flat.size(0);
        Tensor wide = flat.reshape(Shape.of(aligned)).expand(x.shape().with(a, flat.size(0)));
        Shape result = x.shape().without(a);
        for (int i = 0; i < index.rank(); i++) {
            result = result.insert(a + i, index.size(i));
        }
        return x.gather(a, wide).reshape(result);
    }

    /** Returns 1 at each element's position along a new last axis and 0 elsewhere, {@code F32}. */
    default Tensor oneHot(int classes) {
        Tensor x = self();
        Tensor positions = Tensor.arange(x.device(), x.dtype(), 0, classes, 1);
        return x.unsqueeze(-1).eq(positions).to(DType.F32);
    }

    /** The sorted values and where each came from. */
    record Sorted(Tensor values, Tensor indices) {}

    /** Returns this sorted along an axis, stable; NaN counts as largest. */
    default Sorted sort(int axis, boolean descending) {
        Tensor x = self();
        int a = Checks.of("sort", () -> x.shape().axis(axis));
        Value values = Value.allocate(x.device(), x.dtype(), x.shape());
        Value indices = Value.allocate(x.device(), DType.I64, x.shape());
        x.device().sort(x.value().view(), values.view(), indices.view(), a, descending);
        Tensor order = Tensor.over(indices, null);
        Tensor sorted =
                Tensor.over(values, null).recorded(new Operation.Gather(a, x.shape()), x, order);
        return new Sorted(sorted, order);
    }

    /** Returns the positions that would sort this along an axis. */
    default Tensor argsort(int axis, boolean descending) {
        return Autograd.withoutGradients(() -> sort(axis, descending)).indices();
    }

    /** Returns the {@code count} largest along an axis, largest first. */
    default Sorted topk(int count, int axis) {
        Tensor x = self();
        if (count < 0 || count > x.size(axis)) {
            throw new TensorException(
                    "topk: "
                            + count
                            + " elements asked for along axis "
                            + axis
                            + " of "
                            + x.shape());
        }
        Sorted sorted = sort(axis, true);
        return new Sorted(
                sorted.values().narrow(axis, 0, count), sorted.indices().narrow(axis, 0, count));
    }

    /** Returns the running sum along an axis. */
    default Tensor cumsum(int axis) {
        int a = Checks.of("cumsum", () -> self().shape().axis(axis));
        return cumulate(CumulateOp.SUM, a, new Operation.CumulativeSum(a));
    }

    /** Returns the running product along an axis; its gradient costs the axis squared. */
    default Tensor cumprod(int axis) {
        int a = Checks.of("cumprod", () -> self().shape().axis(axis));
        return cumulate(CumulateOp.PRODUCT, a, new Operation.CumulativeProduct(a));
    }

    private Tensor cumulate(CumulateOp op, int axis, Operation operation) {
        Tensor x = self().dtype().isFloating() ? Autocast.high(self()) : self().to(DType.I64);
        Value value = Value.allocate(x.device(), x.dtype(), x.shape());
        x.device().cumulate(op, x.value().view(), value.view(), axis);
        return Tensor.over(value, null).recorded(operation, x);
    }

    /** Returns the matrices with zeros below the given diagonal; 0 is the main one. */
    default Tensor triu(int diagonal) {
        return rowMinusColumn().le(-diagonal).where(self(), 0);
    }

    /** Returns the matrices with zeros above the given diagonal; 0 is the main one. */
    default Tensor tril(int diagonal) {
        return rowMinusColumn().ge(-diagonal).where(self(), 0);
    }

    private Tensor rowMinusColumn() {
        Tensor x = self();
        Tensor rows = Tensor.arange(x.device(), DType.I64, 0, x.size(-2), 1).unsqueeze(1);
        return rows.sub(Tensor.arange(x.device(), DType.I64, 0, x.size(-1), 1));
    }

    private static void checkIndex(String operation, Tensor x, Tensor index, int axis) {
        Pointwise.checkDevice(operation, x, index);
        if (index.dtype() != DType.I64) {
            throw new TensorException(
                    operation
                            + ": an index of "
                            + index.dtype()
                            + "; convert it with to(DType.I64)");
        }
        boolean fits = index.rank() == x.rank();
        for (int i = 0; fits && i < x.rank(); i++) {
            fits = i == axis || index.size(i) <= x.size(i);
        }
        if (!fits) {
            throw new TensorException(
                    operation
                            + ": an index of shape "
                            + index.shape()
                            + " does not fit a tensor of shape "
                            + x.shape()
                            + " along axis "
                            + axis);
        }
    }
}
