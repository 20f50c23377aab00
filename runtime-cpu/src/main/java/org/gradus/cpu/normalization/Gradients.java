package org.gradus.cpu.normalization;

import java.util.Arrays;
import org.gradus.cpu.CpuBuffer;
import org.gradus.device.View;

/** The outputs of a backward pass. */
record Gradients(View input, View weight, View bias) {
    /** Sets the gradients of weight and bias to 0: there was nothing to normalize. */
    void clearParameters() {
        clear(weight);
        clear(bias);
    }

    private static void clear(View view) {
        int offset = (int) view.offset();
        float[] array = CpuBuffer.of(view).floats();
        Arrays.fill(array, offset, offset + (int) view.elements(), 0f);
    }
}
