package org.gradus.tests.conformance;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;
import org.gradus.device.Device;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Tensor;

/** How a tensor lies in memory: the same values must give the same results in any of these. */
public enum Layout {
    /** Row-major, without gaps. */
    PLAIN,
    /** The axes in the opposite order. */
    TRANSPOSED,
    /** Backwards along all axes. */
    FLIPPED,
    /** Every second element of a larger block that is full of something else. */
    SLICED;

    /** Returns a tensor with the values of an array, laid out like this. */
    public Tensor place(HostArray array, Device device) {
        int rank = array.shape().rank();
        return switch (this) {
            case PLAIN -> Tensor.of(array, device);
            case TRANSPOSED -> {
                int[] reversed = new int[rank];
                Arrays.setAll(reversed, axis -> rank - 1 - axis);
                int[] sizes = new int[rank];
                Arrays.setAll(sizes, axis -> array.shape().size(reversed[axis]));
                HostArray stored = HostArray.zeros(array.dtype(), Shape.of(sizes));
                copy(array, stored, (axis, position) -> position, reversed);
                yield Tensor.of(stored, device).permute(reversed);
            }
            case FLIPPED -> {
                HostArray stored = HostArray.zeros(array.dtype(), array.shape());
                int[] sizes = array.shape().sizes();
                copy(array, stored, (axis, at) -> sizes[axis] - 1 - at, null);
                yield Tensor.of(stored, device).flip();
            }
            case SLICED -> {
                int[] sizes = Arrays.stream(array.shape().sizes()).map(n -> 2 * n + 1).toArray();
                HostArray stored = HostArray.zeros(array.dtype(), Shape.of(sizes));
                fillWithOther(stored);
                copy(array, stored, (axis, position) -> 2 * position + 1, null);
                Tensor result = Tensor.of(stored, device);
                for (int axis = 0; axis < rank; axis++) {
                    result = result.slice(axis, 1, sizes[axis], 2);
                }
                yield result;
            }
        };
    }

    private interface Placement {
        int of(int axis, int position);
    }

    /** Values that show when they are read: NaN for floating types. */
    private static void fillWithOther(HostArray array) {
        boolean floating = array.dtype().isFloating();
        array.data().fill((byte) (floating ? 0xff : 1));
    }

    /**
     * Copies each element to its place.
     *
     * @param order for each axis of the target the axis of the source; null for the same
     */
    private static void copy(HostArray from, HostArray to, Placement placement, int[] order) {
        Shape source = from.shape();
        long[] strides = to.shape().contiguousStrides();
        int bytes = from.dtype().bytes();
        for (int i = 0; i < source.elements(); i++) {
            int rest = i;
            long target = 0;
            for (int axis = source.rank() - 1; axis >= 0; axis--) {
                int position = rest % source.size(axis);
                rest /= source.size(axis);
                int place = order == null ? axis : order[axis];
                target += strides[place] * placement.of(axis, position);
            }
            MemorySegment.copy(from.data(), (long) i * bytes, to.data(), target * bytes, bytes);
        }
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
