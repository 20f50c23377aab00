package org.gradus.cuda.dnn;

import org.gradus.device.Window;

/** Windows over as many spatial axes as {@link TensorLayout} has. */
final class Windows {
    private Windows() {}

    /** Returns a window over one axis as one over rows of height 1; others as they are. */
    static Window overImages(Window window) {
        return window.rank() > 1
                ? window
                : new Window(
                        new int[] {1, window.kernel()[0]},
                        new int[] {1, window.stride()[0]},
                        new int[] {0, window.padding()[0]},
                        new int[] {1, window.dilation()[0]});
    }
}
