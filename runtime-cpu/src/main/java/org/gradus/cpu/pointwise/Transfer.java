package org.gradus.cpu.pointwise;

import java.util.Arrays;
import org.gradus.dtype.DType;

/**
 * Moves elements between buffers and tiles: widens storage types to their compute type when
 * loading, rounds or wraps when storing. A tile is a {@code float[]}, {@code double[]}, {@code
 * int[]} or {@code long[]}, as the compute type is; {@code BOOL} is 0 or 1 in an {@code int[]}.
 */
final class Transfer {
    private final FloatOps ops;

    Transfer(FloatOps ops) {
        this.ops = ops;
    }

    /** Reads {@code n} elements that lie {@code stride} apart into a tile. */
    void load(DType dtype, Object from, int offset, int stride, Object tile, int at, int n) {
        switch (dtype) {
            case F32 -> load((float[]) from, offset, stride, (float[]) tile, at, n);
            case F64 -> load((double[]) from, offset, stride, (double[]) tile, at, n);
            case I32 -> load((int[]) from, offset, stride, (int[]) tile, at, n);
            case I64 -> load((long[]) from, offset, stride, (long[]) tile, at, n);
            case BF16 -> loadBrainFloats((short[]) from, offset, stride, (float[]) tile, at, n);
            case F16 -> loadHalves((short[]) from, offset, stride, (float[]) tile, at, n);
            case U8, BOOL -> loadBytes((byte[]) from, offset, stride, (int[]) tile, at, n);
        }
    }

    /** Writes {@code n} elements of a tile to places that lie {@code stride} apart. */
    void store(DType dtype, Object tile, int at, Object to, int offset, int stride, int n) {
        switch (dtype) {
            case F32 -> store((float[]) tile, at, (float[]) to, offset, stride, n);
            case F64 -> store((double[]) tile, at, (double[]) to, offset, stride, n);
            case I32 -> store((int[]) tile, at, (int[]) to, offset, stride, n);
            case I64 -> store((long[]) tile, at, (long[]) to, offset, stride, n);
            case BF16 -> storeBrainFloats((float[]) tile, at, (short[]) to, offset, stride, n);
            case F16 -> storeHalves((float[]) tile, at, (short[]) to, offset, stride, n);
            case U8, BOOL -> storeBytes((int[]) tile, at, (byte[]) to, offset, stride, n);
        }
    }

    private static void load(float[] from, int offset, int stride, float[] tile, int at, int n) {
        if (stride == 1) {
            System.arraycopy(from, offset, tile, at, n);
        } else if (stride == 0) {
            Arrays.fill(tile, at, at + n, from[offset]);
        } else {
            for (int i = 0, p = offset; i < n; i++, p += stride) {
                tile[at + i] = from[p];
            }
        }
    }

    private static void load(double[] from, int offset, int stride, double[] tile, int at, int n) {
        if (stride == 1) {
            System.arraycopy(from, offset, tile, at, n);
        } else if (stride == 0) {
            Arrays.fill(tile, at, at + n, from[offset]);
        } else {
            for (int i = 0, p = offset; i < n; i++, p += stride) {
                tile[at + i] = from[p];
            }
        }
    }

    private static void load(int[] from, int offset, int stride, int[] tile, int at, int n) {
        if (stride == 1) {
            System.arraycopy(from, offset, tile, at, n);
        } else if (stride == 0) {
            Arrays.fill(tile, at, at + n, from[offset]);
        } else {
            for (int i = 0, p = offset; i < n; i++, p += stride) {
                tile[at + i] = from[p];
            }
        }
    }

    private static void load(long[] from, int offset, int stride, long[] tile, int at, int n) {
        if (stride == 1) {
            System.arraycopy(from, offset, tile, at, n);
        } else if (stride == 0) {
            Arrays.fill(tile, at, at + n, from[offset]);
        } else {
            for (int i = 0, p = offset; i < n; i++, p += stride) {
                tile[at + i] = from[p];
            }
        }
    }

    private void loadBrainFloats(
            short[] from, int offset, int stride, float[] tile, int at, int n) {
        if (stride == 1) {
            ops.widenBrainFloats(from, offset, tile, at, n);
            return;
        }
        for (int i = 0, p = offset; i < n; i++, p += stride) {
            tile[at + i] = Rounding.brainFloatToFloat(from[p]);
        }
    }

    private static void loadHalves(
            short[] from, int offset, int stride, float[] tile, int at, int n) {
        if (stride == 1) {
            for (int i = 0; i < n; i++) {
                tile[at + i] = Float.float16ToFloat(from[offset + i]);
            }
        } else {
            for (int i = 0, p = offset; i < n; i++, p += stride) {
                tile[at + i] = Float.float16ToFloat(from[p]);
            }
        }
    }

    private static void loadBytes(byte[] from, int offset, int stride, int[] tile, int at, int n) {
        if (stride == 1) {
            for (int i = 0; i < n; i++) {
                tile[at + i] = from[offset + i] & 0xff;
            }
        } else {
            for (int i = 0, p = offset; i < n; i++, p += stride) {
                tile[at + i] = from[p] & 0xff;
            }
        }
    }

    private static void store(float[] tile, int at, float[] to, int offset, int stride, int n) {
        if (stride == 1) {
            System.arraycopy(tile, at, to, offset, n);
        } else {
            for (int i = 0, p = offset; i < n; i++, p += stride) {
                to[p] = tile[at + i];
            }
        }
    }

    private static void store(double[] tile, int at, double[] to, int offset, int stride, int n) {
        if (stride == 1) {
            System.arraycopy(tile, at, to, offset, n);
        } else {
            for (int i = 0, p = offset; i < n; i++, p += stride) {
                to[p] = tile[at + i];
            }
        }
    }

    private static void store(int[] tile, int at, int[] to, int offset, int stride, int n) {
        if (stride == 1) {
            System.arraycopy(tile, at, to, offset, n);
        } else {
            for (int i = 0, p = offset; i < n; i++, p += stride) {
                to[p] = tile[at + i];
            }
        }
    }

    private static void store(long[] tile, int at, long[] to, int offset, int stride, int n) {
        if (stride == 1) {
            System.arraycopy(tile, at, to, offset, n);
        } else {
            for (int i = 0, p = offset; i < n; i++, p += stride) {
                to[p] = tile[at + i];
            }
        }
    }

    private void storeBrainFloats(float[] tile, int at, short[] to, int offset, int stride, int n) {
        if (stride == 1) {
            ops.roundToBrainFloats(tile, at, to, offset, n);
            return;
        }
        for (int i = 0, p = offset; i < n; i++, p += stride) {
            to[p] = Rounding.floatToBrainFloat(tile[at + i]);
        }
    }

    private static void storeHalves(
            float[] tile, int at, short[] to, int offset, int stride, int n) {
        if (stride == 1) {
            for (int i = 0; i < n; i++) {
                to[offset + i] = Float.floatToFloat16(tile[at + i]);
            }
        } else {
            for (int i = 0, p = offset; i < n; i++, p += stride) {
                to[p] = Float.floatToFloat16(tile[at + i]);
            }
        }
    }

    private static void storeBytes(int[] tile, int at, byte[] to, int offset, int stride, int n) {
        if (stride == 1) {
            for (int i = 0; i < n; i++) {
                to[offset + i] = (byte) tile[at + i];
            }
        } else {
            for (int i = 0, p = offset; i < n; i++, p += stride) {
                to[p] = (byte) tile[at + i];
            }
        }
    }
}
