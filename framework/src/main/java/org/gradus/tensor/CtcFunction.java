package org.gradus.tensor;

import java.util.Arrays;
import java.util.List;
import org.gradus.device.CtcKernels;
import org.gradus.shape.Shape;

/**
 * The negative log-likelihoods of {@link Alignments#ctc} as fused kernels. Inputs: the
 * log-probabilities, the labels, the times and the labels that count; all contiguous.
 *
 * <p>Where a device has no such kernels the same recursions are made of tensor operations, with a
 * gradient by the recursion from the end rather than through every step of that from the beginning.
 */
record CtcFunction(int blank) implements CustomFunction {
    @Override
    public String name() {
        return "ctc";
    }

    private static boolean isFused(Tensor logs) {
        return logs.shape().elements() > 0
                && logs.device().kernels(CtcKernels.class, logs.dtype()).isPresent();
    }

    private static CtcKernels kernels(Tensor logs) {
        return logs.device().kernels(CtcKernels.class, logs.dtype()).orElseThrow();
    }

    private static Tensor make(Tensor like, int... sizes) {
        return Tensor.over(Value.allocate(like.device(), like.dtype(), Shape.of(sizes)), null);
    }

    private CtcKernels.Targets targets(List<Tensor> inputs) {
        return new CtcKernels.Targets(
                inputs.get(1).view(), inputs.get(2).view(), inputs.get(3).view(), blank);
    }

    private CtcLattice lattice(List<Tensor> inputs) {
        return new CtcLattice(inputs.get(0), inputs.get(1), inputs.get(2), inputs.get(3), blank);
    }

    @Override
    public List<Tensor> forward(List<Tensor> inputs) {
        Tensor logs = inputs.getFirst();
        if (!isFused(logs)) {
            CtcLattice lattice = lattice(inputs);
            Tensor forward = lattice.forward();
            return List.of(lattice.losses(lattice.likelihoods(forward)), forward);
        }
        int batch = logs.size(1);
        Tensor losses = make(logs, batch);
        Tensor sums = make(logs, batch, logs.size(0), 2 * inputs.get(1).size(1) + 1);
        kernels(logs).likelihoods(logs.view(), targets(inputs), losses.view(), sums.view());
        return List.of(losses, sums);
    }

    @Override
    public List<Tensor> backward(Tensor gradient, List<Tensor> inputs, List<Tensor> outputs) {
        return Arrays.asList(logsGradient(gradient, inputs, outputs), null, null, null);
    }

    private Tensor logsGradient(Tensor gradient, List<Tensor> inputs, List<Tensor> outputs) {
        Tensor logs = inputs.getFirst();
        Tensor losses = outputs.get(0);
        if (!isFused(logs)) {
            return lattice(inputs)
                    .occupancies(outputs.get(1), losses.neg(), gradient.neg(), logs.shape());
        }
        Tensor result = make(logs, logs.shape().sizes());
        kernels(logs)
                .gradient(
                        gradient.contiguous().view(),
                        logs.view(),
                        targets(inputs),
                        losses.view(),
                        outputs.get(1).view(),
                        result.view());
        return result;
    }

    @Override
    public Tensor plain(List<Tensor> inputs) {
        CtcLattice lattice = lattice(inputs);
        return lattice.losses(lattice.likelihoods(lattice.differentiableForward()));
    }
}
