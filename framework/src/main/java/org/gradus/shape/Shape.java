package org.gradus.shape;

import java.util.Arrays;

/** The sizes of a tensor's axes, outermost first. Immutable; a scalar has rank 0. */
public final class Shape {
    private static final Shape SCALAR = new Shape(new int[0]);

    private final int[] sizes;
    private final long elements;

    private Shape(int[] sizes) {
        this.sizes = sizes;
        this.elements = product(sizes);
    }

    private static long product(int[] sizes) {
        long product = 1;
        boolean empty = false;
        boolean tooLarge = false;
        for (int size : sizes) {
            if (size < 0) {
                throw new IllegalArgumentException(
                        "the sizes of a shape must be 0 or more, not " + Arrays.toString(sizes));
            }
            empty |= size == 0;
            tooLarge |= Math.multiplyHigh(product, size) != 0 || product * size < 0;
            product *= size;
        }
        if (tooLarge && !empty) {
            throw new IllegalArgumentException(
                    "a shape must have fewer than 2^63 elements, which "
                            + Arrays.toString(sizes)
                            + " has not");
        }
        return empty ? 0 : product;
    }

    /**
     * Returns the shape of the given sizes.
     *
     * @throws IllegalArgumentException if a size is negative or there are 2^63 elements or more
     */
    public static Shape of(int... sizes) {
        return sizes.length == 0 ? SCALAR : new Shape(sizes.clone());
    }

    /** Returns the shape of rank 0, which has one element. */
    public static Shape scalar() {
        return SCALAR;
    }

    /** Returns the number of axes. */
    public int rank() {
        return sizes.length;
    }

    /** Returns the size of an axis; negative axes count from the end. */
    public int size(int axis) {
        return sizes[axis(axis)];
    }

    /** Returns a copy of the sizes. */
    public int[] sizes() {
        return sizes.clone();
    }

    /** Returns the number of elements: the product of the sizes, 1 for a scalar. */
    public long elements() {
        return elements;
    }

    /**
     * Returns the axis counted from 0 for one that may count from the end.
     *
     * @throws IllegalArgumentException if there is no such axis
     */
    public int axis(int axis) {
        int positive = axis < 0 ? axis + sizes.length : axis;
        if (positive < 0 || positive >= sizes.length) {
            throw new IllegalArgumentException(
                    "axis " + axis + " does not exist in a tensor of shape " + this);
        }
        return positive;
    }

    /** Returns the given axes counted from 0, sorted and checked for repeats; none means all. */
    public int[] axes(int... axes) {
        int[] result;
        if (axes.length == 0) {
            result = new int[sizes.length];
            Arrays.setAll(result, i -> i);
            return result;
        }
        result = Arrays.stream(axes).map(this::axis).sorted().toArray();
        for (int i = 1; i < result.length; i++) {
            if (result[i] == result[i - 1]) {
                throw new IllegalArgumentException(
                        "axis " + result[i] + " is named twice in " + Arrays.toString(axes));
            }
        }
        return result;
    }

    /** Returns the strides, in elements, of a row-major layout without gaps. */
    public long[] contiguousStrides() {
        long[] strides = new long[sizes.length];
        long stride = 1;
        for (int i = sizes.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= Math.max(sizes[i], 1);
        }
        return strides;
    }

    /** Returns this shape with one axis replaced by another size. */
    public Shape with(int axis, int size) {
        int[] result = sizes.clone();
        result[axis(axis)] = size;
        return new Shape(result);
    }

    /** Returns this shape with the given axes reduced to size 1. */
    public Shape keeping(int... axes) {
        int[] result = sizes.clone();
        for (int axis : axes(axes)) {
            result[axis] = 1;
        }
        return new Shape(result);
    }

    /** Returns this shape without the given axes. */
    public Shape without(int... axes) {
        int[] dropped = axes(axes);
        int[] result = new int[sizes.length - dropped.length];
        for (int i = 0, j = 0, d = 0; i < sizes.length; i++) {
            if (d < dropped.length && dropped[d] == i) {
                d++;
            } else {
                result[j++] = sizes[i];
            }
        }
        return of(result);
    }

    /** Returns this shape with an axis of the given size inserted before {@code position}. */
    public Shape insert(int position, int size) {
        int at = position < 0 ? position + sizes.length + 1 : position;
        if (at < 0 || at > sizes.length) {
            throw new IllegalArgumentException(
                    "cannot insert an axis at " + position + " into shape " + this);
        }
        int[] result = new int[sizes.length + 1];
        System.arraycopy(sizes, 0, result, 0, at);
        result[at] = size;
        System.arraycopy(sizes, at, result, at + 1, sizes.length - at);
        return new Shape(result);
    }

    /**
     * Returns the sizes of the last {@code count} axes as a shape.
     *
     * @throws IllegalArgumentException if there are not so many
     */
    public Shape last(int count) {
        if (count < 0 || count > sizes.length) {
            throw new IllegalArgumentException(
                    "a tensor of shape " + this + " has " + sizes.length + " axes, not " + count);
        }
        return of(Arrays.copyOfRange(sizes, sizes.length - count, sizes.length));
    }

    /** Returns whether this shape can be broadcast to another by NumPy's rules. */
    public boolean broadcastsTo(Shape target) {
        if (rank() > target.rank()) {
            return false;
        }
        for (int i = 1; i <= rank(); i++) {
            int own = sizes[rank() - i];
            if (own != 1 && own != target.sizes[target.rank() - i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns the shape that both shapes broadcast to by NumPy's rules: aligned at the last axis,
     * sizes equal or one of them 1; null if there is none.
     */
    public static Shape broadcast(Shape a, Shape b) {
        if (a.equals(b)) {
            return a;
        }
        int rank = Math.max(a.rank(), b.rank());
        int[] result = new int[rank];
        for (int i = 1; i <= rank; i++) {
            int x = i <= a.rank() ? a.sizes[a.rank() - i] : 1;
            int y = i <= b.rank() ? b.sizes[b.rank() - i] : 1;
            if (x != y && x != 1 && y != 1) {
                return null;
            }
            result[rank - i] = x == 1 ? y : x;
        }
        return of(result);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(sizes, shape.sizes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sizes);
    }

    /** Returns the sizes in brackets, as in {@code [2, 3]}. */
    @Override
    public String toString() {
        return Arrays.toString(sizes);
    }
}
