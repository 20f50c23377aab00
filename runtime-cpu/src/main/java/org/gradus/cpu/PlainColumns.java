package org.gradus.cpu;

import java.util.List;
import org.gradus.cpu.pointwise.IterationSpace;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.shape.Shape;

/** Windows to columns and back, element by element. */
final class PlainColumns {
    private final View image;
    private final View columns;
    private final Window window;

    PlainColumns(View image, Window window, View columns) {
        this.image = image;
        this.window = window;
        this.columns = columns;
    }

    void unfold() {
        forEach(false);
    }

    void fold() {
        forEach(true);
    }

    private void forEach(boolean back) {
        Shape shape = image.shape();
        int axes = window.rank();
        int batch = shape.size(0);
        int channels = shape.size(1);
        int elements = window.elements();
        int[] positions = new int[axes];
        int count = 1;
        for (int i = 0; i < axes; i++) {
            positions[i] = window.outputSize(i, shape.size(2 + i));
            count *= positions[i];
        }
        IterationSpace space = IterationSpace.of(columns.shape(), List.of(columns));
        Object from = CpuBuffer.of(image).array();
        Object to = CpuBuffer.of(columns).array();
        long place = 0;
        for (int n = 0; n < batch; n++) {
            for (int row = 0; row < channels * elements; row++) {
                for (int column = 0; column < count; column++, place++) {
                    long at =
                            image.offset()
                                    + n * image.strides()[0]
                                    + row / elements * image.strides()[1];
                    int k = row % elements;
                    int p = column;
                    boolean inside = true;
                    for (int i = axes - 1; i >= 0; i--) {
                        int x =
                                p % positions[i] * window.stride()[i]
                                        - window.padding()[i]
                                        + k % window.kernel()[i] * window.dilation()[i];
                        inside &= x >= 0 && x < shape.size(2 + i);
                        at += x * image.strides()[2 + i];
                        k /= window.kernel()[i];
                        p /= positions[i];
                    }
                    int target = (int) space.offset(0, place);
                    double value = 0;
                    if (back && inside) {
                        value =
                                Elements.getDouble(from, image.dtype(), (int) at)
                                        + Elements.getDouble(to, image.dtype(), target);
                        Elements.set(from, image.dtype(), (int) at, value);
                    } else if (!back) {
                        value = inside ? Elements.getDouble(from, image.dtype(), (int) at) : 0;
                        Elements.set(to, image.dtype(), target, value);
                    }
                }
            }
        }
    }
}
