package org.gradus.io;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.gradus.tensor.HostArray;

/** Moves the elements of arrays between memory and channels, in a given byte order. */
final class Elements {
    private static final int CHUNK = 1 << 20;

    private Elements() {}

    /** Writes an array's elements, low byte first. */
    static void write(WritableByteChannel channel, HostArray array) throws IOException {
        int width = array.dtype().bytes();
        long total = array.data().byteSize();
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(CHUNK, total));
        MemorySegment chunk = MemorySegment.ofBuffer(buffer);
        for (long start = 0; start < total; start += CHUNK) {
            int bytes = (int) Math.min(CHUNK, total - start);
            copy(array.data(), start, ByteOrder.nativeOrder(), chunk, 0, LITTLE, bytes, width);
            AtomicFiles.writeFully(channel, buffer.clear().limit(bytes));
        }
    }

    /**
     * Fills an array with elements.
     *
     * @throws EOFException if the channel ends before
     */
    static void read(ReadableByteChannel channel, HostArray array, ByteOrder order)
            throws IOException {
        int width = array.dtype().bytes();
        long total = array.data().byteSize();
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(CHUNK, total));
        MemorySegment chunk = MemorySegment.ofBuffer(buffer);
        for (long start = 0; start < total; start += CHUNK) {
            int bytes = (int) Math.min(CHUNK, total - start);
            readFully(channel, buffer.clear().limit(bytes));
            copy(chunk, 0, order, array.data(), start, ByteOrder.nativeOrder(), bytes, width);
        }
    }

    /** Fills what remains of a buffer. */
    static void readFully(ReadableByteChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the file ends too early");
            }
        }
    }

    private static void copy(
            MemorySegment from,
            long fromOffset,
            ByteOrder fromOrder,
            MemorySegment to,
            long toOffset,
            ByteOrder toOrder,
            int bytes,
            int width) {
        ValueLayout layout =
                switch (width) {
                    case 1 -> ValueLayout.JAVA_BYTE;
                    case 2 -> ValueLayout.JAVA_SHORT_UNALIGNED;
                    case 4 -> ValueLayout.JAVA_INT_UNALIGNED;
                    default -> ValueLayout.JAVA_LONG_UNALIGNED;
                };
        MemorySegment.copy(
                from,
                layout.withOrder(fromOrder),
                fromOffset,
                to,
                layout.withOrder(toOrder),
                toOffset,
                bytes / width);
    }

    private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;
}
