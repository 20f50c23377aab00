package org.gradus.cpu.convolution;

import java.util.Arrays;
import java.util.Optional;
import org.gradus.cpu.convolution.winograd.Winograd;
import org.gradus.cpu.matmul.MicroKernels;
import org.gradus.cpu.threads.Scratch;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.ConvolutionKernels;
import org.gradus.device.View;
import org.gradus.device.Window;

/**
 * {@code F32} convolutions over 1 to 3 spatial axes, with strides, padding, dilation and groups, by
 * implicit matrix products or, for filters of 3 by 3, minimal filtering: {@link ConvolutionChoice}
 * decides. Results do not depend on the number of threads.
 */
public final class CpuConvolution implements ConvolutionKernels {
    private static final int SLOT_FIRST = 0;
    private static final int SLOT_SECOND = 1;
    private static final int SLOT_BIAS = 2;
    private static final int SLOT_RESULT = 3;
    private static final int SCRATCH_SLOTS = 4;

    private final WorkerPool pool;
    private final WholeImage wholeImages;
    private final ImplicitProduct product;
    private final InputGradient inputGradients;
    private final WeightGradient weightGradients;
    private final Winograd winograd;
    private final ConvolutionChoice choice = ConvolutionChoice.ofProperty();
    private final Scratch scratch = new Scratch(SCRATCH_SLOTS);

    /** Uses a pool's threads and the fastest micro-kernels of this processor. */
    public CpuConvolution(WorkerPool pool) {
        this(pool, MicroKernels.ofProcessor());
    }

    /** Uses a pool's threads and the given micro-kernels. */
    public CpuConvolution(WorkerPool pool, MicroKernels kernels) {
        this.pool = pool;
        wholeImages = new WholeImage(pool, kernels);
        product = new ImplicitProduct(pool, kernels);
        inputGradients = new InputGradient(pool, product);
        weightGradients = new WeightGradient(pool, kernels);
        winograd = new Winograd(pool, kernels);
    }

    @Override
    public void forward(
            View input, View weight, Optional<View> bias, Window window, int groups, View output) {
        if (output.elements() == 0) {
            return;
        }
        var geometry = Geometry.of(input.shape(), output.shape(), window, groups);
        Dense images = Dense.read(input, pool, scratch, SLOT_FIRST);
        Dense filters = Dense.read(weight, pool, scratch, SLOT_SECOND);
        Dense biases = bias.map(view -> Dense.read(view, pool, scratch, SLOT_BIAS)).orElse(null);
        Dense target = Dense.place(output, scratch, SLOT_RESULT);
        if (WholeImage.isSeen(geometry)) {
            wholeImages.forward(geometry, images, filters, biases, target);
        } else if (choice.isWinograd(geometry)) {
            winograd.forward(geometry, images, filters, biases, target);
        } else {
            product.forward(geometry, images, filters, biases, target);
        }
        target.store(output, pool);
    }

    @Override
    public void inputGradient(
            View outputGradient, View weight, Window window, int groups, View inputGradient) {
        if (inputGradient.elements() == 0) {
            return;
        }
        Dense target = Dense.place(inputGradient, scratch, SLOT_RESULT);
        if (outputGradient.elements() == 0) {
            clear(target, inputGradient);
        } else {
            var geometry =
                    Geometry.of(inputGradient.shape(), outputGradient.shape(), window, groups);
            Dense gradient = Dense.read(outputGradient, pool, scratch, SLOT_FIRST);
            Dense filters = Dense.read(weight, pool, scratch, SLOT_SECOND);
            if (WholeImage.isSeen(geometry)) {
                wholeImages.inputGradient(geometry, gradient, filters, target);
            } else if (choice.isWinograd(geometry)) {
                winograd.inputGradient(geometry, gradient, filters, target);
            } else {
                inputGradients.compute(geometry, gradient, filters, target);
            }
        }
        target.store(inputGradient, pool);
    }

    @Override
    public void weightGradient(
            View input, View outputGradient, Window window, int groups, View weightGradient) {
        if (weightGradient.elements() == 0) {
            return;
        }
        Dense target = Dense.place(weightGradient, scratch, SLOT_RESULT);
        if (outputGradient.elements() == 0 || input.elements() == 0) {
            clear(target, weightGradient);
        } else {
            var geometry = Geometry.of(input.shape(), outputGradient.shape(), window, groups);
            Dense images = Dense.read(input, pool, scratch, SLOT_FIRST);
            Dense gradient = Dense.read(outputGradient, pool, scratch, SLOT_SECOND);
            if (WholeImage.isSeen(geometry)) {
                wholeImages.weightGradient(geometry, images, gradient, target);
            } else if (choice.isWinogradWeightGradient(geometry)) {
                winograd.weightGradient(geometry, images, gradient, target);
            } else {
                weightGradients.compute(geometry, images, gradient, target);
            }
        }
        target.store(weightGradient, pool);
    }

    private static void clear(Dense target, View view) {
        int end = target.offset() + (int) view.elements();
        Arrays.fill(target.data(), target.offset(), end, 0);
    }
}
