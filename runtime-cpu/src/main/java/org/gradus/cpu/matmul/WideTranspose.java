package org.gradus.cpu.matmul;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposes lines into panels of 12 and of 16 with 512-bit vectors, whose elements are permuted as
 * integers, which needs no conversion of indices.
 *
 * <p>Lines are interleaved in pairs and pairs in fours; then each quarter of a vector holds an
 * element of four lines, and quarters are laid side by side. A block has 16 elements of each line;
 * the last one overlaps the one before where the depth is no multiple of 16. So whole vectors are
 * written, and nothing beside the panel is.
 *
 * <p>Cost: a quarter of a cycle an element for the permutations, of which one begins in a cycle.
 */
final class WideTranspose {
    /** The elements of a line that are transposed together: the least that a line must have. */
    static final int LANES = 16;

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_512;
    private static final int NARROW = 12;

    private static final IntVector PAIRS_LOW =
            indices(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    private static final IntVector PAIRS_HIGH =
            indices(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    private static final IntVector FOURS_LOW =
            indices(0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23);
    private static final IntVector FOURS_HIGH =
            indices(8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31);

    // Four vectors of 16 lines: quarters are numbered 0 to 3 in the first, 4 to 7 in the second.
    private static final IntVector EIGHTS_LOW = quarters(0, 4, 1, 5);
    private static final IntVector EIGHTS_HIGH = quarters(2, 6, 3, 7);
    private static final IntVector HALVES_LOW = quarters(0, 1, 4, 5);
    private static final IntVector HALVES_HIGH = quarters(2, 3, 6, 7);

    // Three vectors of 12 lines: the first two leave a place (0) for what the third then brings.
    private static final IntVector TWO_LOW = quarters(0, 4, 0, 1);
    private static final IntVector TWO_MIDDLE = quarters(5, 0, 2, 6);
    private static final IntVector TWO_HIGH = quarters(0, 3, 7, 0);
    private static final IntVector THREE_LOW = quarters(0, 1, 4, 3);
    private static final IntVector THREE_MIDDLE = quarters(0, 5, 2, 3);
    private static final IntVector THREE_HIGH = quarters(6, 1, 2, 7);

    private WideTranspose() {}

    private static IntVector indices(int... of) {
        return IntVector.fromArray(IntVector.SPECIES_512, of, 0);
    }

    private static IntVector quarters(int... of) {
        int[] indices = new int[LANES];
        for (int i = 0; i < LANES; i++) {
            indices[i] = of[i / 4] * 4 + i % 4;
        }
        return indices(indices);
    }

    /**
     * Packs a panel of 12 lines.
     *
     * @param offset where the first line begins
     * @param stride the distance between lines
     * @param depth how many elements a line has, at least {@value #LANES}
     */
    static void transpose12(
            float[] source, int offset, int stride, int depth, float[] target, int targetOffset) {
        for (int from = 0; from < depth; from += LANES) {
            int k = Math.min(from, depth - LANES);
            int s = offset + k;
            IntVector x0 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            IntVector x1 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            IntVector x2 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            IntVector x3 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            IntVector y0 = PAIRS_LOW.selectFrom(x0, x1);
            IntVector y1 = PAIRS_HIGH.selectFrom(x0, x1);
            IntVector y2 = PAIRS_LOW.selectFrom(x2, x3);
            IntVector y3 = PAIRS_HIGH.selectFrom(x2, x3);
            IntVector a0 = FOURS_LOW.selectFrom(y0, y2);
            IntVector a1 = FOURS_HIGH.selectFrom(y0, y2);
            IntVector a2 = FOURS_LOW.selectFrom(y1, y3);
            IntVector a3 = FOURS_HIGH.selectFrom(y1, y3);

            x0 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            x1 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            x2 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            x3 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            y0 = PAIRS_LOW.selectFrom(x0, x1);
            y1 = PAIRS_HIGH.selectFrom(x0, x1);
            y2 = PAIRS_LOW.selectFrom(x2, x3);
            y3 = PAIRS_HIGH.selectFrom(x2, x3);
            IntVector b0 = FOURS_LOW.selectFrom(y0, y2);
            IntVector b1 = FOURS_HIGH.selectFrom(y0, y2);
            IntVector b2 = FOURS_LOW.selectFrom(y1, y3);
            IntVector b3 = FOURS_HIGH.selectFrom(y1, y3);

            x0 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            x1 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            x2 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            x3 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            y0 = PAIRS_LOW.selectFrom(x0, x1);
            y1 = PAIRS_HIGH.selectFrom(x0, x1);
            y2 = PAIRS_LOW.selectFrom(x2, x3);
            y3 = PAIRS_HIGH.selectFrom(x2, x3);
            IntVector c0 = FOURS_LOW.selectFrom(y0, y2);
            IntVector c1 = FOURS_HIGH.selectFrom(y0, y2);
            IntVector c2 = FOURS_LOW.selectFrom(y1, y3);
            IntVector c3 = FOURS_HIGH.selectFrom(y1, y3);

            int t = targetOffset + k * NARROW;
            IntVector z0 = TWO_LOW.selectFrom(a0, b0);
            IntVector z1 = TWO_MIDDLE.selectFrom(a0, b0);
            IntVector z2 = TWO_HIGH.selectFrom(a0, b0);
            THREE_LOW.selectFrom(z0, c0).reinterpretAsFloats().intoArray(target, t);
            THREE_MIDDLE.selectFrom(z1, c0).reinterpretAsFloats().intoArray(target, t + 16);
            THREE_HIGH.selectFrom(z2, c0).reinterpretAsFloats().intoArray(target, t + 32);
            z0 = TWO_LOW.selectFrom(a1, b1);
            z1 = TWO_MIDDLE.selectFrom(a1, b1);
            z2 = TWO_HIGH.selectFrom(a1, b1);
            THREE_LOW.selectFrom(z0, c1).reinterpretAsFloats().intoArray(target, t + 48);
            THREE_MIDDLE.selectFrom(z1, c1).reinterpretAsFloats().intoArray(target, t + 64);
            THREE_HIGH.selectFrom(z2, c1).reinterpretAsFloats().intoArray(target, t + 80);
            z0 = TWO_LOW.selectFrom(a2, b2);
            z1 = TWO_MIDDLE.selectFrom(a2, b2);
            z2 = TWO_HIGH.selectFrom(a2, b2);
            THREE_LOW.selectFrom(z0, c2).reinterpretAsFloats().intoArray(target, t + 96);
            THREE_MIDDLE.selectFrom(z1, c2).reinterpretAsFloats().intoArray(target, t + 112);
            THREE_HIGH.selectFrom(z2, c2).reinterpretAsFloats().intoArray(target, t + 128);
            z0 = TWO_LOW.selectFrom(a3, b3);
            z1 = TWO_MIDDLE.selectFrom(a3, b3);
            z2 = TWO_HIGH.selectFrom(a3, b3);
            THREE_LOW.selectFrom(z0, c3).reinterpretAsFloats().intoArray(target, t + 144);
            THREE_MIDDLE.selectFrom(z1, c3).reinterpretAsFloats().intoArray(target, t + 160);
            THREE_HIGH.selectFrom(z2, c3).reinterpretAsFloats().intoArray(target, t + 176);
        }
    }

    /**
     * Packs a panel of 16 lines.
     *
     * @param offset where the first line begins
     * @param stride the distance between lines
     * @param depth how many elements a line has, at least {@value #LANES}
     */
    static void transpose16(
            float[] source, int offset, int stride, int depth, float[] target, int targetOffset) {
        for (int from = 0; from < depth; from += LANES) {
            int k = Math.min(from, depth - LANES);
            int s = offset + k;
            IntVector x0 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            IntVector x1 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            IntVector x2 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            IntVector x3 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            IntVector y0 = PAIRS_LOW.selectFrom(x0, x1);
            IntVector y1 = PAIRS_HIGH.selectFrom(x0, x1);
            IntVector y2 = PAIRS_LOW.selectFrom(x2, x3);
            IntVector y3 = PAIRS_HIGH.selectFrom(x2, x3);
            IntVector a0 = FOURS_LOW.selectFrom(y0, y2);
            IntVector a1 = FOURS_HIGH.selectFrom(y0, y2);
            IntVector a2 = FOURS_LOW.selectFrom(y1, y3);
            IntVector a3 = FOURS_HIGH.selectFrom(y1, y3);

            x0 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            x1 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            x2 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            x3 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            y0 = PAIRS_LOW.selectFrom(x0, x1);
            y1 = PAIRS_HIGH.selectFrom(x0, x1);
            y2 = PAIRS_LOW.selectFrom(x2, x3);
            y3 = PAIRS_HIGH.selectFrom(x2, x3);
            IntVector b0 = FOURS_LOW.selectFrom(y0, y2);
            IntVector b1 = FOURS_HIGH.selectFrom(y0, y2);
            IntVector b2 = FOURS_LOW.selectFrom(y1, y3);
            IntVector b3 = FOURS_HIGH.selectFrom(y1, y3);

            x0 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            x1 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            x2 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            x3 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            y0 = PAIRS_LOW.selectFrom(x0, x1);
            y1 = PAIRS_HIGH.selectFrom(x0, x1);
            y2 = PAIRS_LOW.selectFrom(x2, x3);
            y3 = PAIRS_HIGH.selectFrom(x2, x3);
            IntVector c0 = FOURS_LOW.selectFrom(y0, y2);
            IntVector c1 = FOURS_HIGH.selectFrom(y0, y2);
            IntVector c2 = FOURS_LOW.selectFrom(y1, y3);
            IntVector c3 = FOURS_HIGH.selectFrom(y1, y3);

            x0 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            x1 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            x2 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            s += stride;
            x3 = FloatVector.fromArray(SPECIES, source, s).reinterpretAsInts();
            y0 = PAIRS_LOW.selectFrom(x0, x1);
            y1 = PAIRS_HIGH.selectFrom(x0, x1);
            y2 = PAIRS_LOW.selectFrom(x2, x3);
            y3 = PAIRS_HIGH.selectFrom(x2, x3);
            IntVector d0 = FOURS_LOW.selectFrom(y0, y2);
            IntVector d1 = FOURS_HIGH.selectFrom(y0, y2);
            IntVector d2 = FOURS_LOW.selectFrom(y1, y3);
            IntVector d3 = FOURS_HIGH.selectFrom(y1, y3);

            int t = targetOffset + k * LANES;
            IntVector z0 = EIGHTS_LOW.selectFrom(a0, b0);
            IntVector z1 = EIGHTS_HIGH.selectFrom(a0, b0);
            IntVector z2 = EIGHTS_LOW.selectFrom(c0, d0);
            IntVector z3 = EIGHTS_HIGH.selectFrom(c0, d0);
            HALVES_LOW.selectFrom(z0, z2).reinterpretAsFloats().intoArray(target, t);
            HALVES_HIGH.selectFrom(z0, z2).reinterpretAsFloats().intoArray(target, t + 16);
            HALVES_LOW.selectFrom(z1, z3).reinterpretAsFloats().intoArray(target, t + 32);
            HALVES_HIGH.selectFrom(z1, z3).reinterpretAsFloats().intoArray(target, t + 48);
            z0 = EIGHTS_LOW.selectFrom(a1, b1);
            z1 = EIGHTS_HIGH.selectFrom(a1, b1);
            z2 = EIGHTS_LOW.selectFrom(c1, d1);
            z3 = EIGHTS_HIGH.selectFrom(c1, d1);
            HALVES_LOW.selectFrom(z0, z2).reinterpretAsFloats().intoArray(target, t + 64);
            HALVES_HIGH.selectFrom(z0, z2).reinterpretAsFloats().intoArray(target, t + 80);
            HALVES_LOW.selectFrom(z1, z3).reinterpretAsFloats().intoArray(target, t + 96);
            HALVES_HIGH.selectFrom(z1, z3).reinterpretAsFloats().intoArray(target, t + 112);
            z0 = EIGHTS_LOW.selectFrom(a2, b2);
            z1 = EIGHTS_HIGH.selectFrom(a2, b2);
            z2 = EIGHTS_LOW.selectFrom(c2, d2);
            z3 = EIGHTS_HIGH.selectFrom(c2, d2);
            HALVES_LOW.selectFrom(z0, z2).reinterpretAsFloats().intoArray(target, t + 128);
            HALVES_HIGH.selectFrom(z0, z2).reinterpretAsFloats().intoArray(target, t + 144);
            HALVES_LOW.selectFrom(z1, z3).reinterpretAsFloats().intoArray(target, t + 160);
            HALVES_HIGH.selectFrom(z1, z3).reinterpretAsFloats().intoArray(target, t + 176);
            z0 = EIGHTS_LOW.selectFrom(a3, b3);
            z1 = EIGHTS_HIGH.selectFrom(a3, b3);
            z2 = EIGHTS_LOW.selectFrom(c3, d3);
            z3 = EIGHTS_HIGH.selectFrom(c3, d3);
            HALVES_LOW.selectFrom(z0, z2).reinterpretAsFloats().intoArray(target, t + 192);
            HALVES_HIGH.selectFrom(z0, z2).reinterpretAsFloats().intoArray(target, t + 208);
            HALVES_LOW.selectFrom(z1, z3).reinterpretAsFloats().intoArray(target, t + 224);
            HALVES_HIGH.selectFrom(z1, z3).reinterpretAsFloats().intoArray(target, t + 240);
        }
    }
}
