package org.gradus.cpu.pooling;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link PairMaximum} with the Vector API, eight windows at a time; loaded only where it is
 * present.
 */
final class VectorPairMaximum extends PairMaximum {
    private static final int LANES = 8;

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_256;
    private static final VectorShuffle<Float> EVEN =
            VectorShuffle.fromOp(FLOATS, lane -> 2 * lane % LANES);
    private static final VectorShuffle<Float> ODD =
            VectorShuffle.fromOp(FLOATS, lane -> 2 * lane % LANES + 1);
    private static final VectorMask<Float> UPPER = VectorMask.fromLong(FLOATS, 0xF0);
    private static final VectorShuffle<Integer> HALVES_SWAPPED =
            VectorShuffle.fromOp(INTS, lane -> lane ^ 4);
    private static final IntVector COLUMNS = IntVector.zero(INTS).addIndex(2);

    VectorPairMaximum() {}

    /** The last windows may be computed twice, so that all vectors are whole. */
    @Override
    void row(
            float[] input,
            int upper,
            int lower,
            int windows,
            int flat,
            int width,
            float[] output,
            int to,
            long[] indices,
            int indexTo) {
        if (windows < LANES) {
            super.row(input, upper, lower, windows, flat, width, output, to, indices, indexTo);
            return;
        }
        for (int i = 0; i < windows; i += LANES) {
            int at = Math.min(i, windows - LANES);
            FloatVector left = FloatVector.fromArray(FLOATS, input, upper + 2 * at);
            FloatVector right = FloatVector.fromArray(FLOATS, input, upper + 2 * at + LANES);
            FloatVector a = left.rearrange(EVEN).blend(right.rearrange(EVEN), UPPER);
            FloatVector b = left.rearrange(ODD).blend(right.rearrange(ODD), UPPER);
            left = FloatVector.fromArray(FLOATS, input, lower + 2 * at);
            right = FloatVector.fromArray(FLOATS, input, lower + 2 * at + LANES);
            FloatVector c = left.rearrange(EVEN).blend(right.rearrange(EVEN), UPPER);
            FloatVector d = left.rearrange(ODD).blend(right.rearrange(ODD), UPPER);
            FloatVector best = a.max(b).max(c.max(d)).add(0f);
            best.intoArray(output, to + at);

            // Where there is a NaN, the best is NaN and equals none: the first NaN counts then.
            VectorMask<Float> isA =
                    a.compare(VectorOperators.EQ, best).or(a.compare(VectorOperators.NE, a));
            VectorMask<Float> isB =
                    b.compare(VectorOperators.EQ, best).or(b.compare(VectorOperators.NE, b));
            VectorMask<Float> isC =
                    c.compare(VectorOperators.EQ, best).or(c.compare(VectorOperators.NE, c));
            IntVector place =
                    IntVector.broadcast(INTS, width + 1)
                            .blend(IntVector.broadcast(INTS, width), isC.cast(INTS))
                            .blend(IntVector.broadcast(INTS, 1), isB.cast(INTS))
                            .blend(IntVector.zero(INTS), isA.cast(INTS))
                            .add(COLUMNS)
                            .add(flat + 2 * at);
            ((LongVector) place.convertShape(VectorOperators.I2L, LONGS, 0))
                    .intoArray(indices, indexTo + at);
            ((LongVector)
                            place.rearrange(HALVES_SWAPPED)
                                    .convertShape(VectorOperators.I2L, LONGS, 0))
                    .intoArray(indices, indexTo + at + LANES / 2);
        }
    }
}
