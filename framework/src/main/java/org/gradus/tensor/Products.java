package org.gradus.tensor;

import java.util.Arrays;
import org.gradus.device.MatmulOptions;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/** Products of matrices and vectors. */
public sealed interface Products permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    /**
     * Returns the matrix product with another tensor, by PyTorch's rules: {@code [..., m, k] @
     * [..., k, n]} gives {@code [..., m, n]}, leading axes broadcast; a vector counts as a row on
     * the left and as a column on the right, and its axis vanishes from the result.
     */
    default Tensor matmul(Tensor right) {
        Tensor a = Autocast.low(self());
        Tensor other = Autocast.low(right);
        if (a.rank() == 0 || other.rank() == 0) {
            throw new TensorException(
                    "matmul of "
                            + a.shape()
                            + " and "
                            + other.shape()
                            + ": a scalar is no matrix; use mul");
        }
        if (a.rank() == 1) {
            Tensor product = a.unsqueeze(0).matmul(other);
            return product.squeeze(other.rank() == 1 ? 0 : -2);
        }
        if (other.rank() == 1) {
            return a.matmul(other.unsqueeze(1)).squeeze(-1);
        }
        Pointwise.checkDevice("matmul", a, other);
        if (a.size(-1) != other.size(-2)) {
            throw new TensorException(
                    "matmul of "
                            + a.shape()
                            + " and "
                            + other.shape()
                            + ": inner sizes "
                            + a.size(-1)
                            + " and "
                            + other.size(-2)
                            + " differ");
        }
        DType type = floatingType("matmul", a, other);
        if (a.rank() > 2 && other.rank() == 2) {
            // one large product instead of many small ones
            Shape result = a.shape().with(-1, other.size(1));
            return equallyBatched(Merged.rows(a, 1).to(type), other.to(type)).reshape(result);
        }
        Shape batch =
                Shape.broadcast(Shape.of(leading(a.shape())), Shape.of(leading(other.shape())));
        if (batch == null) {
            throw new TensorException(
                    "matmul of "
                            + a.shape()
                            + " and "
                            + other.shape()
                            + ": leading axes cannot be broadcast together");
        }
        Tensor x = a.to(type).expand(with(batch, a.size(-2), a.size(-1)));
        Tensor y = other.to(type).expand(with(batch, other.size(-2), other.size(-1)));
        return equallyBatched(x, y);
    }

    /** Returns the product of matrices whose leading axes are equal already. */
    private static Tensor equallyBatched(Tensor a, Tensor other) {
        Shape shape = a.shape().with(-1, other.size(-1));
        Value value = Value.allocate(a.device(), a.dtype(), shape);
        a.device()
                .matmul(
                        a.value().view(),
                        other.value().view(),
                        value.view(),
                        MatmulOptions.DEFAULT);
        return Tensor.over(value, null).recorded(new Operation.Matmul(), a, other);
    }

    /**
     * Returns {@code this @ weight^T + bias}, with the bias added by the same kernel.
     *
     * @param weight {@code [out, in]}
     * @param bias {@code [out]}, or null
     */
    default Tensor linear(Tensor weight, Tensor bias) {
        return Products.linearOf(Autocast.low(self()), Autocast.low(weight), Autocast.low(bias));
    }

    private static Tensor linearOf(Tensor x, Tensor weight, Tensor bias) {
        if (weight.rank() != 2 || x.rank() == 0 || x.size(-1) != weight.size(1)) {
            throw new TensorException(
                    "linear: an input of shape "
                            + x.shape()
                            + " does not fit a weight of shape "
                            + weight.shape()
                            + ", whose last sizes must be equal");
        }
        if (bias == null) {
            return x.matmul(weight.mT());
        }
        if (bias.rank() != 1 || bias.size(0) != weight.size(0)) {
            throw new TensorException(
                    "linear: a bias of shape "
                            + bias.shape()
                            + " does not fit a weight of shape "
                            + weight.shape());
        }
        Pointwise.checkDevice("linear", x, weight);
        Pointwise.checkDevice("linear", x, bias);
        DType type = floatingType("linear", x, weight);
        Tensor rows = Merged.rows(x.to(type), 1);
        Tensor w = weight.to(type);
        Tensor b = bias.to(type);
        Value value = Value.allocate(x.device(), type, Shape.of(rows.size(0), w.size(0)));
        View stored = w.value().view();
        long[] strides = {stored.strides()[1], stored.strides()[0]};
        Shape transposed = Shape.of(w.size(1), w.size(0));
        x.device()
                .matmul(
                        rows.value().view(),
                        new View(stored.buffer(), transposed, strides, stored.offset()),
                        value.view(),
                        MatmulOptions.DEFAULT.withBias(b.value().view()));
        return Tensor.over(value, null)
                .recorded(new Operation.Linear(), rows, w, b)
                .reshape(x.shape().with(-1, w.size(0)));
    }

    /** Returns the sum of products of two vectors. */
    default Tensor dot(Tensor other) {
        if (self().rank() != 1 || !self().shape().equals(other.shape())) {
            throw new TensorException(
                    "dot: "
                            + self().shape()
                            + " and "
                            + other.shape()
                            + " are not two vectors of one size");
        }
        return self().mul(other).sum();
    }

    /** Returns all products of the elements of two vectors, {@code [m, n]}. */
    default Tensor outer(Tensor other) {
        return self().flatten().unsqueeze(1).mul(other.flatten().unsqueeze(0));
    }

    private static DType floatingType(String operation, Tensor a, Tensor b) {
        DType type = a.dtype().promote(b.dtype());
        if (!type.isFloating()) {
            throw new TensorException(
                    operation
                            + ": tensors of "
                            + a.dtype()
                            + " and "
                            + b.dtype()
                            + " are not of a floating type; convert them with to(DType.F32)");
        }
        return type;
    }

    private static int[] leading(Shape shape) {
        return Arrays.copyOf(shape.sizes(), shape.rank() - 2);
    }

    private static Shape with(Shape batch, int rows, int columns) {
        return batch.insert(batch.rank(), rows).insert(batch.rank() + 1, columns);
    }
}
