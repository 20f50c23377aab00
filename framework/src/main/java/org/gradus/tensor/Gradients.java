package org.gradus.tensor;

import java.util.ArrayList;
import java.util.List;
import org.gradus.dtype.DType;

/**
 * The gradient rules: for each operation the gradient of input {@code i}, given the gradient {@code
 * g} of the output. All are written with tensor operations, so gradients have gradients.
 */
final class Gradients {
    /** Computes the gradients of one operation's inputs, each only if it is asked for. */
    interface Rule {
        /** Returns the gradient of an input, null if it is zero everywhere. */
        Tensor gradientOf(int input);
    }

    private Gradients() {}

    /** Returns the rule of a node for the gradient of its output. */
    static Rule rule(Node n, Tensor g) {
        return switch (n.operation()) {
            case Operation.Pointwise op -> i -> pointwise(op, i, g, n);
            case Operation.Identity op -> i -> g;
            case Operation.Reshape op -> i -> g.reshape(op.from());
            case Operation.Permute op -> i -> g.permute(inverse(op.order()));
            case Operation.Expand op -> i -> g.sumTo(op.from());
            case Operation.Slice op ->
                    i -> g.unslice(op.axis(), op.start(), op.step(), op.from().size(op.axis()));
            case Operation.Unslice op ->
                    i -> g.strided(op.axis(), op.start(), op.step(), op.from().size(op.axis()));
            case Operation.Flip op -> i -> g.flip(op.axes());
            case Operation.Concatenate op ->
                    i -> g.narrow(op.axis(), offset(op.sizes(), i), op.sizes()[i]);
            case Operation.Reduce op -> i -> reduce(op, g, n);
            case Operation.CumulativeSum op ->
                    i -> g.flip(op.axis()).cumsum(op.axis()).flip(op.axis());
            case Operation.Matmul op ->
                    i -> i == 0 ? g.matmul(n.input(1).mT()) : n.input(0).mT().matmul(g);
            case Operation.Linear op ->
                    i ->
                            switch (i) {
                                case 0 -> g.matmul(n.input(1));
                                case 1 -> g.mT().matmul(n.input(0));
                                default -> g.sum(0);
                            };
            case Operation.CumulativeProduct op -> i -> cumulativeProduct(op.axis(), g, n.input(0));
            case Operation.Gather op ->
                    i -> i == 0 ? g.scatterInto(op.from(), op.axis(), n.input(1)) : null;
            case Operation.ScatterAdd op ->
                    i -> i == 0 ? g : i == 2 ? g.gather(op.axis(), n.input(1)) : null;
            case Operation.ScatterInto op -> i -> i == 0 ? g.gather(op.axis(), n.input(1)) : null;
            case Operation.Unfold op -> i -> g.fold(op.window(), op.from());
            case Operation.Fold op -> i -> g.unfold(op.window());
            case Operation.Convolution op -> i -> convolution(op, i, g, n);
            case Operation.ConvolutionInput op ->
                    i ->
                            i == 0
                                    ? Convolutions.forward(g, n.input(1), op.window(), op.groups())
                                    : Convolutions.weightGradient(
                                            g,
                                            n.input(0),
                                            op.window(),
                                            op.groups(),
                                            n.inputShape(1));
            case Operation.ConvolutionWeight op ->
                    i ->
                            i == 0
                                    ? Convolutions.inputGradient(
                                            n.input(1),
                                            g,
                                            op.window(),
                                            op.groups(),
                                            n.inputShape(0))
                                    : Convolutions.forward(n.input(0), g, op.window(), op.groups());
            case Operation.AveragePool op ->
                    i -> Pooling.averageGradient(g, op.window(), op.countPadding(), op.from());
            case Operation.AveragePoolGradient op ->
                    i -> Pooling.average(g, op.window(), op.countPadding());
            case Operation.Custom op -> custom(op.function(), g, n);
        };
    }

    private static Tensor pointwise(Operation.Pointwise op, int i, Tensor g, Node n) {
        if (op.typed().isConstantIn(i)) {
            return null;
        }
        List<Tensor> inputs = new ArrayList<>();
        for (int k = 0; k < n.inputCount(); k++) {
            inputs.add(n.input(k));
        }
        Tensor full = Pointwise.pullback(op, i, inputs, g, n);
        return full.sumTo(n.inputShape(i));
    }

    private static Tensor convolution(Operation.Convolution op, int i, Tensor g, Node n) {
        return switch (i) {
            case 0 ->
                    Convolutions.inputGradient(
                            g, n.input(1), op.window(), op.groups(), n.inputShape(0));
            case 1 ->
                    Convolutions.weightGradient(
                            n.input(0), g, op.window(), op.groups(), n.inputShape(1));
            default -> Merged.after(2, g).sum(0, 2);
        };
    }

    private static Tensor reduce(Operation.Reduce op, Tensor g, Node n) {
        Tensor spread = g.expand(op.from());
        return switch (op.op()) {
            case SUM -> spread;
            case MAXIMUM, MINIMUM -> {
                // shared equally by all elements that attain the extremum, as PyTorch's amax does
                Tensor attained = n.input(0).eq(n.output().expand(op.from())).to(g.dtype());
                Tensor count = attained.sumKeeping(op.axes());
                yield attained.mul(g.div(count).expand(op.from()));
            }
            case PRODUCT -> product(op, spread, n.input(0));
            case ARGMAX, ARGMIN -> null;
        };
    }

    /** The product of all other elements, right for zeros too. */
    private static Tensor product(Operation.Reduce op, Tensor spread, Tensor x) {
        Tensor zero = x.eq(0);
        Tensor nonZero = zero.where(x.onesLike(), x);
        Tensor product = nonZero.prodKeeping(op.axes()).expand(op.from());
        Tensor zeros = zero.to(x.dtype()).sumKeeping(op.axes()).expand(op.from());
        Tensor none = x.zerosLike();
        Tensor atZero = zeros.eq(1).where(product, none);
        Tensor elsewhere = zeros.eq(0).where(product.div(nonZero), none);
        return spread.mul(zero.where(atZero, elsewhere));
    }

    /**
     * For each element the sum, over the later results, of the products of all others: right for
     * zeros and for any order, at a cost that is quadratic in the axis.
     */
    private static Tensor cumulativeProduct(int axis, Tensor g, Tensor x) {
        Tensor rows = x.transpose(axis, -1);
        int size = rows.size(-1);
        Tensor left = Tensor.eye(x.device(), DType.BOOL, size);
        Tensor others = left.where(1, rows.unsqueeze(-2)).cumprod(-1).triu(0);
        return others.mul(g.transpose(axis, -1).unsqueeze(-2)).sum(-1).transpose(axis, -1);
    }

    private static Rule custom(CustomFunction function, Tensor g, Node n) {
        List<Tensor> inputs = new ArrayList<>();
        for (int i = 0; i < n.inputCount(); i++) {
            inputs.add(n.input(i));
        }
        List<Tensor> gradients =
                Autograd.isEnabled()
                        ? differentiated(function, g, inputs)
                        : function.backward(g, inputs, outputs(n));
        return gradients::get;
    }

    private static List<Tensor> outputs(Node n) {
        List<Tensor> outputs = new ArrayList<>();
        outputs.add(n.output());
        outputs.addAll(n.extras());
        return outputs;
    }

    /** The gradients as part of the tape: those of the plain definition. */
    private static List<Tensor> differentiated(
            CustomFunction function, Tensor g, List<Tensor> inputs) {
        List<Tensor> aliases = new ArrayList<>();
        List<Tensor> wanted = new ArrayList<>();
        for (Tensor input : inputs) {
            Tensor alias = input.alias();
            aliases.add(alias);
            if (alias.node() != null) {
                wanted.add(alias);
            }
        }
        List<Tensor> found = Autograd.gradients(function.plain(aliases), g, wanted, true);
        List<Tensor> result = new ArrayList<>();
        int next = 0;
        for (Tensor alias : aliases) {
            result.add(alias.node() == null ? null : found.get(next++));
        }
        return result;
    }

    private static int[] inverse(int[] order) {
        int[] result = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            result[order[i]] = i;
        }
        return result;
    }

    private static int offset(int[] sizes, int index) {
        int offset = 0;
        for (int i = 0; i < index; i++) {
            offset += sizes[i];
        }
        return offset;
    }
}
