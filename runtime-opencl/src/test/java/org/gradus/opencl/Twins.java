package org.gradus.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.gradus.cpu.CpuDevice;
import org.gradus.device.Buffer;
import org.gradus.device.Device;
import org.gradus.device.Kernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/**
 * Runs an operation on the CPU device and on the OpenCL device, over buffers that begin alike, and
 * compares the whole buffers afterwards: also what lies outside of the views must be the same.
 */
final class Twins implements AutoCloseable {
    private static final float[] SPECIAL = {
        0f,
        -0f,
        1f,
        -1f,
        0.5f,
        -0.5f,
        1.5f,
        2.5f,
        -2.5f,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.NaN,
        1e-3f,
        -1e-3f,
        300f,
        -300f,
        3e9f,
        -3e9f,
        1e19f,
        -1e19f
    };

    /** What is done to the views on either device. */
    interface Operation {
        void run(Device device, List<View> views);
    }

    private final CpuDevice cpu;
    private final OpenClDevice opencl;
    private final DType storage;
    private final Random random = new Random(7);

    Twins(OpenClDevice opencl) {
        this(new CpuDevice(1), opencl, DType.F32);
    }

    private Twins(CpuDevice cpu, OpenClDevice opencl, DType storage) {
        this.cpu = cpu;
        this.opencl = opencl;
        this.storage = storage;
    }

    /**
     * Returns the same twins, but what is {@code F32} has a 16-bit type on the OpenCL device, and
     * on the CPU the same numbers.
     */
    Twins storing(DType type) {
        return new Twins(cpu, opencl, type);
    }

    /** Returns a family of kernels for what is computed in {@code F32}. */
    <K extends Kernels> K kernels(Device device, Class<K> family) {
        return device.kernels(family, device == cpu ? DType.F32 : storage).orElseThrow();
    }

    /**
     * A tensor to be: the same numbers on both devices.
     *
     * @param wide whether {@code F32} elements stay so where the others are stored in 16 bits
     */
    record Spec(
            DType dtype,
            Shape shape,
            long[] strides,
            long offset,
            long length,
            Data data,
            boolean wide) {
        Spec(DType dtype, Shape shape, long[] strides, long offset, long length, Data data) {
            this(dtype, shape, strides, offset, length, data, false);
        }

        static Spec of(DType dtype, int... sizes) {
            Shape shape = Shape.of(sizes);
            return new Spec(
                    dtype, shape, shape.contiguousStrides(), 0, shape.elements(), new Normal());
        }

        /** A statistic, which is not rounded to 16 bits. */
        static Spec statistic(int... sizes) {
            Spec plain = of(DType.F32, sizes);
            return new Spec(
                    DType.F32,
                    plain.shape,
                    plain.strides,
                    plain.offset,
                    plain.length,
                    plain.data,
                    true);
        }

        /** The same shape at an offset, with its axes in reverse order in memory. */
        Spec transposed() {
            long[] reversed = new long[shape.rank()];
            long step = 1;
            for (int axis = 0; axis < reversed.length; axis++) {
                reversed[axis] = step;
                step *= shape.size(axis);
            }
            return new Spec(dtype, shape, reversed, 3, shape.elements() + 5, data);
        }

        /** The same shape with gaps between all elements. */
        Spec spread() {
            long[] wide = Arrays.stream(shape.contiguousStrides()).map(s -> 2 * s).toArray();
            return new Spec(dtype, shape, wide, 1, 2 * shape.elements() + 1, data);
        }

        /** The same shape with its last axis backwards. */
        Spec flipped() {
            long[] back = strides.clone();
            int last = shape.rank() - 1;
            back[last] = -strides[last];
            long start = offset + strides[last] * (shape.size(last) - 1);
            return new Spec(dtype, shape, back, start, length, data);
        }

        /** The same with stride 0 along an axis. */
        Spec repeated(int axis) {
            long[] fixed = strides.clone();
            fixed[axis] = 0;
            return new Spec(dtype, shape, fixed, offset, length, data);
        }

        Spec with(Data other) {
            return new Spec(dtype, shape, strides, offset, length, other, wide);
        }
    }

    /** How elements are drawn. */
    sealed interface Data {}

    /** Bell-shaped around 0; whole numbers a few of either sign. */
    record Normal() implements Data {}

    /** Each number several times, with the values that are special among them. */
    record Special() implements Data {}

    /** Indices below a bound. */
    record Below(int bound) implements Data {}

    /** Numbers between 0.5 and 1.5. */
    record Near1() implements Data {}

    /** Runs the operation on both and compares all buffers. */
    void check(String what, double tolerance, Operation operation, Spec... specs) {
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> contents = new ArrayList<>();
            for (Spec spec : specs) {
                contents.add(draw(spec, arena));
            }
            List<MemorySegment> expected = run(cpu, operation, specs, contents, arena);
            Spec[] narrow = Stream.of(specs).map(this::stored).toArray(Spec[]::new);
            List<MemorySegment> narrowed = new ArrayList<>();
            for (int i = 0; i < specs.length; i++) {
                narrowed.add(convert(contents.get(i), specs[i], narrow[i].dtype(), arena));
            }
            List<MemorySegment> actual = run(opencl, operation, narrow, narrowed, arena);
            for (int i = 0; i < specs.length; i++) {
                compare(
                        what + ", tensor " + i,
                        narrow[i],
                        convert(expected.get(i), specs[i], narrow[i].dtype(), arena),
                        actual.get(i),
                        Math.max(tolerance, rounding()));
            }
        }
    }

    private Spec stored(Spec spec) {
        return spec.dtype() == DType.F32 && !spec.wide()
                ? new Spec(
                        storage,
                        spec.shape(),
                        spec.strides(),
                        spec.offset(),
                        spec.length(),
                        spec.data())
                : spec;
    }

    /** What two roundings to 16 bits can change: of a result, and of what it is made from. */
    private double rounding() {
        return switch (storage) {
            case BF16 -> 0x1p-7;
            case F16 -> 0x1p-10;
            default -> 0;
        };
    }

    private static MemorySegment convert(MemorySegment from, Spec spec, DType type, Arena arena) {
        if (spec.dtype() == type) {
            return from;
        }
        MemorySegment to = arena.allocate(Math.max(1, spec.length()) * type.bytes(), 8);
        for (long i = 0; i < spec.length(); i++) {
            put(to, type, i, number(from, spec.dtype(), i));
        }
        return to.asSlice(0, spec.length() * type.bytes());
    }

    private static List<MemorySegment> run(
            Device device,
            Operation operation,
            Spec[] specs,
            List<MemorySegment> contents,
            Arena arena) {
        List<View> views = new ArrayList<>();
        for (int i = 0; i < specs.length; i++) {
            Spec spec = specs[i];
            Buffer buffer = device.allocate(spec.dtype(), spec.length());
            device.upload(contents.get(i), buffer, 0);
            views.add(new View(buffer, spec.shape(), spec.strides(), spec.offset()));
        }
        operation.run(device, views);
        List<MemorySegment> results = new ArrayList<>();
        for (int i = 0; i < specs.length; i++) {
            MemorySegment result = arena.allocate(contents.get(i).byteSize(), 8);
            device.download(views.get(i).buffer(), 0, result);
            results.add(result);
            views.get(i).buffer().release();
        }
        return results;
    }

    private MemorySegment draw(Spec spec, Arena arena) {
        DType dtype = spec.dtype();
        MemorySegment data = arena.allocate(Math.max(1, spec.length()) * dtype.bytes(), 8);
        for (long i = 0; i < spec.length(); i++) {
            double x =
                    switch (spec.data()) {
                        case Normal n ->
                                dtype.isFloating()
                                        ? random.nextGaussian()
                                        : random.nextInt(41) - 20;
                        case Special s ->
                                dtype.isFloating()
                                        ? SPECIAL[random.nextInt(SPECIAL.length)]
                                        : special(dtype);
                        case Below b -> random.nextInt(b.bound());
                        case Near1 n -> 0.5 + random.nextDouble();
                    };
            put(data, dtype, i, rounded(x, stored(spec).dtype()));
        }
        return data.asSlice(0, spec.length() * dtype.bytes());
    }

    private double special(DType dtype) {
        return switch (random.nextInt(8)) {
            case 0 -> dtype == DType.I64 ? -0x1p63 : -0x1p31;
            case 1 -> dtype == DType.I64 ? 0x1p62 : 0x7fffffff;
            case 2, 3 -> 0;
            case 4 -> -1;
            default -> random.nextInt(1000) - 500;
        };
    }

    private static void put(MemorySegment data, DType dtype, long i, double x) {
        switch (dtype) {
            case F64 -> data.setAtIndex(ValueLayout.JAVA_DOUBLE, i, x);
            case F32 -> data.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) x);
            case F16 -> data.setAtIndex(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16((float) x));
            case BF16 -> data.setAtIndex(ValueLayout.JAVA_SHORT, i, brainFloat((float) x));
            case I64 -> data.setAtIndex(ValueLayout.JAVA_LONG, i, (long) x);
            case I32 -> data.setAtIndex(ValueLayout.JAVA_INT, i, (int) x);
            case U8 -> data.set(ValueLayout.JAVA_BYTE, i, (byte) (long) x);
            case BOOL -> data.set(ValueLayout.JAVA_BYTE, i, (byte) ((long) x & 1));
        }
    }

    private static double rounded(double x, DType dtype) {
        return switch (dtype) {
            case F16 -> Float.float16ToFloat(Float.floatToFloat16((float) x));
            case BF16 -> Float.intBitsToFloat(brainFloat((float) x) << 16);
            default -> x;
        };
    }

    /** Rounds to the nearest even number of 8 bits of precision; NaN stays NaN. */
    private static short brainFloat(float x) {
        int bits = Float.floatToRawIntBits(x);
        return (short) (Float.isNaN(x) ? 0x7fc0 : bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }

    private static void compare(
            String what,
            Spec spec,
            MemorySegment expected,
            MemorySegment actual,
            double tolerance) {
        DType dtype = spec.dtype();
        for (long i = 0; i < spec.length(); i++) {
            String where = what + " (" + dtype + spec.shape() + "), element " + i;
            if (!dtype.isFloating()) {
                assertEquals(whole(expected, dtype, i), whole(actual, dtype, i), where);
                continue;
            }
            double x = number(expected, dtype, i);
            double y = number(actual, dtype, i);
            if (Double.isNaN(x) || Double.isInfinite(x) || tolerance == 0) {
                assertEquals(x, y, where);
            } else {
                double bound = tolerance * Math.max(1, Math.abs(x));
                assertTrue(Math.abs(x - y) <= bound, () -> where + ": " + y + ", not " + x);
            }
        }
    }

    private static long whole(MemorySegment data, DType dtype, long i) {
        return switch (dtype) {
            case I64 -> data.getAtIndex(ValueLayout.JAVA_LONG, i);
            case I32 -> data.getAtIndex(ValueLayout.JAVA_INT, i);
            default -> data.get(ValueLayout.JAVA_BYTE, i) & 0xff;
        };
    }

    private static double number(MemorySegment data, DType dtype, long i) {
        return switch (dtype) {
            case F64 -> data.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
            case F32 -> data.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            case F16 -> Float.float16ToFloat(data.getAtIndex(ValueLayout.JAVA_SHORT, i));
            default -> Float.intBitsToFloat(data.getAtIndex(ValueLayout.JAVA_SHORT, i) << 16);
        };
    }

    @Override
    public void close() {
        cpu.close();
    }
}
