package org.gradus.cpu.convolution;

import org.gradus.cpu.CpuBuffer;
import org.gradus.cpu.matmul.Widening;
import org.gradus.device.View;
import org.gradus.dtype.DType;

/** Rows of elements of one floating type, copied as they are or summed in double precision. */
sealed interface Elements {
    /** Returns the elements of a view's storage. */
    static Elements of(View view) {
        var buffer = CpuBuffer.of(view);
        return switch (view.dtype()) {
            case F32 -> new Floats(buffer.floats());
            case F64 -> new Doubles(buffer.doubles());
            case F16, BF16 -> new Halves(buffer.shorts(), view.dtype() == DType.BF16);
            default ->
                    throw new IllegalArgumentException(
                            "windows over "
                                    + view.dtype()
                                    + " are not supported; convert to a floating type");
        };
    }

    /** Sets elements to those of the same type elsewhere. */
    void set(int at, int stride, Elements source, int from, int sourceStride, int count);

    /** Sets elements to 0. */
    void clear(int at, int stride, int count);

    /** Adds elements to sums. */
    void addTo(double[] sums, int to, int sumStride, int at, int stride, int count);

    /** Sets elements to sums, rounded. */
    void round(int at, int stride, double[] sums, int from, int count);

    /** {@code F32}. */
    record Floats(float[] data) implements Elements {
        @Override
        public void set(
                int at, int stride, Elements source, int from, int sourceStride, int count) {
            float[] other = ((Floats) source).data;
            if (stride == 1 && sourceStride == 1) {
                System.arraycopy(other, from, data, at, count);
                return;
            }
            for (int i = 0; i < count; i++) {
                data[at + i * stride] = other[from + i * sourceStride];
            }
        }

        @Override
        public void clear(int at, int stride, int count) {
            for (int i = 0; i < count; i++) {
                data[at + i * stride] = 0;
            }
        }

        @Override
        public void addTo(double[] sums, int to, int sumStride, int at, int stride, int count) {
            for (int i = 0; i < count; i++) {
                sums[to + i * sumStride] += data[at + i * stride];
            }
        }

        @Override
        public void round(int at, int stride, double[] sums, int from, int count) {
            for (int i = 0; i < count; i++) {
                data[at + i * stride] = (float) sums[from + i];
            }
        }
    }

    /** {@code F64}. */
    record Doubles(double[] data) implements Elements {
        @Override
        public void set(
                int at, int stride, Elements source, int from, int sourceStride, int count) {
            double[] other = ((Doubles) source).data;
            for (int i = 0; i < count; i++) {
                data[at + i * stride] = other[from + i * sourceStride];
            }
        }

        @Override
        public void clear(int at, int stride, int count) {
            for (int i = 0; i < count; i++) {
                data[at + i * stride] = 0;
            }
        }

        @Override
        public void addTo(double[] sums, int to, int sumStride, int at, int stride, int count) {
            for (int i = 0; i < count; i++) {
                sums[to + i * sumStride] += data[at + i * stride];
            }
        }

        @Override
        public void round(int at, int stride, double[] sums, int from, int count) {
            for (int i = 0; i < count; i++) {
                data[at + i * stride] = sums[from + i];
            }
        }
    }

    /** {@code F16} or {@code BF16}. */
    record Halves(short[] data, boolean brain) implements Elements {
        @Override
        public void set(
                int at, int stride, Elements source, int from, int sourceStride, int count) {
            short[] other = ((Halves) source).data;
            for (int i = 0; i < count; i++) {
                data[at + i * stride] = other[from + i * sourceStride];
            }
        }

        @Override
        public void clear(int at, int stride, int count) {
            for (int i = 0; i < count; i++) {
                data[at + i * stride] = 0;
            }
        }

        @Override
        public void addTo(double[] sums, int to, int sumStride, int at, int stride, int count) {
            for (int i = 0; i < count; i++) {
                short bits = data[at + i * stride];
                sums[to + i * sumStride] +=
                        brain ? Float.intBitsToFloat(bits << 16) : Float.float16ToFloat(bits);
            }
        }

        @Override
        public void round(int at, int stride, double[] sums, int from, int count) {
            for (int i = 0; i < count; i++) {
                float value = (float) sums[from + i];
                data[at + i * stride] =
                        brain ? Widening.toBrain(value) : Float.floatToFloat16(value);
            }
        }
    }
}
