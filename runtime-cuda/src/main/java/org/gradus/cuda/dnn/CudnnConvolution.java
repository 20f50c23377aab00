package org.gradus.cuda.dnn;

import java.util.List;
import java.util.Optional;
import org.gradus.cuda.library.DeviceStream;
import org.gradus.device.Buffer;
import org.gradus.device.ConvolutionKernels;
import org.gradus.device.View;
import org.gradus.device.Window;

/**
 * Convolutions by cuDNN; what it does not take goes to other kernels. Tensors stay as they lie:
 * nothing is copied to another layout.
 *
 * <p>Cost: a search in a map and one or two calls; the first time that a problem is met, its
 * descriptors and the choice of an algorithm.
 */
public final class CudnnConvolution implements ConvolutionKernels {
    private final DeviceStream stream;
    private final Cudnn cudnn;
    private final CudnnSettings settings;
    private final ConvolutionKernels own;
    private final Attempts<ConvolutionProblem, Plan> attempts;

    /**
     * Creates kernels. Nothing is asked of the library before the first convolution.
     *
     * @param own take what cuDNN does not
     */
    public CudnnConvolution(
            DeviceStream stream, Cudnn cudnn, CudnnSettings settings, ConvolutionKernels own) {
        this.stream = stream;
        this.cudnn = cudnn;
        this.settings = settings;
        this.own = own;
        this.attempts = new Attempts<>(stream, cudnn);
    }

    /** Descriptors and the algorithm that was chosen. */
    private record Plan(Cudnn.Convolution convolution, int algorithm, long workspaceBytes)
            implements Cudnn.Prepared {
        @Override
        public void close() {
            convolution.close();
        }
    }

    /** The addresses of a product, in the order of its direction. */
    private record Operands(long a, long b, long c) {}

    @Override
    public void forward(
            View input, View weight, Optional<View> bias, Window window, int groups, View output) {
        boolean done =
                bias.map(view -> view.isContiguous()).orElse(true)
                        && solve(Direction.FORWARD, input, weight, output, bias, window, groups);
        if (!done) {
            own.forward(input, weight, bias, window, groups, output);
        }
    }

    @Override
    public void inputGradient(
            View outputGradient, View weight, Window window, int groups, View inputGradient) {
        boolean done =
                solve(
                        Direction.INPUT,
                        inputGradient,
                        weight,
                        outputGradient,
                        Optional.empty(),
                        window,
                        groups);
        if (!done) {
            own.inputGradient(outputGradient, weight, window, groups, inputGradient);
        }
    }

    @Override
    public void weightGradient(
            View input, View outputGradient, Window window, int groups, View weightGradient) {
        boolean done =
                solve(
                        Direction.WEIGHT,
                        input,
                        weightGradient,
                        outputGradient,
                        Optional.empty(),
                        window,
                        groups);
        if (!done) {
            own.weightGradient(input, outputGradient, window, groups, weightGradient);
        }
    }

    private boolean solve(
            Direction direction,
            View image,
            View weight,
            View output,
            Optional<View> bias,
            Window window,
            int groups) {
        Optional<ConvolutionProblem> problem =
                ConvolutionProblem.of(direction, image, weight, output, window, groups);
        if (problem.isEmpty()) {
            return false;
        }
        long x = stream.address(image);
        long w = stream.address(weight);
        long y = stream.address(output);
        long b = bias.map(stream::address).orElse(0L);
        if (!Attempts.areAligned(x, w, y, b)) {
            return false;
        }
        Operands operands =
                switch (direction) {
                    case FORWARD -> new Operands(x, w, y);
                    case INPUT -> new Operands(w, y, x);
                    case WEIGHT -> new Operands(x, y, w);
                };
        return attempts.solve(
                problem.get(),
                p -> prepare(p, operands),
                plan -> {
                    run(plan, operands);
                    if (bias.isPresent()) {
                        plan.convolution().addBias(b, y);
                    }
                });
    }

    private Optional<Plan> prepare(ConvolutionProblem problem, Operands operands) {
        Cudnn.Convolution convolution =
                cudnn.convolution(problem, settings.mathType(problem.dtype()));
        Optional<Plan> plan = Optional.empty();
        try {
            plan = choose(problem, convolution, operands);
            return plan;
        } finally {
            if (plan.isEmpty()) {
                convolution.close();
            }
        }
    }

    private Optional<Plan> choose(
            ConvolutionProblem problem, Cudnn.Convolution convolution, Operands operands) {
        List<Algorithm> candidates = allowed(convolution.guess());
        if (settings.tune() && !stream.isRecording() && !candidates.isEmpty()) {
            candidates = allowed(measure(convolution, candidates, operands));
        }
        for (Algorithm candidate : candidates) {
            Optional<Plan> plan = plan(problem, convolution, candidate);
            if (plan.isPresent()) {
                return plan;
            }
        }
        return Optional.empty();
    }

    /** Returns a plan, or nothing where the algorithm does not go with the math type. */
    private Optional<Plan> plan(
            ConvolutionProblem problem, Cudnn.Convolution convolution, Algorithm algorithm) {
        try {
            convolution.setMathType(settings.mathType(problem.dtype(), algorithm));
            long bytes = convolution.workspaceBytes(algorithm.number());
            return Optional.of(new Plan(convolution, algorithm.number(), bytes));
        } catch (CudnnException e) {
            if (e.isUnsupported()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private List<Algorithm> allowed(List<Algorithm> algorithms) {
        return algorithms.stream().filter(settings::allows).toList();
    }

    private List<Algorithm> measure(
            Cudnn.Convolution convolution, List<Algorithm> candidates, Operands operands) {
        long bytes = candidates.stream().mapToLong(Algorithm::workspaceBytes).max().orElse(0);
        Buffer workspace = stream.allocate(bytes);
        try {
            long address = stream.address(workspace);
            return convolution.measure(operands.a(), operands.b(), operands.c(), address, bytes);
        } finally {
            workspace.release();
        }
    }

    /** The workspace goes back at once: what gets it next runs later in the stream. */
    private void run(Plan plan, Operands operands) {
        Buffer workspace =
                plan.workspaceBytes() == 0 ? null : stream.allocate(plan.workspaceBytes());
        try {
            plan.convolution()
                    .run(
                            operands.a(),
                            operands.b(),
                            operands.c(),
                            plan.algorithm(),
                            workspace == null ? 0 : stream.address(workspace),
                            plan.workspaceBytes());
        } finally {
            if (workspace != null) {
                workspace.release();
            }
        }
    }

    /** Returns how many problems are remembered. */
    int problems() {
        return attempts.size();
    }

    /** Gives all descriptors back. Called with the stream's lock held. */
    public void close() {
        attempts.close();
    }
}
