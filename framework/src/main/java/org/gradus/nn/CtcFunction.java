package org.gradus.nn;

import java.util.Arrays;
import java.util.List;
import org.gradus.tensor.CustomFunction;
import org.gradus.tensor.Tensor;

/**
 * The negative log-likelihoods of {@link CtcLoss}, with a gradient by the recursion from the end
 * rather than through every step of that from the beginning.
 */
record CtcFunction(int blank) implements CustomFunction {
    @Override
    public String name() {
        return "ctc";
    }

    private CtcLattice lattice(List<Tensor> inputs) {
        return new CtcLattice(inputs.get(0), inputs.get(1), inputs.get(2), inputs.get(3), blank);
    }

    @Override
    public List<Tensor> forward(List<Tensor> inputs) {
        CtcLattice lattice = lattice(inputs);
        Tensor forward = lattice.forward();
        return List.of(lattice.likelihoods(forward).neg(), forward);
    }

    @Override
    public List<Tensor> backward(Tensor gradient, List<Tensor> inputs, List<Tensor> outputs) {
        Tensor logs = inputs.getFirst();
        Tensor likelihoods = outputs.get(0).neg();
        Tensor occupancies =
                lattice(inputs)
                        .occupancies(outputs.get(1), likelihoods, gradient.neg(), logs.shape());
        return Arrays.asList(occupancies.to(logs.dtype()), null, null, null);
    }

    @Override
    public Tensor plain(List<Tensor> inputs) {
        CtcLattice lattice = lattice(inputs);
        return lattice.likelihoods(lattice.differentiableForward()).neg();
    }
}
