package org.gradus.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.gradus.device.Device;
import org.gradus.device.MatmulOptions;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/**
 * Matrices on a device with small whole numbers, of which all products are exact in every type, and
 * the same products by plain loops on the host.
 */
final class Matrices {
    /** How the elements of a matrix lie. */
    enum Layout {
        ROWS,
        COLUMNS,
        /** Rows of a wider matrix, which begin after its start. */
        PART,
        /** Every second element of every second row. */
        SPARSE,
        /** Rows from right to left. */
        FLIPPED,
        /** One row for all. */
        REPEATED
    }

    private static final int LARGEST = 2;
    private static final long MARGIN = 8;

    private final Device device;
    private final Random random = new Random(1);

    Matrices(Device device) {
        this.device = device;
    }

    /** Returns matrices of random numbers, along leading axes one after the other. */
    View random(DType dtype, Layout layout, int... sizes) {
        Shape shape = Shape.of(sizes);
        int rank = sizes.length;
        int rows = sizes[rank - 2];
        int columns = sizes[rank - 1];
        long[] strides = new long[rank];
        long offset = 0;
        switch (layout) {
            case ROWS -> set(strides, columns, 1);
            case COLUMNS -> set(strides, 1, rows);
            case PART -> {
                set(strides, columns + 3, 1);
                offset = 1;
            }
            case SPARSE -> set(strides, 4L * columns, 2);
            case FLIPPED -> {
                set(strides, columns, -1);
                offset = columns - 1L;
            }
            case REPEATED -> set(strides, 0, 1);
        }
        long matrix = 1 + (rows + 1L) * Math.max(1, 4L * columns) + rows;
        for (int axis = rank - 3; axis >= 0; axis--) {
            strides[axis] = matrix;
            matrix *= sizes[axis];
        }
        View view = new View(device.allocate(dtype, matrix + MARGIN), shape, strides, offset);
        double[] content = new double[(int) view.buffer().length()];
        for (int i = 0; i < content.length; i++) {
            content[i] = random.nextInt(2 * LARGEST + 1) - LARGEST;
        }
        write(view, content);
        return view;
    }

    private static void set(long[] strides, long rows, long columns) {
        strides[strides.length - 2] = rows;
        strides[strides.length - 1] = columns;
    }

    /** Returns a vector of random numbers. */
    View vector(DType dtype, int length, int offset) {
        View whole = random(dtype, Layout.ROWS, 1, length + offset);
        return new View(whole.buffer(), Shape.of(length), new long[] {1}, offset);
    }

    /** Fills a view's whole buffer. */
    void write(View view, double[] values) {
        DType dtype = view.dtype();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate((long) values.length * dtype.bytes(), 8);
            for (int i = 0; i < values.length; i++) {
                switch (dtype) {
                    case F64 -> memory.setAtIndex(ValueLayout.JAVA_DOUBLE, i, values[i]);
                    case F32 -> memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) values[i]);
                    case F16 ->
                            memory.setAtIndex(
                                    ValueLayout.JAVA_SHORT,
                                    i,
                                    Float.floatToFloat16((float) values[i]));
                    case BF16 ->
                            memory.setAtIndex(
                                    ValueLayout.JAVA_SHORT,
                                    i,
                                    (short) (Float.floatToRawIntBits((float) values[i]) >>> 16));
                    default -> throw new IllegalArgumentException(dtype.toString());
                }
            }
            device.upload(memory, view.buffer(), 0);
        }
    }

    /** Returns the elements of a view in order. */
    double[] read(View view) {
        DType dtype = view.dtype();
        double[] result = new double[(int) view.elements()];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory =
                    arena.allocate(view.buffer().length() * dtype.bytes(), Double.BYTES);
            device.download(view.buffer(), 0, memory);
            int[] sizes = view.shape().sizes();
            for (int i = 0; i < result.length; i++) {
                long at = view.offset();
                int rest = i;
                for (int axis = sizes.length - 1; axis >= 0; axis--) {
                    at += rest % sizes[axis] * view.strides()[axis];
                    rest /= sizes[axis];
                }
                result[i] =
                        switch (dtype) {
                            case F64 -> memory.getAtIndex(ValueLayout.JAVA_DOUBLE, at);
                            case F32 -> memory.getAtIndex(ValueLayout.JAVA_FLOAT, at);
                            case F16 ->
                                    Float.float16ToFloat(
                                            memory.getAtIndex(ValueLayout.JAVA_SHORT, at));
                            case BF16 ->
                                    Float.intBitsToFloat(
                                            memory.getAtIndex(ValueLayout.JAVA_SHORT, at) << 16);
                            default -> throw new IllegalArgumentException(dtype.toString());
                        };
            }
        }
        return result;
    }

    /** Returns what {@link Device#matmul} is to give, in order. */
    double[] expected(View a, View b, View c, MatmulOptions options) {
        int m = c.shape().size(-2);
        int n = c.shape().size(-1);
        int k = a.shape().size(-1);
        double[] left = read(a);
        double[] right = read(b);
        double[] result = read(c);
        double[] bias = options.bias().map(this::read).orElse(new double[n]);
        for (int i = 0; i < result.length; i++) {
            int column = i % n;
            int row = i / n % m;
            int batch = i / (m * n);
            double sum = 0;
            for (int inner = 0; inner < k; inner++) {
                sum +=
                        left[(batch * m + row) * k + inner]
                                * right[(batch * k + inner) * n + column];
            }
            double before = options.beta() == 0 ? 0 : options.beta() * result[i];
            double value = options.alpha() * sum + before + bias[column];
            result[i] =
                    options.activation() == MatmulOptions.Activation.RELU
                            ? Math.max(0, value)
                            : value;
        }
        return result;
    }
}
