package org.gradus.cpu.convolution;

import java.util.Arrays;
import org.gradus.device.Window;

/**
 * What a window sees of the input along one axis.
 *
 * @param input the size of the input
 * @param kernel the size of the window
 * @param stride the step between positions
 * @param padding how far it may reach over each end
 * @param dilation the distance between its elements
 */
public record Reach(int input, int kernel, int stride, int padding, int dilation) {
    /** Returns the reach along each of three axes; missing ones lead. */
    public static Reach[] of(int[] input, Window window) {
        var result = new Reach[Geometry.AXES];
        int missing = Geometry.AXES - window.rank();
        Arrays.setAll(
                result,
                axis ->
                        axis < missing
                                ? new Reach(1, 1, 1, 0, 1)
                                : new Reach(
                                        input[axis],
                                        window.kernel()[axis - missing],
                                        window.stride()[axis - missing],
                                        window.padding()[axis - missing],
                                        window.dilation()[axis - missing]));
        return result;
    }

    /** Returns the reach of a convolution's window along an axis. */
    public static Reach of(Geometry geometry, int axis) {
        return new Reach(
                geometry.input()[axis],
                geometry.kernel()[axis],
                geometry.stride()[axis],
                geometry.padding()[axis],
                geometry.dilation()[axis]);
    }

    /** Returns the input index that an element sees at a position; it may lie beyond the ends. */
    public int index(int position, int element) {
        return position * stride - padding + element * dilation;
    }

    /** Returns the first element that sees the input at a position. */
    public int firstElement(int position) {
        int start = index(position, 0);
        return start >= 0 ? 0 : Math.min(kernel, (dilation - 1 - start) / dilation);
    }

    /** Returns the element after the last that sees the input at a position. */
    public int endElement(int position) {
        int room = input - 1 - index(position, 0);
        return room < 0 ? 0 : Math.min(kernel, room / dilation + 1);
    }

    /** Returns the first position at which an element sees the input. */
    public int firstPosition(int element) {
        int start = index(0, element);
        return start >= 0 ? 0 : (stride - 1 - start) / stride;
    }

    /** Returns the position after the last of {@code positions} at which it sees the input. */
    public int endPosition(int element, int positions) {
        int room = input - 1 - index(0, element);
        return room < 0 ? 0 : Math.min(positions, room / stride + 1);
    }
}
