package org.gradus.cpu.pointwise;

import java.util.Arrays;
import org.gradus.dtype.DType;

/**
 * The registers of one worker: for each slot of a program the array that holds its tile and where
 * in it the tile begins. A slot stands either for a tile of the frame's own or, if it is {@code
 * F32}, for a piece of a tensor that is read or written in place.
 */
final class Frame {
    /** The elements of a tile: 4 KiB of floats, of which a first-level cache holds a dozen. */
    static final int TILE = 1024;

    /** The arrays of the slots whose compute type is {@code F32}. */
    float[][] floats = new float[0][];

    /** The arrays of the slots whose compute type is {@code F64}. */
    double[][] doubles = new double[0][];

    /** The arrays of the slots whose compute type is {@code I32} or {@code BOOL}. */
    int[][] ints = new int[0][];

    /** The arrays of the slots whose compute type is {@code I64}. */
    long[][] longs = new long[0][];

    /** Where each slot's tile begins in its array: 0 for all but {@code F32}. */
    int[] at = new int[0];

    private float[][] ownFloats = new float[0][];
    private double[][] ownDoubles = new double[0][];
    private int[][] ownInts = new int[0][];
    private long[][] ownLongs = new long[0][];

    /** Makes room for the given number of slots. */
    void reserve(int slots) {
        if (at.length < slots) {
            floats = Arrays.copyOf(floats, slots);
            doubles = Arrays.copyOf(doubles, slots);
            ints = Arrays.copyOf(ints, slots);
            longs = Arrays.copyOf(longs, slots);
            at = Arrays.copyOf(at, slots);
            ownFloats = Arrays.copyOf(ownFloats, slots);
            ownDoubles = Arrays.copyOf(ownDoubles, slots);
            ownInts = Arrays.copyOf(ownInts, slots);
            ownLongs = Arrays.copyOf(ownLongs, slots);
        }
    }

    /** Lets a slot stand for a tile of the frame's own. */
    void bindOwn(int slot, DType type) {
        at[slot] = 0;
        switch (type) {
            case F32 -> {
                if (ownFloats[slot] == null) {
                    ownFloats[slot] = new float[TILE];
                }
                floats[slot] = ownFloats[slot];
            }
            case F64 -> {
                if (ownDoubles[slot] == null) {
                    ownDoubles[slot] = new double[TILE];
                }
                doubles[slot] = ownDoubles[slot];
            }
            case I64 -> {
                if (ownLongs[slot] == null) {
                    ownLongs[slot] = new long[TILE];
                }
                longs[slot] = ownLongs[slot];
            }
            default -> {
                if (ownInts[slot] == null) {
                    ownInts[slot] = new int[TILE];
                }
                ints[slot] = ownInts[slot];
            }
        }
    }

    /** Lets a slot stand for part of an {@code F32} tensor. */
    void bind(int slot, float[] array, int offset) {
        at[slot] = offset;
        floats[slot] = array;
    }

    /** Returns the array of a slot. */
    Object array(int slot, DType type) {
        return switch (type) {
            case F32 -> floats[slot];
            case F64 -> doubles[slot];
            case I64 -> longs[slot];
            default -> ints[slot];
        };
    }

    /** Copies the first element of a slot's tile to the next ones, so that all are equal. */
    void spread(int slot, DType type, int n) {
        switch (type) {
            case F32 -> Arrays.fill(floats[slot], 1, n, floats[slot][0]);
            case F64 -> Arrays.fill(doubles[slot], 1, n, doubles[slot][0]);
            case I64 -> Arrays.fill(longs[slot], 1, n, longs[slot][0]);
            default -> Arrays.fill(ints[slot], 1, n, ints[slot][0]);
        }
    }

    /** Forgets the tensors that slots stand for, so that they can be collected. */
    void unbind(int slots) {
        Arrays.fill(floats, 0, slots, null);
        Arrays.fill(doubles, 0, slots, null);
        Arrays.fill(ints, 0, slots, null);
        Arrays.fill(longs, 0, slots, null);
    }
}
