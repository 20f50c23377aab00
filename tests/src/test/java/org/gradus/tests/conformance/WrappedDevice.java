package org.gradus.tests.conformance;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.gradus.device.Buffer;
import org.gradus.device.Capabilities;
import org.gradus.device.CumulateOp;
import org.gradus.device.Device;
import org.gradus.device.Kernels;
import org.gradus.device.MatmulOptions;
import org.gradus.device.MemoryReport;
import org.gradus.device.ReduceOp;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.gradus.expr.Program;
import org.gradus.shape.Shape;

/**
 * A device made harder to compute on, or plainer.
 *
 * @param device what does the work
 * @param poisons whether new memory is filled with NaN and large numbers, so that a kernel which
 *     reads what nobody wrote, or leaves out an element, gives itself away
 * @param hasFamilies whether its kernel families are offered; without them the plain definitions
 *     run
 * @param answers whether results can be read; else they are left at 0, and nothing waits for them
 */
public record WrappedDevice(Device device, boolean poisons, boolean hasFamilies, boolean answers)
        implements Device {
    /** Returns the device with new memory filled with NaN and large numbers. */
    public static Device poisoned(Device device) {
        return new WrappedDevice(device, true, true, true);
    }

    /** Returns the device without its kernel families. */
    public static Device withoutFamilies(Device device) {
        return new WrappedDevice(device, false, false, true);
    }

    /** Returns the device without answers. */
    public static Device withoutAnswers(Device device) {
        return new WrappedDevice(device, false, true, false);
    }

    @Override
    public Buffer allocate(DType dtype, long length) {
        Buffer buffer = device.allocate(dtype, length);
        if (poisons && length > 0) {
            double poison =
                    switch (dtype) {
                        case BOOL -> 1;
                        case U8 -> 0xA5;
                        case I32, I64 -> 0x5A5A5A5A;
                        case F16, BF16, F32, F64 -> Double.NaN;
                    };
            device.fill(View.of(buffer, Shape.of(Math.toIntExact(length))), poison);
        }
        return buffer;
    }

    @Override
    public <K extends Kernels> Optional<K> kernels(Class<K> family, DType dtype) {
        return hasFamilies ? device.kernels(family, dtype) : Optional.empty();
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public Capabilities capabilities() {
        return device.capabilities();
    }

    @Override
    public void upload(MemorySegment source, Buffer target, long start) {
        device.upload(source, target, start);
    }

    @Override
    public void download(Buffer source, long start, MemorySegment target) {
        if (answers) {
            device.download(source, start, target);
        }
    }

    @Override
    public void fill(View target, double value) {
        device.fill(target, value);
    }

    @Override
    public void copyStrided(View source, View target) {
        device.copyStrided(source, target);
    }

    @Override
    public void synchronize() {
        device.synchronize();
    }

    @Override
    public MemoryReport memory() {
        return device.memory();
    }

    @Override
    public void trim() {
        device.trim();
    }

    @Override
    public void map(
            Program program, Shape shape, long[] scalars, List<View> inputs, List<View> outputs) {
        device.map(program, shape, scalars, inputs, outputs);
    }

    @Override
    public void reduce(
            ReduceOp op,
            Program program,
            Shape shape,
            long[] scalars,
            List<View> inputs,
            View output,
            int[] axes) {
        device.reduce(op, program, shape, scalars, inputs, output, axes);
    }

    @Override
    public void matmul(View a, View b, View c, MatmulOptions options) {
        device.matmul(a, b, c, options);
    }

    @Override
    public void gather(View source, int axis, View index, View target) {
        device.gather(source, axis, index, target);
    }

    @Override
    public void scatterAdd(View source, int axis, View index, View target) {
        device.scatterAdd(source, axis, index, target);
    }

    @Override
    public void unfold(View input, Window window, View output) {
        device.unfold(input, window, output);
    }

    @Override
    public void fold(View input, Window window, View output) {
        device.fold(input, window, output);
    }

    @Override
    public void cumulate(CumulateOp op, View input, View output, int axis) {
        device.cumulate(op, input, output, axis);
    }

    @Override
    public void sort(View input, View values, View indices, int axis, boolean descending) {
        device.sort(input, values, indices, axis, descending);
    }

    @Override
    public boolean isClosed() {
        return device.isClosed();
    }

    /** Leaves the device open, which is not its own. */
    @Override
    public void close() {}
}
