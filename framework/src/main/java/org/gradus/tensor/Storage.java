package org.gradus.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.gradus.device.Buffer;
import org.gradus.device.Device;
import org.gradus.dtype.DType;

/** A buffer that several values share; released with the last of them. */
final class Storage {
    private static final AtomicInteger LIVE = new AtomicInteger();

    private final Device device;
    private final Buffer buffer;
    private final AtomicInteger references = new AtomicInteger(1);
    private final List<Value> pendingReaders = new ArrayList<>(2);
    private volatile int version;

    private Storage(Device device, Buffer buffer) {
        this.device = device;
        this.buffer = buffer;
        LIVE.incrementAndGet();
    }

    static Storage allocate(Device device, DType dtype, long elements) {
        return new Storage(device, device.allocate(dtype, elements));
    }

    /** Returns the number of storages that were not released, for tests of leaks. */
    static int live() {
        return LIVE.get();
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
            LIVE.decrementAndGet();
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
