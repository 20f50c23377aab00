package org.gradus.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.gradus.device.Buffer;
import org.gradus.device.Device;
import org.gradus.device.DeviceMemoryException;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/** A buffer that several values share; released with the last of them. */
final class Storage {
    private static final Holders HOLDERS = new Holders();

    private final Device device;
    private final Buffer buffer;
    private final Shape shape;
    private final AtomicInteger references = new AtomicInteger(1);
    private final List<Value> pendingReaders = new ArrayList<>(2);
    private volatile int version;

    private Storage(Device device, Buffer buffer, Shape shape) {
        this.device = device;
        this.buffer = buffer;
        this.shape = shape;
        HOLDERS.add(device, buffer.dtype(), shape);
    }

    /**
     * Returns a new storage.
     *
     * @throws DeviceMemoryException if there is no memory for it, even after all work that was
     *     under way is done and what is cached was given back; the message says who has it
     */
    static Storage allocate(Device device, DType dtype, Shape shape) {
        return of(device, dtype, shape, () -> device.allocate(dtype, shape.elements()));
    }

    /** Returns a new storage with a copy of an array; see {@link Device#uploadAhead}. */
    static Storage uploadAhead(HostArray array, Device device) {
        DType dtype = array.dtype();
        return of(device, dtype, array.shape(), () -> device.uploadAhead(dtype, array.data()));
    }

    private static Storage of(
            Device device, DType dtype, Shape shape, Supplier<Buffer> allocation) {
        try {
            return new Storage(device, allocation.get(), shape);
        } catch (DeviceMemoryException first) {
            if (Recording.isActive()) {
                // nothing can be waited for now
                throw first;
            }
            device.synchronize();
            device.trim();
        }
        try {
            return new Storage(device, allocation.get(), shape);
        } catch (DeviceMemoryException second) {
            String holders = HOLDERS.describe(device);
            throw new DeviceMemoryException(
                    second.getMessage()
                            + ("; wanted for %s%s; ".formatted(dtype, shape))
                            + (holders.isEmpty() ? "no tensor holds any" : "held by " + holders),
                    second);
        }
    }

    /** Returns the number of storages that were not released, for tests of leaks. */
    static int live() {
        return HOLDERS.total();
    }

    Device device() {
        return device;
    }

    Buffer buffer() {
        return buffer;
    }

    void retain() {
        references.incrementAndGet();
    }

    void release() {
        if (references.decrementAndGet() == 0) {
            HOLDERS.remove(device, buffer.dtype(), shape);
            buffer.release();
        }
    }

    /** Returns a number that changes with every write in place. */
    int version() {
        return version;
    }

    /** Notes that a value not computed yet will read this storage. */
    synchronized void addPendingReader(Value reader) {
        pendingReaders.add(reader);
    }

    synchronized void removePendingReader(Value reader) {
        for (int i = pendingReaders.size() - 1; i >= 0; i--) {
            if (pendingReaders.get(i) == reader) {
                pendingReaders.remove(i);
                return;
            }
        }
    }

    /** Must be called before a write in place: computes what still needs the old content. */
    void beforeWrite() {
        List<Value> readers;
        synchronized (this) {
            readers = List.copyOf(pendingReaders);
        }
        readers.forEach(Value::view);
        version++;
    }
}
