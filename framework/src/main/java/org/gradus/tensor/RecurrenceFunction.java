package org.gradus.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.gradus.device.RecurrentKernels;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/**
 * A recurrent cell over a sequence as a fused kernel, with its plain definition. Inputs: the
 * inputs' share of the gates, the weight, the initial states, then the bias and the lengths where
 * there are such.
 */
record RecurrenceFunction(Cell cell, boolean hasBias, boolean hasLengths, boolean reverse)
        implements CustomFunction {
    private static final int WEIGHT = 1;
    private static final int INITIAL = 2;
    private static final int BIAS = 3;

    /** Computes fused if the device can, in the type in which it can. */
    static Tensor of(
            Cell cell,
            Tensor x,
            Tensor weight,
            Tensor bias,
            Tensor initial,
            Tensor lengths,
            boolean reverse) {
        var function = new RecurrenceFunction(cell, bias != null, lengths != null, reverse);
        DType type = function.isFused(x, x.dtype()) ? x.dtype() : x.dtype().computeType();
        return Scope.compute(
                () -> {
                    List<Tensor> inputs = new ArrayList<>();
                    inputs.add(x.to(type).contiguous());
                    inputs.add(weight.to(type).contiguous());
                    inputs.add(initial.to(type).contiguous());
                    if (bias != null) {
                        inputs.add(bias.to(type).contiguous());
                    }
                    if (lengths != null) {
                        inputs.add(lengths.contiguous());
                    }
                    Tensor states =
                            function.isFused(x, type)
                                    ? CustomFunction.apply(function, inputs.toArray(Tensor[]::new))
                                    : function.plain(inputs);
                    return states.to(x.dtype());
                });
    }

    private boolean isFused(Tensor x, DType type) {
        return x.shape().elements() > 0
                && x.device().kernels(RecurrentKernels.class, type).isPresent();
    }

    private static RecurrentKernels kernels(Tensor x) {
        return x.device().kernels(RecurrentKernels.class, x.dtype()).orElseThrow();
    }

    private Optional<View> bias(List<Tensor> inputs) {
        return hasBias ? Optional.of(inputs.get(BIAS).view()) : Optional.empty();
    }

    private Optional<View> lengths(List<Tensor> inputs) {
        return hasLengths ? Optional.of(inputs.getLast().view()) : Optional.empty();
    }

    private static Tensor make(Tensor like, int... sizes) {
        return Tensor.over(Value.allocate(like.device(), like.dtype(), Shape.of(sizes)), null);
    }

    private static Tensor like(Tensor x) {
        return make(x, x.shape().sizes());
    }

    @Override
    public String name() {
        return "recurrence";
    }

    @Override
    public List<Tensor> forward(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        int hidden = inputs.get(WEIGHT).size(1);
        Tensor states = make(x, cell.states(), x.size(0), x.size(1), hidden);
        // the gates of 16-bit tensors are not rounded once more
        DType wide = x.dtype().computeType();
        Shape gates = Shape.of(x.size(0), x.size(1), cell.kept() * hidden);
        Tensor kept = Tensor.over(Value.allocate(x.device(), wide, gates), null);
        kernels(x)
                .forward(
                        cell,
                        x.view(),
                        inputs.get(WEIGHT).view(),
                        bias(inputs),
                        inputs.get(INITIAL).view(),
                        lengths(inputs),
                        reverse,
                        states.view(),
                        kept.view());
        return List.of(states, kept);
    }

    @Override
    public List<Tensor> backward(Tensor g, List<Tensor> inputs, List<Tensor> outputs) {
        Tensor x = inputs.getFirst();
        Tensor weight = inputs.get(WEIGHT);
        Tensor initial = inputs.get(INITIAL);
        Tensor states = outputs.getFirst();
        Tensor dx = like(x);
        Tensor recurrent = cell == Cell.GRU ? like(x) : dx;
        Tensor dInitial = like(initial);
        kernels(x)
                .backward(
                        cell,
                        g.contiguous().view(),
                        weight.view(),
                        initial.view(),
                        lengths(inputs),
                        reverse,
                        states.view(),
                        outputs.get(1).view(),
                        dx.view(),
                        cell == Cell.GRU ? Optional.of(recurrent.view()) : Optional.empty(),
                        dInitial.view());
        Tensor rows = Merged.rows(recurrent, 1);
        Tensor dWeight = rows.mT().matmul(Merged.rows(previous(initial, states), 1));
        List<Tensor> gradients = new ArrayList<>(Arrays.asList(dx, dWeight, dInitial));
        if (hasBias) {
            gradients.add(rows.sum(0));
        }
        if (hasLengths) {
            gradients.add(null);
        }
        return gradients;
    }

    /** The first state before each step, which the weight was multiplied with. */
    private Tensor previous(Tensor initial, Tensor states) {
        Tensor first = initial.narrow(0, 0, 1);
        Tensor hidden = states.select(0, 0);
        int others = hidden.size(0) - 1;
        return reverse
                ? Tensor.cat(0, hidden.narrow(0, 1, others), first)
                : Tensor.cat(0, first, hidden.narrow(0, 0, others));
    }

    @Override
    public Tensor plain(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        int steps = x.size(0);
        if (steps == 0) {
            return inputs.get(INITIAL).unsqueeze(1).narrow(1, 0, 0);
        }
        List<Tensor> shares = new ArrayList<>(steps);
        part(x, shares);
        Tensor[] after = new Tensor[steps];
        Tensor state = inputs.get(INITIAL);
        for (int i = 0; i < steps; i++) {
            int step = reverse ? steps - 1 - i : i;
            Tensor next = step(shares.get(step), state, inputs);
            if (hasLengths) {
                next = inputs.getLast().gt(step).unsqueeze(1).where(next, state);
            }
            after[step] = next;
            state = next;
        }
        return Tensor.stack(1, after);
    }

    /**
     * Collects the steps of a sequence, taken apart by halves: the gradient of a slice is as large
     * as what it was cut from, so a gradient of n slices of the whole would cost n squared.
     */
    private static void part(Tensor sequence, List<Tensor> steps) {
        int count = sequence.size(0);
        if (count == 1) {
            steps.add(sequence.squeeze(0));
        } else {
            part(sequence.narrow(0, 0, count / 2), steps);
            part(sequence.narrow(0, count / 2, count - count / 2), steps);
        }
    }

    /** The states {@code [states, batch, hidden]} after one step. */
    private Tensor step(Tensor share, Tensor state, List<Tensor> inputs) {
        Tensor h = state.select(0, 0);
        Tensor recurrent = h.linear(inputs.get(WEIGHT), hasBias ? inputs.get(BIAS) : null);
        int n = h.size(1);
        return switch (cell) {
            case TANH -> share.add(recurrent).tanh().unsqueeze(0);
            case RELU -> share.add(recurrent).relu().unsqueeze(0);
            case LSTM -> {
                Tensor gates = share.add(recurrent);
                Tensor in = gates.narrow(1, 0, n).sigmoid();
                Tensor forget = gates.narrow(1, n, n).sigmoid();
                Tensor candidate = gates.narrow(1, 2 * n, n).tanh();
                Tensor out = gates.narrow(1, 3 * n, n).sigmoid();
                Tensor c = forget.mul(state.select(0, 1)).add(in.mul(candidate));
                yield Tensor.stack(0, out.mul(c.tanh()), c);
            }
            case GRU -> {
                Tensor both = share.narrow(1, 0, 2 * n).add(recurrent.narrow(1, 0, 2 * n));
                Tensor reset = both.narrow(1, 0, n).sigmoid();
                Tensor update = both.narrow(1, n, n).sigmoid();
                Tensor candidate =
                        share.narrow(1, 2 * n, n)
                                .add(reset.mul(recurrent.narrow(1, 2 * n, n)))
                                .tanh();
                yield candidate.add(update.mul(h.sub(candidate))).unsqueeze(0);
            }
        };
    }
}
