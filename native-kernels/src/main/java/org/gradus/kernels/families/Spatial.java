package org.gradus.kernels.families;

import java.util.Arrays;
import org.gradus.device.View;
import org.gradus.device.Window;

/** Sizes and strides along three spatial axes always: missing ones lead. */
final class Spatial {
    /** The most spatial axes. */
    static final int AXES = 3;

    private Spatial() {}

    /** Returns the spatial sizes of a view {@code [batch, channels, spatial...]}. */
    static int[] sizes(View view) {
        return leading(Arrays.copyOfRange(view.shape().sizes(), 2, view.shape().rank()), 1);
    }

    /** Returns the spatial strides of a view {@code [batch, channels, spatial...]}. */
    static long[] strides(View view) {
        long[] result = new long[AXES];
        int missing = AXES + 2 - view.shape().rank();
        System.arraycopy(view.strides(), 2, result, missing, AXES - missing);
        return result;
    }

    /** Returns a window over three axes. */
    static Window window(Window window) {
        return new Window(
                leading(window.kernel(), 1),
                leading(window.stride(), 1),
                leading(window.padding(), 0),
                leading(window.dilation(), 1));
    }

    private static int[] leading(int[] values, int missing) {
        int[] result = new int[AXES];
        Arrays.fill(result, missing);
        System.arraycopy(values, 0, result, AXES - values.length, values.length);
        return result;
    }
}
