package org.gradus.cuda.dnn;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.gradus.cuda.library.DeviceStream;
import org.gradus.device.Buffer;
import org.gradus.device.ConvolutionKernels;
import org.gradus.device.DeviceMemoryException;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.dtype.DType;

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

    /** Descriptors, the algorithm that was chosen, and those that are left to be chosen from. */
    private final class Plan implements Cudnn.Prepared {
        private final Cudnn.Convolution convolution;
        private final DType dtype;
        private final Queue<Algorithm> left;
        private int algorithm;
        private long workspaceBytes;

        Plan(Cudnn.Convolution convolution, DType dtype, List<Algorithm> candidates) {
            this.convolution = convolution;
            this.dtype = dtype;
            this.left = new ArrayDeque<>(candidates);
        }

        /** Chooses the next that needs less memory than so much; returns whether there is one. */
        boolean chooseNext(long lessThan) {
            while (!left.isEmpty()) {
                Algorithm next = left.remove();
                if (next.workspaceBytes() < lessThan && choose(next)) {
                    return true;
                }
            }
            return false;
        }

        /** Returns false where the algorithm does not go with the math type. */
        private boolean choose(Algorithm candidate) {
            try {
                convolution.setMathType(settings.mathType(dtype, candidate));
                long bytes = convolution.workspaceBytes(candidate.number());
                algorithm = candidate.number();
                workspaceBytes = bytes;
                return true;
            } catch (CudnnException e) {
                if (e.isUnsupported()) {
                    return false;
                }
                throw e;
            }
        }

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
                        plan.convolution.addBias(b, y);
                    }
                });
    }

    private Optional<Plan> prepare(ConvolutionProblem problem, Operands operands) {
        Cudnn.Convolution convolution =
                cudnn.convolution(problem, settings.mathType(problem.dtype()));
        boolean isComplete = false;
        try {
            Plan plan = new Plan(convolution, problem.dtype(), candidates(convolution, operands));
            isComplete = plan.chooseNext(Long.MAX_VALUE);
            return isComplete ? Optional.of(plan) : Optional.empty();
        } finally {
            if (!isComplete) {
                convolution.close();
            }
        }
    }

    private List<Algorithm> candidates(Cudnn.Convolution convolution, Operands operands) {
        List<Algorithm> guessed = allowed(convolution.guess());
        return settings.tune() && !stream.isRecording() && !guessed.isEmpty()
                ? allowed(measure(convolution, guessed, operands))
                : guessed;
    }

    private List<Algorithm> allowed(List<Algorithm> algorithms) {
        return algorithms.stream().filter(settings::allows).toList();
    }

    private List<Algorithm> measure(
            Cudnn.Convolution convolution, List<Algorithm> candidates, Operands operands) {
        long bytes = candidates.stream().mapToLong(Algorithm::workspaceBytes).max().orElse(0);
        Buffer workspace;
        try {
            workspace = stream.allocate(bytes);
        } catch (DeviceMemoryException noRoom) {
            return candidates;
        }
        try {
            long address = stream.address(workspace);
            return convolution.measure(operands.a(), operands.b(), operands.c(), address, bytes);
        } finally {
            workspace.release();
        }
    }

    /** The workspace goes back at once: what gets it next runs later in the stream. */
    private void run(Plan plan, Operands operands) {
        Buffer workspace = workspace(plan);
        try {
            plan.convolution.run(
                    operands.a(),
                    operands.b(),
                    operands.c(),
                    plan.algorithm,
                    workspace == null ? 0 : stream.address(workspace),
                    plan.workspaceBytes);
        } finally {
            if (workspace != null) {
                workspace.release();
            }
        }
    }

    /**
     * Returns the memory that an algorithm needs besides, null if it needs none. Where there is no
     * room, an algorithm is taken that needs less, and kept; not within a recording, which is not
     * to differ from what was done before.
     */
    private Buffer workspace(Plan plan) {
        while (plan.workspaceBytes > 0) {
            try {
                return stream.allocate(plan.workspaceBytes);
            } catch (DeviceMemoryException noRoom) {
                if (stream.isRecording() || !plan.chooseNext(plan.workspaceBytes)) {
                    throw noRoom;
                }
            }
        }
        return null;
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
