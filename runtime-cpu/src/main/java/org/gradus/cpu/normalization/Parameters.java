package org.gradus.cpu.normalization;

import java.util.Arrays;
import java.util.Optional;
import org.gradus.cpu.CpuBuffer;
import org.gradus.device.View;

/**
 * What normalized elements are multiplied by and what is added, copied so that both begin at 0.
 *
 * @param weight ones where none was given
 * @param bias zeros where none was given
 */
record Parameters(float[] weight, float[] bias) {
    static Parameters of(Optional<View> weight, Optional<View> bias, int count) {
        return new Parameters(values(weight, count, 1), values(bias, count, 0));
    }

    private static float[] values(Optional<View> view, int count, float otherwise) {
        float[] values = new float[count];
        if (view.isPresent()) {
            float[] array = CpuBuffer.of(view.get()).floats();
            System.arraycopy(array, (int) view.get().offset(), values, 0, count);
        } else {
            Arrays.fill(values, otherwise);
        }
        return values;
    }
}
