package org.gradus.kernels.families;

import java.util.Optional;
import org.gradus.device.Buffer;
import org.gradus.device.NormalizationKernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.kernels.Copying;
import org.gradus.kernels.Launcher;
import org.gradus.shape.Shape;

/**
 * Normalization of channels and of rows. The moments are those of differences from the mean, so a
 * mean far from zero costs no precision.
 *
 * <p>Cost: channels are read three times (once from a cache) by two kernels, rows three times
 * (twice from a cache) by one.
 */
final class NativeNormalization implements NormalizationKernels {
    /** Elements of a channel that one group reduces, about. */
    private static final int PART_ELEMENTS = 8192;

    /** The most parts of a channel: each group adds all of them. */
    private static final int MOST_PARTS = 64;

    /** Rows that one work-item adds for the gradients of weight and bias. */
    private static final int PART_ROWS = 32;

    private final Templates templates;
    private final Launcher launcher;
    private final Copying copying;
    private final PartialSums sums;

    NativeNormalization(Templates templates) {
        this.templates = templates;
        this.launcher = templates.launcher();
        this.copying = new Copying(launcher);
        this.sums = new PartialSums(launcher);
    }

    /** Channels {@code [outer, channels, inner]} in parts of some outer indices. */
    private record Parts(int outer, int channels, int inner, int length) {
        static Parts of(View input) {
            int outer = input.shape().size(0);
            int inner = input.shape().size(2);
            int length = Math.max(1, PART_ELEMENTS / inner);
            length = Math.max(length, Math.ceilDiv(outer, MOST_PARTS));
            return new Parts(outer, input.shape().size(1), inner, Math.min(length, outer));
        }

        int count() {
            return Math.ceilDiv(outer, length);
        }

        Launch begin(Lanes lanes, String file) {
            return lanes.begin(file)
                    .include("channels.h")
                    .word("outer", outer)
                    .word("channels", channels)
                    .word("inner", inner)
                    .word("parts", count())
                    .word("part_length", length);
        }

        long groups(Lanes lanes) {
            return lanes.groups(channels) * count();
        }
    }

    @Override
    public void batch(
            View input,
            Optional<View> weight,
            Optional<View> bias,
            double epsilon,
            View output,
            View mean,
            View inverseDeviation) {
        if (input.elements() == 0) {
            return;
        }
        Parts parts = Parts.of(input);
        Lanes lanes = Lanes.ofChannels(templates, parts.inner);
        long moments = (long) parts.count() * parts.channels;
        Buffer means = launcher.allocate(DType.F32, moments);
        Buffer squares = launcher.allocate(DType.F32, moments);
        parts.begin(lanes, "channel_moments")
                .view("input", input)
                .pointer("means", means)
                .pointer("squares", squares)
                .run(parts.groups(lanes));
        parts.begin(lanes, "channel_norm")
                .number("epsilon", epsilon)
                .view("input", input)
                .pointer("means", means)
                .pointer("squares", squares)
                .optional("weight", weight)
                .optional("bias", bias)
                .view("output", output)
                .view("mean", mean)
                .view("inverse", inverseDeviation)
                .run(parts.groups(lanes));
        means.release();
        squares.release();
    }

    @Override
    public void batchGradient(
            View outputGradient,
            View input,
            Optional<View> weight,
            View mean,
            View inverseDeviation,
            View inputGradient,
            View weightGradient,
            View biasGradient) {
        if (input.elements() == 0) {
            copying.fill(weightGradient, 0);
            copying.fill(biasGradient, 0);
            return;
        }
        Parts parts = Parts.of(input);
        Lanes lanes = Lanes.ofChannels(templates, parts.inner);
        long moments = (long) parts.count() * parts.channels;
        Buffer gradients = launcher.allocate(DType.F32, moments);
        Buffer products = launcher.allocate(DType.F32, moments);
        parts.begin(lanes, "channel_gradient_sums")
                .view("gradient", outputGradient)
                .view("input", input)
                .view("mean", mean)
                .view("inverse", inverseDeviation)
                .pointer("sums", gradients)
                .pointer("products", products)
                .run(parts.groups(lanes));
        parts.begin(lanes, "channel_gradient")
                .view("gradient", outputGradient)
                .view("input", input)
                .optional("weight", weight)
                .view("mean", mean)
                .view("inverse", inverseDeviation)
                .pointer("sums", gradients)
                .pointer("products", products)
                .view("result", inputGradient)
                .view("weight_gradient", weightGradient)
                .view("bias_gradient", biasGradient)
                .run(parts.groups(lanes));
        gradients.release();
        products.release();
    }

    @Override
    public void layer(
            View input,
            Optional<View> weight,
            Optional<View> bias,
            double epsilon,
            View output,
            View mean,
            View inverseDeviation) {
        rows(input, weight, bias, epsilon, output, Optional.of(mean), inverseDeviation);
    }

    @Override
    public void rms(
            View input, Optional<View> weight, double epsilon, View output, View inverseRoot) {
        rows(input, weight, Optional.empty(), epsilon, output, Optional.empty(), inverseRoot);
    }

    private void rows(
            View input,
            Optional<View> weight,
            Optional<View> bias,
            double epsilon,
            View output,
            Optional<View> mean,
            View inverse) {
        if (input.elements() == 0) {
            return;
        }
        int rows = input.shape().size(0);
        int inner = input.shape().size(1);
        Lanes lanes = Lanes.ofRows(templates, inner);
        lanes.begin("row_norm")
                .word("rows", rows)
                .word("inner", inner)
                .number("epsilon", epsilon)
                .view("input", input)
                .optional("weight", weight)
                .optional("bias", bias)
                .view("output", output)
                .optional("mean", mean)
                .view("inverse", inverse)
                .run(lanes.groups(rows));
    }

    @Override
    public void layerGradient(
            View outputGradient,
            View input,
            Optional<View> weight,
            View mean,
            View inverseDeviation,
            View inputGradient,
            View weightGradient,
            View biasGradient) {
        rowsGradient(
                outputGradient,
                input,
                weight,
                Optional.of(mean),
                inverseDeviation,
                inputGradient,
                weightGradient,
                Optional.of(biasGradient));
    }

    @Override
    public void rmsGradient(
            View outputGradient,
            View input,
            Optional<View> weight,
            View inverseRoot,
            View inputGradient,
            View weightGradient) {
        rowsGradient(
                outputGradient,
                input,
                weight,
                Optional.empty(),
                inverseRoot,
                inputGradient,
                weightGradient,
                Optional.empty());
    }

    private void rowsGradient(
            View outputGradient,
            View input,
            Optional<View> weight,
            Optional<View> mean,
            View inverse,
            View inputGradient,
            View weightGradient,
            Optional<View> biasGradient) {
        if (input.elements() == 0) {
            copying.fill(weightGradient, 0);
            biasGradient.ifPresent(view -> copying.fill(view, 0));
            return;
        }
        int rows = input.shape().size(0);
        int inner = input.shape().size(1);
        Lanes lanes = Lanes.ofRows(templates, inner);
        lanes.begin("row_norm_gradient")
                .word("rows", rows)
                .word("inner", inner)
                .view("gradient", outputGradient)
                .view("input", input)
                .optional("weight", weight)
                .optional("mean", mean)
                .view("inverse", inverse)
                .view("result", inputGradient)
                .run(lanes.groups(rows));
        int parts = Math.ceilDiv(rows, PART_ROWS);
        View weights = sums.allocate(parts, Shape.of(inner));
        Optional<View> biases = biasGradient.map(view -> sums.allocate(parts, Shape.of(inner)));
        templates
                .launch("row_norm_parameters")
                .word("rows", rows)
                .word("inner", inner)
                .word("parts", parts)
                .word("part_length", PART_ROWS)
                .view("gradient", outputGradient)
                .view("input", input)
                .optional("mean", mean)
                .view("inverse", inverse)
                .view("weight_parts", weights)
                .optional("bias_parts", biases)
                .runForEach((long) parts * inner);
        sums.addAndRelease(weights, weightGradient);
        biases.ifPresent(view -> sums.addAndRelease(view, biasGradient.orElseThrow()));
    }
}
