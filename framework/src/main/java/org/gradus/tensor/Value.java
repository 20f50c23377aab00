package org.gradus.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.gradus.device.Device;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.PointwiseFunction;
import org.gradus.shape.Shape;

/**
 * What a tensor holds: either a view of a storage, or pointwise work that was put off so that it
 * can be fused with what needs it. Immutable as seen from outside; reference-counted.
 */
final class Value {
    /**
     * Work put off.
     *
     * @param inputs an element is null where the function does not use the input
     * @param size an upper bound of the number of operations that inlining it costs
     */
    record Pending(
            PointwiseFunction.Typed function,
            long[] scalars,
            Value[] inputs,
            int size,
            int leaves) {}

    private final Shape shape;
    private final DType dtype;
    private final Device device;
    private final AtomicInteger references = new AtomicInteger(1);
    private Pending pending;
    private Storage storage;
    private View view;
    private int uses;
    private final List<Value> consumers = new ArrayList<>(2);

    private Value(Shape shape, DType dtype, Device device) {
        this.shape = shape;
        this.dtype = dtype;
        this.device = device;
    }

    /** Returns a value in new storage, row-major, with unspecified content. */
    static Value allocate(Device device, DType dtype, Shape shape) {
        Storage storage = Storage.allocate(device, dtype, shape);
        return ready(storage, View.of(storage.buffer(), shape));
    }

    /** Returns a value with a copy of an array; see {@link Device#uploadAhead}. */
    static Value uploadAhead(HostArray array, Device device) {
        Storage storage = Storage.uploadAhead(array, device);
        return ready(storage, View.of(storage.buffer(), array.shape()));
    }

    private static Value ready(Storage storage, View view) {
        Value value = new Value(view.shape(), view.dtype(), storage.device());
        value.storage = storage;
        value.view = view;
        return value;
    }

    /** Returns a value that will be computed when it is needed; retains its inputs. */
    static Value pending(Shape shape, DType dtype, Device device, Pending pending) {
        Value value = new Value(shape, dtype, device);
        value.pending = pending;
        for (Value input : pending.inputs()) {
            if (input != null) {
                input.retain();
                input.addConsumer(value);
            }
        }
        return value;
    }

    /** Notes pending work that reads this value: it must run before the value is overwritten. */
    private void addConsumer(Value consumer) {
        if (storage != null) {
            storage.addPendingReader(consumer);
        } else {
            consumers.add(consumer);
        }
    }

    private void removeConsumer(Value consumer) {
        if (storage != null) {
            storage.removePendingReader(consumer);
        } else {
            consumers.remove(consumer);
        }
    }

    Shape shape() {
        return shape;
    }

    DType dtype() {
        return dtype;
    }

    Device device() {
        return device;
    }

    /** Returns the work put off, null if there is none (any more). */
    Pending pending() {
        return pending;
    }

    /** Returns whether at most one value that is not computed yet reads this one. */
    boolean hasOneConsumer() {
        return consumers.size() <= 1;
    }

    /** Counts one more kernel that computes this value on the way; returns how many did before. */
    int countUse() {
        return uses++;
    }

    /** Returns the storage, computing the value first if need be. */
    Storage storage() {
        view();
        return storage;
    }

    /** Returns the elements, computing them first if need be. */
    View view() {
        if (pending != null) {
            materialize();
        }
        return view;
    }

    private void materialize() {
        Storage target = Storage.allocate(device, dtype, shape);
        View output = View.of(target.buffer(), shape);
        try {
            Fusion.compute(this, output);
        } catch (RuntimeException | Error e) {
            target.release();
            throw e;
        }
        storage = target;
        view = output;
        consumers.forEach(target::addPendingReader);
        consumers.clear();
        dropInputs();
    }

    private void dropInputs() {
        Pending done = pending;
        pending = null;
        for (Value input : done.inputs()) {
            if (input != null) {
                input.removeConsumer(this);
                input.release();
            }
        }
    }

    /** Returns another view of the same storage. */
    Value viewAs(Shape newShape, long[] strides, long offset) {
        View own = view();
        storage.retain();
        return ready(storage, new View(own.buffer(), newShape, strides, offset));
    }

    /** Returns this value in another shape, as a view if the strides allow it, else null. */
    Value reshaped(Shape newShape) {
        View own = view();
        long[] strides = Strides.reshape(own.shape(), own.strides(), newShape);
        return strides == null ? null : viewAs(newShape, strides, own.offset());
    }

    Value retain() {
        references.incrementAndGet();
        return this;
    }

    void release() {
        int left = references.decrementAndGet();
        if (left == 0) {
            if (pending != null) {
                dropInputs();
            } else {
                storage.release();
            }
        } else if (left < 0) {
            throw new IllegalStateException("a value was released more often than it was retained");
        }
    }

    @Override
    public String toString() {
        return dtype + Arrays.toString(shape.sizes()) + (pending != null ? " pending" : "");
    }
}
