package org.gradus.cuda.dnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.gradus.device.Buffer;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.Test;

/** Which tensors cuDNN can be told of, and how. */
class TensorLayoutTest {
    private static final Buffer BUFFER =
            new Buffer() {
                @Override
                public DType dtype() {
                    return DType.F32;
                }

                @Override
                public long length() {
                    return 1 << 20;
                }

                @Override
                public void release() {}
            };

    private static Optional<TensorLayout> layout(Shape shape, long... strides) {
        return TensorLayout.of(new View(BUFFER, shape, strides, 0));
    }

    private static Optional<TensorLayout> packed(int... sizes) {
        return TensorLayout.of(View.of(BUFFER, Shape.of(sizes)));
    }

    @Test
    void anImageWithOneSpatialAxisIsOneRowHigh() {
        TensorLayout layout = packed(2, 3, 5).orElseThrow();
        assertEquals(packed(2, 3, 1, 5).orElseThrow(), layout);
        assertTrue(layout.isPacked());
        assertEquals("[2, 3, 1, 5]", layout.toString());
    }

    @Test
    void theStrideOfAnAxisOfSizeOneDoesNotMatter() {
        Shape shape = Shape.of(1, 3, 1, 5);
        assertEquals(layout(shape, 15, 5, 5, 1), layout(shape, 0, 5, 999, 1));
    }

    @Test
    void channelsMayLieLast() {
        TensorLayout layout = layout(Shape.of(2, 3, 4, 5), 60, 1, 15, 3).orElseThrow();
        assertFalse(layout.isPacked());
        assertEquals("[2, 3, 4, 5] with strides [60, 1, 15, 3]", layout.toString());
    }

    @Test
    void whatIsRepeatedFlippedOrOverlapsHasNone() {
        Shape shape = Shape.of(2, 3, 4, 5);
        assertTrue(layout(shape, 60, 20, 5, 1).isPresent());
        assertTrue(layout(shape, 60, 0, 5, 1).isEmpty());
        assertTrue(layout(shape, 60, 20, 5, -1).isEmpty());
        assertTrue(layout(shape, 60, 20, 4, 1).isEmpty());
        assertTrue(layout(shape, 59, 20, 5, 1).isEmpty());
    }

    @Test
    void whatIsEmptyOrTooLargeHasNone() {
        assertTrue(packed(2, 0, 4, 5).isEmpty());
        assertTrue(packed(1 << 16, 1 << 15, 1, 1).isEmpty());
        assertTrue(layout(Shape.of(2, 1, 1, 1), 1L << 31, 1, 1, 1).isEmpty());
        assertTrue(layout(Shape.of(3, 1, 1, 1), 1L << 30, 1, 1, 1).isEmpty());
    }
}
