package org.gradus.cpu.convolution.winograd;

import org.gradus.cpu.convolution.Geometry;

/**
 * Tells which convolutions minimal filtering can do, and for which of them it pays, by counting
 * multiplications. It depends on the shapes alone, so that results do not change from machine to
 * machine.
 */
public final class WinogradCost {
    /**
     * What transforming an input tile costs, in multiplications, as measured: it runs at the speed
     * of memory, and 32 to 64 channels are faster directly.
     */
    private static final double INPUT_TILE = 480;

    /** What transforming products back costs, in multiplications per tile of the output. */
    private static final double OUTPUT_TILE = 480;

    /**
     * What transforming a tile of the input or of the output's gradient costs in the gradient of
     * filters, where nothing but filters is transformed back.
     */
    private static final double SUMMED_TILE = 250;

    /** What transforming a filter costs, in multiplications. */
    private static final double FILTER = 300;

    private WinogradCost() {}

    /** Returns whether a convolution has filters of 3 by 3, stride 1, and one group. */
    public static boolean serves(Geometry geometry) {
        int[] kernel = geometry.kernel();
        int[] padding = geometry.padding();
        return geometry.groups() == 1
                && kernel[0] == 1
                && geometry.input()[0] == 1
                && geometry.output()[0] == 1
                && padding[0] == 0
                && isPlain(geometry, 1)
                && isPlain(geometry, 2);
    }

    private static boolean isPlain(Geometry geometry, int axis) {
        return geometry.kernel()[axis] == Filters.SIDE
                && geometry.stride()[axis] == 1
                && geometry.dilation()[axis] == 1
                && geometry.padding()[axis] < Filters.SIDE;
    }

    /** Returns the cost of a direct convolution, in multiplications. */
    public static double direct(Geometry geometry) {
        return (double) Filters.TAPS
                * geometry.channels()
                * geometry.filters()
                * geometry.batch()
                * geometry.outputSize();
    }

    /** Returns the cost by minimal filtering, in multiplications of a direct convolution. */
    public static double winograd(Geometry geometry) {
        double transforms = INPUT_TILE * geometry.channels() + OUTPUT_TILE * geometry.filters();
        return winograd(geometry, transforms);
    }

    /** Returns the cost of the gradient of the filters by minimal filtering, likewise. */
    public static double winogradWeightGradient(Geometry geometry) {
        return winograd(geometry, SUMMED_TILE * (geometry.channels() + geometry.filters()));
    }

    private static double winograd(Geometry geometry, double tileTransforms) {
        int[] output = geometry.output();
        double tiles = (double) geometry.batch() * ((output[1] + 1) / 2) * ((output[2] + 1) / 2);
        double filters = (double) geometry.channels() * geometry.filters();
        return (Transforms.POINTS * filters + tileTransforms) * tiles + FILTER * filters;
    }

    /** Returns whether minimal filtering can do a convolution and is probably faster. */
    public static boolean pays(Geometry geometry) {
        return serves(geometry) && winograd(geometry) < direct(geometry);
    }

    /** Returns the same for the gradient of the filters. */
    public static boolean paysForWeightGradient(Geometry geometry) {
        return serves(geometry) && winogradWeightGradient(geometry) < direct(geometry);
    }
}
