package org.gradus.cuda.dnn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.gradus.cuda.library.DeviceStream;
import org.gradus.device.Buffer;
import org.gradus.device.Device;
import org.gradus.device.RecurrentLayerKernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/**
 * Layers of recurrent networks by cuDNN. Their weights are copied to where cuDNN wants them for
 * each call, in the stream, so single steps are left to the own kernels.
 */
public final class CudnnRecurrentLayers implements RecurrentLayerKernels {
    /** Steps for which it pays to copy the weights. */
    private static final int FEWEST_STEPS = 2;

    private final DeviceStream stream;
    private final CudnnLayers cudnn;
    private final CudnnSettings settings;
    private final Device device;
    private final Attempts<Layer, Plan> attempts;

    /**
     * Creates kernels. Nothing is asked of the library before they are used.
     *
     * @param device copies weights
     */
    public CudnnRecurrentLayers(
            DeviceStream stream, CudnnLayers cudnn, CudnnSettings settings, Device device) {
        this.stream = stream;
        this.cudnn = cudnn;
        this.settings = settings;
        this.device = device;
        this.attempts = new Attempts<>(stream, cudnn);
    }

    /** Returns whether layers of a type may be computed. */
    public static boolean takes(DType dtype) {
        return dtype.isFloating() && dtype.computeType() == DType.F32;
    }

    /** Which of a direction's weights, as {@link Weights} orders them. */
    private enum Part {
        INPUT,
        HIDDEN,
        INPUT_BIAS,
        HIDDEN_BIAS;

        View of(Weights weights) {
            return switch (this) {
                case INPUT -> weights.input();
                case HIDDEN -> weights.hidden();
                case INPUT_BIAS -> weights.inputBias().orElseThrow();
                case HIDDEN_BIAS -> weights.hiddenBias().orElseThrow();
            };
        }
    }

    /**
     * Elements that lie together in a weight and in cuDNN's memory.
     *
     * @param from where they begin in the weight
     * @param to where they begin in cuDNN's memory
     */
    private record Span(int direction, Part part, long from, long to, long length) {
        boolean isFollowedBy(Span next) {
            return direction == next.direction
                    && part == next.part
                    && from + length == next.from
                    && to + length == next.to;
        }

        Span with(Span next) {
            return new Span(direction, part, from, to, length + next.length);
        }

        View ofWeights(List<Weights> weights) {
            View whole = part.of(weights.get(direction));
            return elements(whole.buffer(), whole.offset() + from, length);
        }
    }

    private static View elements(Buffer buffer, long from, long length) {
        Shape shape = Shape.of(Math.toIntExact(length));
        return new View(buffer, shape, shape.contiguousStrides(), from);
    }

    private record Plan(CudnnLayers.Recurrence recurrence, List<Span> spans)
            implements Cudnn.Prepared {
        @Override
        public void close() {
            recurrence.close();
        }
    }

    private Optional<Plan> prepare(Layer layer) {
        Optional<CudnnLayers.Recurrence> described = describe(layer);
        if (described.isEmpty()) {
            return Optional.empty();
        }
        CudnnLayers.Recurrence recurrence = described.get();
        try {
            long limit = Math.min(settings.workspaceBytes(), Integer.MAX_VALUE);
            boolean fits =
                    recurrence.workBytes() <= settings.workspaceBytes()
                            && recurrence.weightBytes() <= limit
                            && recurrence.reserveBytes() / Integer.BYTES < Integer.MAX_VALUE;
            if (!fits) {
                recurrence.close();
                return Optional.empty();
            }
            return Optional.of(new Plan(recurrence, spans(layer, recurrence)));
        } catch (RuntimeException | Error e) {
            recurrence.close();
            throw e;
        }
    }

    private Optional<CudnnLayers.Recurrence> describe(Layer layer) {
        try {
            return Optional.of(cudnn.recurrence(layer, settings.mathType(layer.dtype())));
        } catch (CudnnException e) {
            // a type that a version does not know is a bad parameter for it
            if (layer.dtype() == DType.F32) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private List<Span> spans(Layer layer, CudnnLayers.Recurrence recurrence) {
        Buffer weights = device.allocate(layer.dtype(), weightLength(layer, recurrence));
        try {
            return spans(layer, recurrence, stream.address(weights));
        } finally {
            weights.release();
        }
    }

    private static List<Span> spans(Layer layer, CudnnLayers.Recurrence recurrence, long base) {
        int gates = layer.cell().gates();
        List<Span> spans = new ArrayList<>();
        for (int direction = 0; direction < layer.directions(); direction++) {
            for (boolean ofState : new boolean[] {false, true}) {
                long columns = ofState ? layer.hidden() : layer.inputs();
                Part matrix = ofState ? Part.HIDDEN : Part.INPUT;
                Part bias = ofState ? Part.HIDDEN_BIAS : Part.INPUT_BIAS;
                for (int gate = 0; gate < gates; gate++) {
                    int product = ofState ? gates + gate : gate;
                    var place = recurrence.place(direction, product, base);
                    long row = (long) gate * layer.hidden();
                    long size = layer.hidden() * columns;
                    add(spans, layer, direction, matrix, row * columns, place.matrix(), size);
                    if (layer.biased()) {
                        add(spans, layer, direction, bias, row, place.bias(), layer.hidden());
                    }
                }
            }
        }
        return spans;
    }

    private static void add(
            List<Span> spans,
            Layer layer,
            int direction,
            Part part,
            long from,
            long bytes,
            long length) {
        Span span = new Span(direction, part, from, bytes / layer.dtype().bytes(), length);
        for (int i = 0; i < spans.size(); i++) {
            if (spans.get(i).isFollowedBy(span)) {
                spans.set(i, spans.get(i).with(span));
                return;
            }
        }
        spans.add(span);
    }

    private static long weightLength(Layer layer, CudnnLayers.Recurrence recurrence) {
        return Math.ceilDiv(recurrence.weightBytes(), layer.dtype().bytes());
    }

    private boolean solve(Layer layer, Consumer<Plan> run) {
        return layer.steps() >= FEWEST_STEPS && attempts.solve(layer, this::prepare, run);
    }

    @Override
    public OptionalLong keptLength(Layer layer) {
        long[] length = new long[1];
        boolean done =
                solve(
                        layer,
                        plan ->
                                length[0] =
                                        Math.ceilDiv(
                                                plan.recurrence.reserveBytes(), Integer.BYTES));
        return done ? OptionalLong.of(length[0]) : OptionalLong.empty();
    }

    @Override
    public boolean forward(
            Layer layer, View x, List<Weights> weights, View initial, Results results, View kept) {
        return solve(
                layer,
                plan ->
                        withWeights(
                                layer,
                                plan,
                                weights,
                                (packed, work) ->
                                        plan.recurrence.forward(
                                                stream.address(x),
                                                stream.address(initial),
                                                stream.address(results.outputs()),
                                                stream.address(results.last()),
                                                packed,
                                                work,
                                                layer.differentiable()
                                                        ? stream.address(kept)
                                                        : 0)));
    }

    /** Runs something with the addresses of all weights, packed, and of memory to work in. */
    private void withWeights(
            Layer layer, Plan plan, List<Weights> weights, BiConsumer<Long, Long> run) {
        Buffer packed = device.allocate(layer.dtype(), weightLength(layer, plan.recurrence));
        Buffer work = stream.allocate(Math.max(1, plan.recurrence.workBytes()));
        try {
            for (Span span : plan.spans) {
                View target = elements(packed, span.to(), span.length());
                device.copyStrided(span.ofWeights(weights), target);
            }
            run.accept(stream.address(packed), stream.address(work));
        } finally {
            work.release();
            packed.release();
        }
    }

    @Override
    public void backward(
            Layer layer,
            Results gradient,
            View x,
            List<Weights> weights,
            View initial,
            View outputs,
            View kept,
            View xGradient,
            List<Weights> weightGradients,
            View initialGradient) {
        boolean done =
                solve(
                        layer,
                        plan -> {
                            // cuDNN writes into what was kept, which may be asked for again
                            Buffer reserve = device.allocate(DType.I32, kept.elements());
                            long length = weightLength(layer, plan.recurrence);
                            Buffer packed = device.allocate(layer.dtype(), length);
                            try {
                                device.copyStrided(kept, View.of(reserve, kept.shape()));
                                device.fill(elements(packed, 0, length), 0);
                                withWeights(
                                        layer,
                                        plan,
                                        weights,
                                        (values, work) -> {
                                            plan.recurrence.backwardData(
                                                    stream.address(outputs),
                                                    stream.address(gradient.outputs()),
                                                    stream.address(xGradient),
                                                    stream.address(initial),
                                                    stream.address(gradient.last()),
                                                    stream.address(initialGradient),
                                                    values,
                                                    work,
                                                    stream.address(reserve));
                                            plan.recurrence.backwardWeights(
                                                    stream.address(x),
                                                    stream.address(initial),
                                                    stream.address(outputs),
                                                    stream.address(packed),
                                                    work,
                                                    stream.address(reserve));
                                        });
                                for (Span span : plan.spans) {
                                    device.copyStrided(
                                            elements(packed, span.to(), span.length()),
                                            span.ofWeights(weightGradients));
                                }
                            } finally {
                                packed.release();
                                reserve.release();
                            }
                        });
        if (!done) {
            throw new IllegalStateException(
                    "cuDNN took the layer to " + layer + ", and does not take its gradient");
        }
    }

    /** Gives all descriptors back. Called with the stream's lock held. */
    public void close() {
        attempts.close();
    }
}
