package org.gradus.shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ShapeTest {
    private final Shape shape = Shape.of(2, 3, 4);

    @Test
    void scalarHasOneElementAndNoAxes() {
        assertEquals(0, Shape.scalar().rank());
        assertEquals(1, Shape.scalar().elements());
        assertEquals(Shape.scalar(), Shape.of());
        assertEquals("[]", Shape.scalar().toString());
    }

    @Test
    void elementsAreTheProductOfTheSizes() {
        assertEquals(24, shape.elements());
        assertEquals(0, Shape.of(2, 0, 4).elements());
        assertEquals(1L << 40, Shape.of(1 << 20, 1 << 20).elements());
    }

    @Test
    void impossibleSizesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Shape.of(2, -1));
        int huge = Integer.MAX_VALUE;
        assertThrows(IllegalArgumentException.class, () -> Shape.of(huge, huge, huge));
        assertEquals(0, Shape.of(huge, huge, huge, 0).elements());
    }

    @Test
    void sizesAreCopied() {
        int[] sizes = {2, 3};
        Shape copied = Shape.of(sizes);
        sizes[0] = 9;
        copied.sizes()[1] = 9;
        assertEquals(Shape.of(2, 3), copied);
        assertEquals(Shape.of(2, 3).hashCode(), copied.hashCode());
        assertNotEquals(Shape.of(3, 2), copied);
    }

    @Test
    void negativeAxesCountFromTheEnd() {
        assertEquals(4, shape.size(-1));
        assertEquals(2, shape.size(0));
        assertEquals(0, shape.axis(-3));
        assertArrayEquals(new int[] {0, 2}, shape.axes(-1, 0));
        assertArrayEquals(new int[] {0, 1, 2}, shape.axes());
    }

    @Test
    void missingAndRepeatedAxesAreNamed() {
        IllegalArgumentException missing =
                assertThrows(IllegalArgumentException.class, () -> shape.axis(3));
        assertEquals("axis 3 does not exist in a tensor of shape [2, 3, 4]", missing.getMessage());
        assertThrows(IllegalArgumentException.class, () -> shape.axis(-4));
        assertThrows(IllegalArgumentException.class, () -> Shape.scalar().axis(0));
        assertThrows(IllegalArgumentException.class, () -> shape.axes(1, -2));
    }

    @Test
    void stridesAreRowMajor() {
        assertArrayEquals(new long[] {12, 4, 1}, shape.contiguousStrides());
        assertArrayEquals(new long[] {4, 4, 1}, Shape.of(2, 0, 4).contiguousStrides());
        assertArrayEquals(new long[0], Shape.scalar().contiguousStrides());
    }

    @Test
    void axesAreReplacedRemovedAndInserted() {
        assertEquals(Shape.of(2, 3, 9), shape.with(-1, 9));
        assertEquals(Shape.of(2, 1, 1), shape.keeping(1, -1));
        assertEquals(Shape.of(1, 1, 1), shape.keeping());
        assertEquals(Shape.of(3), shape.without(0, 2));
        assertEquals(Shape.scalar(), shape.without());
        assertEquals(Shape.of(2, 3, 4, 7), shape.insert(-1, 7));
        assertEquals(Shape.of(7, 2, 3, 4), shape.insert(0, 7));
        assertEquals(Shape.of(7), Shape.scalar().insert(0, 7));
        assertEquals(Shape.of(3, 4), shape.last(2));
        assertThrows(IllegalArgumentException.class, () -> shape.insert(4, 7));
        assertThrows(IllegalArgumentException.class, () -> shape.last(4));
    }

    @Test
    void broadcastingIsThatOfNumPy() {
        assertEquals(Shape.of(2, 3, 4), Shape.broadcast(shape, Shape.of(3, 1)));
        assertEquals(Shape.of(2, 3), Shape.broadcast(Shape.of(2, 1), Shape.of(1, 3)));
        assertEquals(Shape.of(5), Shape.broadcast(Shape.scalar(), Shape.of(5)));
        assertEquals(Shape.of(2, 0), Shape.broadcast(Shape.of(2, 1), Shape.of(0)));
        assertNull(Shape.broadcast(Shape.of(2), Shape.of(3)));
        assertNull(Shape.broadcast(Shape.of(0), Shape.of(3)));
    }

    @Test
    void broadcastingToATargetNeverWidensTheTarget() {
        assertTrue(Shape.of(3, 1).broadcastsTo(shape));
        assertTrue(Shape.scalar().broadcastsTo(shape));
        assertTrue(Shape.of(1).broadcastsTo(Shape.of(0)));
        assertFalse(shape.broadcastsTo(Shape.of(3, 4)));
        assertFalse(Shape.of(3).broadcastsTo(Shape.of(1)));
        assertFalse(Shape.of(2).broadcastsTo(shape));
    }
}
