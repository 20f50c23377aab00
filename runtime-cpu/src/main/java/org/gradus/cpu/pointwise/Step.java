package org.gradus.cpu.pointwise;

import org.gradus.dtype.DType;
import org.gradus.expr.Op;

/** One instruction of a compiled program: a loop over a tile. Operands are slots of a frame. */
sealed interface Step {
    /** Computes the first {@code n} elements of the result's tile. */
    void run(Frame frame, int n);

    /** A function of one {@code F32}. */
    record FloatUnary(FloatOps ops, Op op, int to, int x) implements Step {
        @Override
        public void run(Frame frame, int n) {
            int[] at = frame.at;
            ops.unary(op, frame.floats[to], at[to], frame.floats[x], at[x], n);
        }
    }

    /** A function of two {@code F32}. */
    record FloatBinary(FloatOps ops, Op op, int to, int x, int y) implements Step {
        @Override
        public void run(Frame frame, int n) {
            int[] at = frame.at;
            float[][] tiles = frame.floats;
            ops.binary(op, tiles[to], at[to], tiles[x], at[x], tiles[y], at[y], n);
        }
    }

    /** A function of one {@code F64}. */
    record DoubleUnary(Op op, int to, int x) implements Step {
        @Override
        public void run(Frame frame, int n) {
            DoubleOps.unary(op, frame.doubles[to], frame.doubles[x], n);
        }
    }

    /** A function of two {@code F64}. */
    record DoubleBinary(Op op, int to, int x, int y) implements Step {
        @Override
        public void run(Frame frame, int n) {
            double[][] tiles = frame.doubles;
            DoubleOps.binary(op, tiles[to], tiles[x], tiles[y], n);
        }
    }

    /** A function of one {@code I32}. */
    record IntUnary(Op op, int to, int x) implements Step {
        @Override
        public void run(Frame frame, int n) {
            IntOps.unary(op, frame.ints[to], frame.ints[x], n);
        }
    }

    /** A function of two {@code I32} or {@code BOOL}. */
    record IntBinary(Op op, int to, int x, int y) implements Step {
        @Override
        public void run(Frame frame, int n) {
            int[][] tiles = frame.ints;
            IntOps.binary(op, tiles[to], tiles[x], tiles[y], n);
        }
    }

    /** The logical complement of a {@code BOOL}. */
    record LogicalNot(int to, int x) implements Step {
        @Override
        public void run(Frame frame, int n) {
            IntOps.logicalNot(frame.ints[to], frame.ints[x], n);
        }
    }

    /** A function of one {@code I64}. */
    record LongUnary(Op op, int to, int x) implements Step {
        @Override
        public void run(Frame frame, int n) {
            LongOps.unary(op, frame.longs[to], frame.longs[x], n);
        }
    }

    /** A function of two {@code I64}. */
    record LongBinary(Op op, int to, int x, int y) implements Step {
        @Override
        public void run(Frame frame, int n) {
            long[][] tiles = frame.longs;
            LongOps.binary(op, tiles[to], tiles[x], tiles[y], n);
        }
    }

    /** A comparison of two values of one compute type. */
    record Compare(FloatOps ops, Op op, DType type, int to, int x, int y) implements Step {
        @Override
        public void run(Frame frame, int n) {
            int[] at = frame.at;
            int[] result = frame.ints[to];
            switch (type) {
                case F32 -> {
                    float[][] tiles = frame.floats;
                    ops.compare(op, result, tiles[x], at[x], tiles[y], at[y], n);
                }
                case F64 -> {
                    double[][] tiles = frame.doubles;
                    DoubleOps.compare(op, result, tiles[x], tiles[y], n);
                }
                case I64 -> {
                    long[][] tiles = frame.longs;
                    LongOps.compare(op, result, tiles[x], tiles[y], n);
                }
                default -> {
                    int[][] tiles = frame.ints;
                    IntOps.compare(op, result, tiles[x], tiles[y], n);
                }
            }
        }
    }

    /** The choice between two values of one compute type. */
    record Select(FloatOps ops, DType type, int to, int c, int x, int y) implements Step {
        @Override
        public void run(Frame frame, int n) {
            int[] at = frame.at;
            int[] condition = frame.ints[c];
            switch (type) {
                case F32 -> {
                    float[][] t = frame.floats;
                    ops.select(t[to], at[to], condition, t[x], at[x], t[y], at[y], n);
                }
                case F64 -> {
                    double[][] t = frame.doubles;
                    DoubleOps.select(t[to], condition, t[x], t[y], n);
                }
                case I64 -> {
                    long[][] t = frame.longs;
                    LongOps.select(t[to], condition, t[x], t[y], n);
                }
                default -> {
                    int[][] t = frame.ints;
                    IntOps.select(t[to], condition, t[x], t[y], n);
                }
            }
        }
    }

    /** A conversion from a compute type to any type. */
    record Cast(DType from, DType to, int slot, int x) implements Step {
        @Override
        public void run(Frame frame, int n) {
            Conversion.run(frame, from, x, to, slot, n);
        }
    }

    /** Random bits from a key and a counter. */
    record RandomBits(Philox philox, int to, int key, int counter) implements Step {
        @Override
        public void run(Frame frame, int n) {
            philox.bits(frame.ints[to], frame.longs[key], frame.longs[counter], n);
        }
    }
}
