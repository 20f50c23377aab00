package org.gradus.cpu.convolution;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.gradus.cpu.vector.VectorProvider;

/**
 * Copies with vectors as wide as the processor's. A column of vectors goes through all rows, so
 * that the mask of the last one, which is seldom whole, is made once.
 */
final class VectorRowCopy extends RowCopy {
    private static final VectorSpecies<Float> SPECIES =
            VectorProvider.bits() >= 512 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_256;
    private static final int LANES = SPECIES.length();
    private static final int HALF = LANES / 2;

    private static final VectorSpecies<Float> EIGHT = FloatVector.SPECIES_256;
    private static final VectorSpecies<Float> FOUR = FloatVector.SPECIES_128;

    /** Even lanes first; the second half of the lanes is for another vector's. */
    private static final VectorShuffle<Float> EVEN =
            VectorShuffle.fromOp(SPECIES, lane -> 2 * lane % LANES);

    private static final VectorMask<Float> UPPER =
            VectorMask.fromLong(SPECIES, (1L << LANES) - (1L << HALF));

    /** Each of the lower, or the upper, half of the lanes twice. */
    private static final VectorShuffle<Float> LOWER_TWICE =
            VectorShuffle.fromOp(SPECIES, lane -> lane / 2);

    private static final VectorShuffle<Float> UPPER_TWICE =
            VectorShuffle.fromOp(SPECIES, lane -> HALF + lane / 2);

    private static final VectorMask<Float> ODD =
            VectorMask.fromLong(SPECIES, 0xAAAA & (1L << LANES) - 1);

    @Override
    void copy(
            float[] source,
            int from,
            int fromStride,
            int rows,
            int length,
            float[] target,
            int to,
            int toStride) {
        if (length >= LANES) {
            copyWide(source, from, fromStride, rows, length, target, to, toStride);
        } else if (length >= EIGHT.length()) {
            copyEights(source, from, fromStride, rows, length, target, to, toStride);
        } else if (length >= FOUR.length()) {
            copyFours(source, from, fromStride, rows, length, target, to, toStride);
        } else {
            for (int row = 0; row < rows; row++) {
                for (int i = 0; i < length; i++) {
                    target[to + i + row * toStride] = source[from + i + row * fromStride];
                }
            }
        }
    }

    /**
     * Copies at least a vector of each row: the last vector repeats what is left of another. This
     * and the next two differ in the species alone, which must be a constant for the compiler.
     */
    private static void copyWide(
            float[] source,
            int from,
            int fromStride,
            int rows,
            int length,
            float[] target,
            int to,
            int toStride) {
        for (int i = 0; i < length; i += LANES) {
            int at = Math.min(i, length - LANES);
            for (int row = 0; row < rows; row++) {
                FloatVector.fromArray(SPECIES, source, from + at + row * fromStride)
                        .intoArray(target, to + at + row * toStride);
            }
        }
    }

    private static void copyEights(
            float[] source,
            int from,
            int fromStride,
            int rows,
            int length,
            float[] target,
            int to,
            int toStride) {
        for (int i = 0; i < length; i += EIGHT.length()) {
            int at = Math.min(i, length - EIGHT.length());
            for (int row = 0; row < rows; row++) {
                FloatVector.fromArray(EIGHT, source, from + at + row * fromStride)
                        .intoArray(target, to + at + row * toStride);
            }
        }
    }

    private static void copyFours(
            float[] source,
            int from,
            int fromStride,
            int rows,
            int length,
            float[] target,
            int to,
            int toStride) {
        for (int i = 0; i < length; i += FOUR.length()) {
            int at = Math.min(i, length - FOUR.length());
            for (int row = 0; row < rows; row++) {
                FloatVector.fromArray(FOUR, source, from + at + row * fromStride)
                        .intoArray(target, to + at + row * toStride);
            }
        }
    }

    @Override
    void add(
            float[] source,
            int from,
            int fromStride,
            int rows,
            int length,
            float[] target,
            int to,
            int toStride) {
        for (int i = 0; i < length; i += LANES) {
            VectorMask<Float> mask = first(length - i);
            for (int row = 0; row < rows; row++) {
                int t = to + i + row * toStride;
                FloatVector.fromArray(SPECIES, source, from + i + row * fromStride, mask)
                        .add(FloatVector.fromArray(SPECIES, target, t, mask))
                        .intoArray(target, t, mask);
            }
        }
    }

    @Override
    void halve(
            float[] source,
            int from,
            int fromStride,
            int rows,
            int length,
            float[] target,
            int to,
            int toStride) {
        for (int i = 0; i < length; i += LANES) {
            int read = 2 * (length - i) - 1;
            VectorMask<Float> lower = first(read);
            VectorMask<Float> upper = first(read - LANES);
            VectorMask<Float> mask = first(length - i);
            if (read <= LANES) {
                // Narrow images: one vector holds what is left of a row.
                for (int row = 0; row < rows; row++) {
                    FloatVector.fromArray(SPECIES, source, from + 2 * i + row * fromStride, lower)
                            .rearrange(EVEN)
                            .intoArray(target, to + i + row * toStride, mask);
                }
                continue;
            }
            for (int row = 0; row < rows; row++) {
                int s = from + 2 * i + row * fromStride;
                FloatVector a = FloatVector.fromArray(SPECIES, source, s, lower);
                FloatVector b = FloatVector.fromArray(SPECIES, source, s + LANES, upper);
                a.rearrange(EVEN)
                        .blend(b.rearrange(EVEN), UPPER)
                        .intoArray(target, to + i + row * toStride, mask);
            }
        }
    }

    @Override
    void alternate(
            float[] source,
            int left,
            int right,
            int fromStride,
            int rows,
            int length,
            float[] target,
            int to,
            int toStride) {
        for (int i = 0; i < length; i += LANES) {
            VectorMask<Float> read = first(length - i);
            VectorMask<Float> lower = first(2 * (length - i));
            VectorMask<Float> upper = first(2 * (length - i) - LANES);
            for (int row = 0; row < rows; row++) {
                int s = i + row * fromStride;
                int t = to + 2 * i + row * toStride;
                FloatVector a = FloatVector.fromArray(SPECIES, source, left + s, read);
                FloatVector b = FloatVector.fromArray(SPECIES, source, right + s, read);
                a.rearrange(LOWER_TWICE)
                        .blend(b.rearrange(LOWER_TWICE), ODD)
                        .intoArray(target, t, lower);
                a.rearrange(UPPER_TWICE)
                        .blend(b.rearrange(UPPER_TWICE), ODD)
                        .intoArray(target, t + LANES, upper);
            }
        }
    }

    /** Returns the mask of the first lanes, all of them if {@code count} is larger. */
    private static VectorMask<Float> first(int count) {
        return VectorMask.fromLong(SPECIES, (1L << Math.clamp(count, 0, LANES)) - 1);
    }
}
