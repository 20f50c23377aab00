package org.gradus.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.device.RecurrentLayerKernels;
import org.gradus.device.RecurrentLayerKernels.Layer;
import org.gradus.device.RecurrentLayerKernels.Results;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/**
 * A layer of a recurrent network over sequences of one length by a device's own kernels for that,
 * with its plain definition. Inputs: the layer's input, the initial states, then for each direction
 * the weights and, where there are such, the biases. The result is one tensor: the outputs, and
 * after them the last states.
 */
record RecurrentLayer(Layer layer, long kept) implements CustomFunction {
    private static final int WEIGHTS = 2;

    /** Computes as {@link Recurrences#recurrentLayer} says, if the device has kernels for it. */
    static Optional<Recurrences.LayerResult> of(
            Cell cell, Tensor x, List<Recurrences.Weights> directions, Tensor initial) {
        Recurrences.Weights first = directions.getFirst();
        var kernels = x.device().kernels(RecurrentLayerKernels.class, x.dtype());
        if (kernels.isEmpty() || x.shape().elements() == 0) {
            return Optional.empty();
        }
        try (var _ = Scope.open()) {
            Tensor[] inputs = inputs(x, directions, initial);
            Layer layer =
                    new Layer(
                            cell,
                            x.dtype(),
                            x.size(0),
                            x.size(1),
                            x.size(2),
                            first.hidden().size(1),
                            directions.size(),
                            first.inputBias() != null,
                            Autograd.isRecording(inputs));
            OptionalLong kept = kernels.get().keptLength(layer);
            if (kept.isEmpty()) {
                return Optional.empty();
            }
            RecurrentLayer function = new RecurrentLayer(layer, kept.getAsLong());
            List<Tensor> made = Autograd.withoutGradients(() -> function.attempt(List.of(inputs)));
            if (made.isEmpty()) {
                return Optional.empty();
            }
            Tensor[] extras = made.subList(1, made.size()).toArray(Tensor[]::new);
            Tensor all = made.getFirst().recorded(new Operation.Custom(function), extras, inputs);
            return Optional.of(
                    new Recurrences.LayerResult(
                            function.part(all, 0, layer.steps(), layer.batch(), function.width())
                                    .keep(),
                            function.part(all, function.outputs(), function.states()).keep()));
        }
    }

    private static Tensor[] inputs(Tensor x, List<Recurrences.Weights> directions, Tensor initial) {
        List<Tensor> inputs = new ArrayList<>(List.of(x, initial));
        for (Recurrences.Weights weights : directions) {
            inputs.add(weights.input());
            inputs.add(weights.hidden());
            if (weights.inputBias() != null) {
                inputs.add(weights.inputBias());
                inputs.add(weights.hiddenBias());
            }
        }
        return inputs.stream()
                .map(input -> input.to(x.dtype()).contiguous())
                .toArray(Tensor[]::new);
    }

    private int width() {
        return layer.directions() * layer.hidden();
    }

    private long outputs() {
        return (long) layer.steps() * layer.batch() * width();
    }

    private int[] states() {
        return new int[] {layer.cell().states(), layer.directions(), layer.batch(), layer.hidden()};
    }

    private Tensor part(Tensor all, long from, int... sizes) {
        Shape shape = Shape.of(sizes);
        return all.narrow(0, Math.toIntExact(from), Math.toIntExact(shape.elements()))
                .reshape(shape);
    }

    /** The views of the results that lie one after the other. */
    private Results results(Tensor all) {
        View view = all.view();
        Shape outputs = Shape.of(layer.steps(), layer.batch(), width());
        Shape last = Shape.of(states());
        return new Results(
                new View(view.buffer(), outputs, outputs.contiguousStrides(), view.offset()),
                new View(
                        view.buffer(),
                        last,
                        last.contiguousStrides(),
                        view.offset() + outputs.elements()));
    }

    /** The views of weights, or of their gradients, that begin at the third of some tensors. */
    private List<RecurrentLayerKernels.Weights> weights(List<Tensor> tensors) {
        int each = layer.biased() ? 4 : 2;
        List<RecurrentLayerKernels.Weights> result = new ArrayList<>();
        for (int i = WEIGHTS; i < tensors.size(); i += each) {
            result.add(
                    new RecurrentLayerKernels.Weights(
                            tensors.get(i).view(),
                            tensors.get(i + 1).view(),
                            bias(tensors, i + 2),
                            bias(tensors, i + 3)));
        }
        return result;
    }

    private Optional<View> bias(List<Tensor> tensors, int index) {
        return layer.biased() ? Optional.of(tensors.get(index).view()) : Optional.empty();
    }

    private RecurrentLayerKernels kernels(Tensor x) {
        return x.device().kernels(RecurrentLayerKernels.class, x.dtype()).orElseThrow();
    }

    private static Tensor make(Tensor like, DType dtype, Shape shape) {
        return Tensor.over(Value.allocate(like.device(), dtype, shape), null);
    }

    /** Returns the results and what is kept, or nothing if the device does not compute it. */
    private List<Tensor> attempt(List<Tensor> inputs) {
        Tensor x = inputs.getFirst();
        long length = outputs() + Shape.of(states()).elements();
        Tensor all = make(x, x.dtype(), Shape.of(Math.toIntExact(length)));
        Tensor reserve = make(x, DType.I32, Shape.of(Math.toIntExact(kept)));
        boolean done =
                kernels(x)
                        .forward(
                                layer,
                                x.view(),
                                weights(inputs),
                                inputs.get(1).view(),
                                results(all),
                                reserve.view());
        return done ? List.of(all, reserve) : List.of();
    }

    @Override
    public String name() {
        return "recurrentLayer";
    }

    @Override
    public List<Tensor> forward(List<Tensor> inputs) {
        List<Tensor> made = attempt(inputs);
        if (made.isEmpty()) {
            throw new TensorException(name() + ": the device does not " + layer);
        }
        return made;
    }

    @Override
    public List<Tensor> backward(Tensor g, List<Tensor> inputs, List<Tensor> outputs) {
        Tensor x = inputs.getFirst();
        List<Tensor> gradients = new ArrayList<>();
        for (Tensor input : inputs) {
            gradients.add(make(input, input.dtype(), input.shape()));
        }
        kernels(x)
                .backward(
                        layer,
                        results(g.contiguous()),
                        x.view(),
                        weights(inputs),
                        inputs.get(1).view(),
                        results(outputs.getFirst()).outputs(),
                        outputs.get(1).view(),
                        gradients.get(0).view(),
                        weights(gradients),
                        gradients.get(1).view());
        return gradients;
    }

    @Override
    public Tensor plain(List<Tensor> inputs) {
        int each = layer.biased() ? 4 : 2;
        List<Recurrences.Weights> directions = new ArrayList<>();
        for (int i = WEIGHTS; i < inputs.size(); i += each) {
            directions.add(
                    new Recurrences.Weights(
                            inputs.get(i),
                            inputs.get(i + 1),
                            layer.biased() ? inputs.get(i + 2) : null,
                            layer.biased() ? inputs.get(i + 3) : null));
        }
        Recurrences.LayerResult result =
                composed(layer.cell(), inputs.getFirst(), directions, inputs.get(1), null);
        return Tensor.cat(0, result.output().flatten(), result.last().flatten());
    }

    /**
     * Computes from a product of the inputs and one {@link Recurrences#recurrence} for each
     * direction.
     *
     * @param lengths the steps of each sequence, or null
     */
    static Recurrences.LayerResult composed(
            Cell cell,
            Tensor x,
            List<Recurrences.Weights> directions,
            Tensor initial,
            Tensor lengths) {
        int steps = x.size(0);
        Tensor[] outputs = new Tensor[directions.size()];
        Tensor[] last = new Tensor[outputs.length];
        for (int i = 0; i < outputs.length; i++) {
            boolean reverse = i == 1;
            Tensor before = initial.select(1, i);
            Tensor states = states(cell, x, directions.get(i), before, lengths, reverse);
            outputs[i] = states.select(0, 0);
            last[i] = steps == 0 ? before : states.select(1, reverse ? 0 : steps - 1);
        }
        return new Recurrences.LayerResult(
                outputs.length == 1 ? outputs[0] : Tensor.cat(2, outputs), Tensor.stack(1, last));
    }

    private static Tensor states(
            Cell cell,
            Tensor x,
            Recurrences.Weights weights,
            Tensor initial,
            Tensor lengths,
            boolean reverse) {
        Tensor bias = weights.inputBias();
        Tensor recurrentBias = weights.hiddenBias();
        if (bias != null && cell != Cell.GRU) {
            // both biases are added to the same sum: together they cost one gradient
            bias = bias.add(recurrentBias);
            recurrentBias = null;
        }
        return x.linear(weights.input(), bias)
                .recurrence(cell, weights.hidden(), recurrentBias, initial, lengths, reverse);
    }
}
