package org.gradus.cpu.convolution.winograd;

import org.gradus.cpu.convolution.Dense;
import org.gradus.cpu.convolution.Geometry;
import org.gradus.cpu.matmul.MicroKernels;
import org.gradus.cpu.threads.WorkerPool;

/**
 * Convolutions with filters of 3 by 3 and stride 1 by minimal filtering F(2×2, 3×3) (Lavin and
 * Gray, "Fast Algorithms for Convolutional Neural Networks", 2015): 16 products where a direct
 * convolution takes 36. Results differ from those in the order of rounding, by some 10⁻⁵ of the
 * largest.
 */
public final class Winograd {
    private final WinogradProduct product;
    private final WinogradWeightGradient weightGradients;

    /** Uses a pool's threads and the given micro-kernels. */
    public Winograd(WorkerPool pool, MicroKernels kernels) {
        var transforms = new WarmingTransforms();
        product = new WinogradProduct(pool, kernels, transforms);
        weightGradients = new WinogradWeightGradient(pool, kernels, transforms);
    }

    /** Computes the output of a convolution that {@link WinogradCost#serves}. */
    public void forward(Geometry geometry, Dense input, Dense weight, Dense bias, Dense output) {
        int filter = Filters.TAPS;
        product.multiply(
                new WinogradProduct.Operands(
                        tiles(geometry),
                        input,
                        geometry.channels(),
                        weight,
                        geometry.channels() * filter,
                        filter,
                        false,
                        bias,
                        output,
                        geometry.filters()));
    }

    /** Computes the gradient of the input. */
    public void inputGradient(
            Geometry geometry, Dense outputGradient, Dense weight, Dense inputGradient) {
        int filter = Filters.TAPS;
        int[] input = geometry.input();
        int[] output = geometry.output();
        int[] padding = geometry.padding();
        var tiles =
                new Tiles(
                        geometry.batch(),
                        output[1],
                        output[2],
                        Filters.SIDE - 1 - padding[1],
                        Filters.SIDE - 1 - padding[2],
                        input[1],
                        input[2]);
        product.multiply(
                new WinogradProduct.Operands(
                        tiles,
                        outputGradient,
                        geometry.filters(),
                        weight,
                        filter,
                        geometry.channels() * filter,
                        true,
                        null,
                        inputGradient,
                        geometry.channels()));
    }

    /** Computes the gradient of the filters. */
    public void weightGradient(
            Geometry geometry, Dense input, Dense outputGradient, Dense weightGradient) {
        weightGradients.compute(
                tiles(geometry),
                input,
                geometry.channels(),
                outputGradient,
                geometry.filters(),
                weightGradient);
    }

    private static Tiles tiles(Geometry geometry) {
        return new Tiles(
                geometry.batch(),
                geometry.input()[1],
                geometry.input()[2],
                geometry.padding()[1],
                geometry.padding()[2],
                geometry.output()[1],
                geometry.output()[2]);
    }
}
