package org.gradus.cpu.convolution.winograd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.gradus.cpu.vector.VectorProvider;

/**
 * Transforms of several tiles at once, with the same bits. What overhangs a row's last tile is
 * overwritten by the next row, or lies in the slack.
 *
 * <p>The four rows or columns of a tile are written out, not methods or loops over arrays: only so
 * does the compiler keep vectors in registers.
 */
final class VectorTransforms extends Transforms {
    private static final VectorSpecies<Float> SPECIES =
            VectorProvider.bits() >= 512 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_256;

    private static final int LANES = SPECIES.length();

    private static final VectorMask<Float> UPPER_HALF =
            VectorMask.fromLong(SPECIES, ((1L << LANES) - 1) << LANES / 2 & ((1L << LANES) - 1));
    private static final VectorMask<Float> ODD =
            VectorMask.fromLong(SPECIES, 0xAAAA & ((1L << LANES) - 1));

    /** Lanes 0, 2, 4, ... in both halves. */
    private static final VectorShuffle<Float> EVEN_LANES =
            VectorShuffle.fromOp(SPECIES, i -> 2 * i % LANES);

    /** Lanes 1, 3, 5, ... in both halves. */
    private static final VectorShuffle<Float> ODD_LANES =
            VectorShuffle.fromOp(SPECIES, i -> 2 * i % LANES + 1);

    /** Each lane of the lower half twice. */
    private static final VectorShuffle<Float> LOWER_TWICE =
            VectorShuffle.fromOp(SPECIES, i -> i / 2);

    /** Each lane of the upper half twice. */
    private static final VectorShuffle<Float> UPPER_TWICE =
            VectorShuffle.fromOp(SPECIES, i -> LANES / 2 + i / 2);

    @Override
    void inputRow(float[] row, int from, int tiles, float[] planes, int to, int again, int plane) {
        for (int t = 0; t < tiles; t += LANES) {
            int at = from + 2 * t;
            FloatVector a = FloatVector.fromArray(SPECIES, row, at);
            FloatVector b = FloatVector.fromArray(SPECIES, row, at + LANES);
            FloatVector c = FloatVector.fromArray(SPECIES, row, at + 2);
            FloatVector d = FloatVector.fromArray(SPECIES, row, at + 2 + LANES);
            FloatVector d0 = a.rearrange(EVEN_LANES).blend(b.rearrange(EVEN_LANES), UPPER_HALF);
            FloatVector d1 = a.rearrange(ODD_LANES).blend(b.rearrange(ODD_LANES), UPPER_HALF);
            FloatVector d2 = c.rearrange(EVEN_LANES).blend(d.rearrange(EVEN_LANES), UPPER_HALF);
            FloatVector d3 = c.rearrange(ODD_LANES).blend(d.rearrange(ODD_LANES), UPPER_HALF);
            FloatVector w0 = d0.sub(d2);
            FloatVector w1 = d1.add(d2);
            FloatVector w2 = d2.sub(d1);
            FloatVector w3 = d1.sub(d3);
            w0.intoArray(planes, to + t);
            w1.intoArray(planes, to + plane + t);
            w2.intoArray(planes, to + 2 * plane + t);
            w3.intoArray(planes, to + 3 * plane + t);
            w0.intoArray(planes, again + t);
            w1.intoArray(planes, again + plane + t);
            w2.intoArray(planes, again + 2 * plane + t);
            w3.intoArray(planes, again + 3 * plane + t);
        }
    }

    @Override
    void inputColumns(float[] planes, int from, int plane, float[] target, int to, int point) {
        for (int x = 0; x < SIDE; x++) {
            for (int t = 0; t < GROUP; t += LANES) {
                int at = from + x * plane + t;
                FloatVector w0 = FloatVector.fromArray(SPECIES, planes, at);
                FloatVector w1 = FloatVector.fromArray(SPECIES, planes, at + SIDE * plane);
                FloatVector w2 = FloatVector.fromArray(SPECIES, planes, at + 2 * SIDE * plane);
                FloatVector w3 = FloatVector.fromArray(SPECIES, planes, at + 3 * SIDE * plane);
                int v = to + x * point + t;
                w0.sub(w2).intoArray(target, v);
                w1.add(w2).intoArray(target, v + SIDE * point);
                w2.sub(w1).intoArray(target, v + 2 * SIDE * point);
                w1.sub(w3).intoArray(target, v + 3 * SIDE * point);
            }
        }
    }

    @Override
    void input(
            float[] pixels, int[] rows, int width, int tiles, float[] target, int to, int point) {
        int row0 = rows[0];
        int row1 = rows[1];
        int row2 = rows[2];
        int row3 = rows[3];
        for (int lane = 0; lane < width; lane += LANES) {
            VectorMask<Float> inside = SPECIES.indexInRange(lane, width);
            for (int t = 0; t < tiles; t++) {
                int at = 2 * t * width + lane;
                FloatVector d00 = FloatVector.fromArray(SPECIES, pixels, row0 + at);
                FloatVector d01 = FloatVector.fromArray(SPECIES, pixels, row0 + at + width);
                FloatVector d02 = FloatVector.fromArray(SPECIES, pixels, row0 + at + 2 * width);
                FloatVector d03 = FloatVector.fromArray(SPECIES, pixels, row0 + at + 3 * width);
                FloatVector w00 = d00.sub(d02);
                FloatVector w01 = d01.add(d02);
                FloatVector w02 = d02.sub(d01);
                FloatVector w03 = d01.sub(d03);
                FloatVector d10 = FloatVector.fromArray(SPECIES, pixels, row1 + at);
                FloatVector d11 = FloatVector.fromArray(SPECIES, pixels, row1 + at + width);
                FloatVector d12 = FloatVector.fromArray(SPECIES, pixels, row1 + at + 2 * width);
                FloatVector d13 = FloatVector.fromArray(SPECIES, pixels, row1 + at + 3 * width);
                FloatVector w10 = d10.sub(d12);
                FloatVector w11 = d11.add(d12);
                FloatVector w12 = d12.sub(d11);
                FloatVector w13 = d11.sub(d13);
                FloatVector d20 = FloatVector.fromArray(SPECIES, pixels, row2 + at);
                FloatVector d21 = FloatVector.fromArray(SPECIES, pixels, row2 + at + width);
                FloatVector d22 = FloatVector.fromArray(SPECIES, pixels, row2 + at + 2 * width);
                FloatVector d23 = FloatVector.fromArray(SPECIES, pixels, row2 + at + 3 * width);
                FloatVector w20 = d20.sub(d22);
                FloatVector w21 = d21.add(d22);
                FloatVector w22 = d22.sub(d21);
                FloatVector w23 = d21.sub(d23);
                FloatVector d30 = FloatVector.fromArray(SPECIES, pixels, row3 + at);
                FloatVector d31 = FloatVector.fromArray(SPECIES, pixels, row3 + at + width);
                FloatVector d32 = FloatVector.fromArray(SPECIES, pixels, row3 + at + 2 * width);
                FloatVector d33 = FloatVector.fromArray(SPECIES, pixels, row3 + at + 3 * width);
                FloatVector w30 = d30.sub(d32);
                FloatVector w31 = d31.add(d32);
                FloatVector w32 = d32.sub(d31);
                FloatVector w33 = d31.sub(d33);
                int v = to + t * width + lane;
                w00.sub(w20).intoArray(target, v, inside);
                w10.add(w20).intoArray(target, v + SIDE * point, inside);
                w20.sub(w10).intoArray(target, v + 2 * SIDE * point, inside);
                w10.sub(w30).intoArray(target, v + 3 * SIDE * point, inside);
                v += point;
                w01.sub(w21).intoArray(target, v, inside);
                w11.add(w21).intoArray(target, v + SIDE * point, inside);
                w21.sub(w11).intoArray(target, v + 2 * SIDE * point, inside);
                w11.sub(w31).intoArray(target, v + 3 * SIDE * point, inside);
                v += point;
                w02.sub(w22).intoArray(target, v, inside);
                w12.add(w22).intoArray(target, v + SIDE * point, inside);
                w22.sub(w12).intoArray(target, v + 2 * SIDE * point, inside);
                w12.sub(w32).intoArray(target, v + 3 * SIDE * point, inside);
                v += point;
                w03.sub(w23).intoArray(target, v, inside);
                w13.add(w23).intoArray(target, v + SIDE * point, inside);
                w23.sub(w13).intoArray(target, v + 2 * SIDE * point, inside);
                w13.sub(w33).intoArray(target, v + 3 * SIDE * point, inside);
            }
        }
    }

    @Override
    void gradient(
            float[] pixels, int[] rows, int width, int tiles, float[] target, int to, int point) {
        int upper = rows[0];
        int lower = rows[1];
        for (int lane = 0; lane < width; lane += LANES) {
            VectorMask<Float> inside = SPECIES.indexInRange(lane, width);
            for (int t = 0; t < tiles; t++) {
                int at = 2 * t * width + lane;
                FloatVector y00 = FloatVector.fromArray(SPECIES, pixels, upper + at);
                FloatVector y01 = FloatVector.fromArray(SPECIES, pixels, upper + at + width);
                FloatVector y10 = FloatVector.fromArray(SPECIES, pixels, lower + at);
                FloatVector y11 = FloatVector.fromArray(SPECIES, pixels, lower + at + width);
                FloatVector left = y00;
                FloatVector right = y01;
                int v = to + t * width + lane;
                left.intoArray(target, v, inside);
                left.add(right).intoArray(target, v + point, inside);
                left.sub(right).intoArray(target, v + 2 * point, inside);
                right.neg().intoArray(target, v + 3 * point, inside);
                left = y00.add(y10);
                right = y01.add(y11);
                v += SIDE * point;
                left.intoArray(target, v, inside);
                left.add(right).intoArray(target, v + point, inside);
                left.sub(right).intoArray(target, v + 2 * point, inside);
                right.neg().intoArray(target, v + 3 * point, inside);
                left = y00.sub(y10);
                right = y01.sub(y11);
                v += SIDE * point;
                left.intoArray(target, v, inside);
                left.add(right).intoArray(target, v + point, inside);
                left.sub(right).intoArray(target, v + 2 * point, inside);
                right.neg().intoArray(target, v + 3 * point, inside);
                left = y10.neg();
                right = y11.neg();
                v += SIDE * point;
                left.intoArray(target, v, inside);
                left.add(right).intoArray(target, v + point, inside);
                left.sub(right).intoArray(target, v + 2 * point, inside);
                right.neg().intoArray(target, v + 3 * point, inside);
            }
        }
    }

    @Override
    void filters(
            float[] elements,
            int from,
            int step,
            int width,
            int filters,
            float[] target,
            int to,
            int point) {
        int first = step > 0 ? from : from + (1 - Filters.TAPS) * step;
        for (int lane = 0; lane < width; lane += LANES) {
            VectorMask<Float> inside = SPECIES.indexInRange(lane, width);
            for (int filter = 0; filter < filters; filter++) {
                int at = first + filter * Filters.TAPS * width + lane;
                FloatVector g00 = FloatVector.fromArray(SPECIES, elements, at);
                FloatVector g01 = FloatVector.fromArray(SPECIES, elements, at + step);
                FloatVector g02 = FloatVector.fromArray(SPECIES, elements, at + 2 * step);
                FloatVector g10 = FloatVector.fromArray(SPECIES, elements, at + 3 * step);
                FloatVector g11 = FloatVector.fromArray(SPECIES, elements, at + 4 * step);
                FloatVector g12 = FloatVector.fromArray(SPECIES, elements, at + 5 * step);
                FloatVector g20 = FloatVector.fromArray(SPECIES, elements, at + 6 * step);
                FloatVector g21 = FloatVector.fromArray(SPECIES, elements, at + 7 * step);
                FloatVector g22 = FloatVector.fromArray(SPECIES, elements, at + 8 * step);
                FloatVector sum0 = g00.add(g20);
                FloatVector sum1 = g01.add(g21);
                FloatVector sum2 = g02.add(g22);
                FloatVector a = g00;
                FloatVector b = g01;
                FloatVector c = g02;
                FloatVector sum = a.add(c);
                int v = to + filter * width + lane;
                a.intoArray(target, v, inside);
                sum.add(b).mul(0.5f).intoArray(target, v + point, inside);
                sum.sub(b).mul(0.5f).intoArray(target, v + 2 * point, inside);
                c.intoArray(target, v + 3 * point, inside);
                a = sum0.add(g10).mul(0.5f);
                b = sum1.add(g11).mul(0.5f);
                c = sum2.add(g12).mul(0.5f);
                sum = a.add(c);
                v += SIDE * point;
                a.intoArray(target, v, inside);
                sum.add(b).mul(0.5f).intoArray(target, v + point, inside);
                sum.sub(b).mul(0.5f).intoArray(target, v + 2 * point, inside);
                c.intoArray(target, v + 3 * point, inside);
                a = sum0.sub(g10).mul(0.5f);
                b = sum1.sub(g11).mul(0.5f);
                c = sum2.sub(g12).mul(0.5f);
                sum = a.add(c);
                v += SIDE * point;
                a.intoArray(target, v, inside);
                sum.add(b).mul(0.5f).intoArray(target, v + point, inside);
                sum.sub(b).mul(0.5f).intoArray(target, v + 2 * point, inside);
                c.intoArray(target, v + 3 * point, inside);
                a = g20;
                b = g21;
                c = g22;
                sum = a.add(c);
                v += SIDE * point;
                a.intoArray(target, v, inside);
                sum.add(b).mul(0.5f).intoArray(target, v + point, inside);
                sum.sub(b).mul(0.5f).intoArray(target, v + 2 * point, inside);
                c.intoArray(target, v + 3 * point, inside);
            }
        }
    }

    @Override
    void output(
            float[] products, int from, int point, float bias, float[] rows, int upper, int lower) {
        FloatVector added = FloatVector.broadcast(SPECIES, bias);
        for (int t = 0; t < GROUP; t += LANES) {
            int at = from + t;
            FloatVector m00 = FloatVector.fromArray(SPECIES, products, at);
            FloatVector m10 = FloatVector.fromArray(SPECIES, products, at + SIDE * point);
            FloatVector m20 = FloatVector.fromArray(SPECIES, products, at + 2 * SIDE * point);
            FloatVector m30 = FloatVector.fromArray(SPECIES, products, at + 3 * SIDE * point);
            FloatVector top0 = m00.add(m10).add(m20);
            FloatVector low0 = m10.sub(m20).sub(m30);
            at = from + t + point;
            FloatVector m01 = FloatVector.fromArray(SPECIES, products, at);
            FloatVector m11 = FloatVector.fromArray(SPECIES, products, at + SIDE * point);
            FloatVector m21 = FloatVector.fromArray(SPECIES, products, at + 2 * SIDE * point);
            FloatVector m31 = FloatVector.fromArray(SPECIES, products, at + 3 * SIDE * point);
            FloatVector top1 = m01.add(m11).add(m21);
            FloatVector low1 = m11.sub(m21).sub(m31);
            at = from + t + 2 * point;
            FloatVector m02 = FloatVector.fromArray(SPECIES, products, at);
            FloatVector m12 = FloatVector.fromArray(SPECIES, products, at + SIDE * point);
            FloatVector m22 = FloatVector.fromArray(SPECIES, products, at + 2 * SIDE * point);
            FloatVector m32 = FloatVector.fromArray(SPECIES, products, at + 3 * SIDE * point);
            FloatVector top2 = m02.add(m12).add(m22);
            FloatVector low2 = m12.sub(m22).sub(m32);
            at = from + t + 3 * point;
            FloatVector m03 = FloatVector.fromArray(SPECIES, products, at);
            FloatVector m13 = FloatVector.fromArray(SPECIES, products, at + SIDE * point);
            FloatVector m23 = FloatVector.fromArray(SPECIES, products, at + 2 * SIDE * point);
            FloatVector m33 = FloatVector.fromArray(SPECIES, products, at + 3 * SIDE * point);
            FloatVector top3 = m03.add(m13).add(m23);
            FloatVector low3 = m13.sub(m23).sub(m33);
            FloatVector left = top0.add(top1).add(top2).add(added);
            FloatVector right = top1.sub(top2).sub(top3).add(added);
            left.rearrange(LOWER_TWICE)
                    .blend(right.rearrange(LOWER_TWICE), ODD)
                    .intoArray(rows, upper + 2 * t);
            left.rearrange(UPPER_TWICE)
                    .blend(right.rearrange(UPPER_TWICE), ODD)
                    .intoArray(rows, upper + 2 * t + LANES);
            left = low0.add(low1).add(low2).add(added);
            right = low1.sub(low2).sub(low3).add(added);
            left.rearrange(LOWER_TWICE)
                    .blend(right.rearrange(LOWER_TWICE), ODD)
                    .intoArray(rows, lower + 2 * t);
            left.rearrange(UPPER_TWICE)
                    .blend(right.rearrange(UPPER_TWICE), ODD)
                    .intoArray(rows, lower + 2 * t + LANES);
        }
    }
}
