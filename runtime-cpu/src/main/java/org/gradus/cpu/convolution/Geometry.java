package org.gradus.cpu.convolution;

import java.util.Arrays;
import org.gradus.device.Window;
import org.gradus.shape.Shape;

/**
 * The sizes of a convolution, with three spatial axes always: missing ones lead and have size 1.
 *
 * @param batch the number of images
 * @param channels the channels of the input
 * @param filters the channels of the output
 * @param groups into how many parts channels and filters are divided
 * @param input the spatial sizes of the input
 * @param output the spatial sizes of the output
 * @param kernel the sizes of the window
 * @param stride the steps between positions
 * @param padding the zeros before and after the input
 * @param dilation the distances between elements of the window
 */
public record Geometry(
        int batch,
        int channels,
        int filters,
        int groups,
        int[] input,
        int[] output,
        int[] kernel,
        int[] stride,
        int[] padding,
        int[] dilation) {
    /** The number of spatial axes. */
    public static final int AXES = 3;

    /**
     * Returns the geometry for an input {@code [batch, channels, spatial...]} and an output {@code
     * [batch, filters, positions...]}.
     */
    public static Geometry of(Shape input, Shape output, Window window, int groups) {
        return new Geometry(
                input.size(0),
                input.size(1),
                output.size(1),
                groups,
                spatial(input, 1),
                spatial(output, 1),
                filled(window.kernel(), 1),
                filled(window.stride(), 1),
                filled(window.padding(), 0),
                filled(window.dilation(), 1));
    }

    private static int[] spatial(Shape shape, int missing) {
        int[] sizes = shape.sizes();
        return filled(Arrays.copyOfRange(sizes, 2, sizes.length), missing);
    }

    private static int[] filled(int[] values, int missing) {
        int[] result = new int[AXES];
        Arrays.fill(result, missing);
        System.arraycopy(values, 0, result, AXES - values.length, values.length);
        return result;
    }

    /** Returns the number of elements of a channel of the input. */
    public int inputSize() {
        return input[0] * input[1] * input[2];
    }

    /** Returns the number of positions: the elements of a channel of the output. */
    public int outputSize() {
        return output[0] * output[1] * output[2];
    }

    /** Returns the number of elements of the window. */
    public int taps() {
        return kernel[0] * kernel[1] * kernel[2];
    }

    /** Returns the channels of a group. */
    public int groupChannels() {
        return channels / groups;
    }

    /** Returns the filters of a group. */
    public int groupFilters() {
        return filters / groups;
    }

    /** Returns the number of elements of one filter. */
    public int filterSize() {
        return groupChannels() * taps();
    }
}
