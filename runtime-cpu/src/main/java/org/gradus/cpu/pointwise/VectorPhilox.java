package org.gradus.cpu.pointwise;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Philox} on several blocks side by side, each word in a 64-bit lane so that its product is
 * whole; loaded only where the Vector API is present.
 */
final class VectorPhilox extends Philox {
    private static final VectorSpecies<Long> SPECIES = LongVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    VectorPhilox() {}

    @Override
    void blocks(int[] to, int at, long first, int count, long key) {
        long[] pairs = new long[2 * LANES];
        int i = 0;
        for (; i + LANES <= count; i += LANES) {
            lanes(pairs, first + i, key);
            int start = at + 4 * i;
            for (int lane = 0; lane < LANES; lane++) {
                long low = pairs[lane];
                long high = pairs[LANES + lane];
                to[start + 4 * lane] = (int) low;
                to[start + 4 * lane + 1] = (int) (low >>> 32);
                to[start + 4 * lane + 2] = (int) high;
                to[start + 4 * lane + 3] = (int) (high >>> 32);
            }
        }
        super.blocks(to, at + 4 * i, first + i, count - i, key);
    }

    /** Stores words 0 and 1 of each block as one {@code long}, then words 2 and 3 of each. */
    private static void lanes(long[] pairs, long first, long key) {
        LongVector block = LongVector.broadcast(SPECIES, first).addIndex(1);
        LongVector c0 = block.and(WORD);
        LongVector c1 = block.lanewise(VectorOperators.LSHR, 32);
        LongVector c2 = LongVector.zero(SPECIES);
        LongVector c3 = c2;
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        for (int round = 0; round < ROUNDS; round++) {
            LongVector product0 = c0.and(WORD).mul(MULTIPLIER_0);
            LongVector product1 = c2.and(WORD).mul(MULTIPLIER_1);
            c0 =
                    product1.lanewise(VectorOperators.LSHR, 32)
                            .lanewise(VectorOperators.XOR, c1)
                            .lanewise(VectorOperators.XOR, k0 & WORD);
            c1 = product1.and(WORD);
            c2 =
                    product0.lanewise(VectorOperators.LSHR, 32)
                            .lanewise(VectorOperators.XOR, c3)
                            .lanewise(VectorOperators.XOR, k1 & WORD);
            c3 = product0.and(WORD);
            k0 += KEY_STEP_0;
            k1 += KEY_STEP_1;
        }
        c0.or(c1.lanewise(VectorOperators.LSHL, 32)).intoArray(pairs, 0);
        c2.or(c3.lanewise(VectorOperators.LSHL, 32)).intoArray(pairs, LANES);
    }
}
