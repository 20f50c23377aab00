package org.gradus.kernels.runtime;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.gradus.device.Buffer;
import org.gradus.device.DeviceException;
import org.gradus.device.DeviceMemoryException;
import org.gradus.device.MemoryReport;
import org.gradus.dtype.DType;

/**
 * Hands out blocks of a device's memory and keeps the released ones for the next request of their
 * size. As all work runs in one queue, a block may be handed out again while a kernel still reads
 * it.
 *
 * <p>Sizes are rounded up to classes, four to each power of two, so that a kept block wastes at
 * most a fifth. Thread-safe.
 *
 * @param <B> what the driver calls a block
 */
public final class MemoryPool<B> {
    private static final long SMALLEST = 256;

    private final DriverMemory<B> memory;
    private final Limits limits;
    private final Map<Long, ArrayDeque<B>> cache = new HashMap<>();
    private long used;
    private long cached;
    private long peak;
    private long buffers;
    private long blocks;
    private final List<Recorded> recorded = new ArrayList<>();
    private final Rotation rotation = new Rotation();
    private Recorded recording;
    private boolean closed;

    /**
     * What a pool may take.
     *
     * @param device the device's name, for messages
     * @param property the system property that sets {@code total}, for messages
     * @param total the most bytes that are used and kept together
     * @param largest the most bytes of one block
     * @param exact whether blocks are as small as asked for and never used again, so that a
     *     simulator sees what reads or writes beyond a buffer, or before it was written; nor given
     *     back before the end, as Oclgrind takes the next buffer's size for the former's
     */
    public record Limits(String device, String property, long total, long largest, boolean exact) {}

    /**
     * The blocks that recorded work uses whenever it is done: they are handed out again while it is
     * recorded, and then kept for it. They count as used.
     */
    public final class Recorded implements BlockOwner<B> {
        private final Map<Long, ArrayDeque<B>> free = new HashMap<>();

        /** Buffers from before: if one is released, its block waits for the end of this. */
        private final Set<Buffer> uses = Collections.newSetFromMap(new IdentityHashMap<>());

        private String obstacle;
        private boolean isGivenBack;

        private Recorded() {}

        private void add(long bytes, B block) {
            free.computeIfAbsent(bytes, size -> new ArrayDeque<>()).addLast(block);
        }

        @Override
        public boolean takeBack(long bytes, B block) {
            if (!isGivenBack) {
                add(bytes, block);
            }
            return !isGivenBack;
        }

        /** Notes that the work reads or writes a buffer. */
        public void use(Buffer buffer) {
            synchronized (MemoryPool.this) {
                BlockOwner<?> owner = buffer instanceof PooledBuffer<?> own ? own.owner() : null;
                if (owner == this) {
                    return;
                }
                uses.add(buffer);
                if (recorded.contains(owner)) {
                    obstacle = "it uses what other recorded work makes anew each time: copy that";
                }
            }
        }

        /**
         * Ends the recording: what is allocated from now on is not for it.
         *
         * @return why the work cannot be done again, as not all that it uses will be there; nothing
         *     if it can
         */
        public Optional<String> end() {
            synchronized (MemoryPool.this) {
                recording = null;
                return Optional.ofNullable(obstacle);
            }
        }

        /** Gives its blocks back, as the work will not be done again. */
        public void giveBack() {
            synchronized (MemoryPool.this) {
                isGivenBack = true;
                recorded.remove(this);
                free.forEach((bytes, kept) -> kept.forEach(block -> keep(bytes, block)));
                free.clear();
            }
        }
    }

    /**
     * The blocks of buffers that are filled beside the queue, while work in the queue may still
     * read the former ones. One that was released is handed out again in the next round but one, as
     * all that reads it was in the queue when the next round began. Those that are free count as
     * kept.
     */
    public final class Rotation implements BlockOwner<B> {
        /** A block, and the round in which it was released. */
        private record Free<B>(B block, long round) {}

        private final Map<Long, ArrayDeque<Free<B>>> free = new HashMap<>();
        private long round;

        private Rotation() {}

        /** Begins a round: something was put into the queue since the last one began. */
        public void beginRound() {
            synchronized (MemoryPool.this) {
                round++;
            }
        }

        /**
         * Returns a buffer that no work reads which was put into the queue after the beginning of
         * the last round, nothing if there is none.
         */
        public Optional<PooledBuffer<B>> reuse(DType dtype, long length) {
            synchronized (MemoryPool.this) {
                long bytes = size(length * dtype.bytes());
                ArrayDeque<Free<B>> blocksOfSize = free.get(bytes);
                if (blocksOfSize == null
                        || blocksOfSize.isEmpty()
                        || blocksOfSize.getFirst().round() > round - 2) {
                    return Optional.empty();
                }
                cached -= bytes;
                return Optional.of(
                        use(dtype, length, bytes, blocksOfSize.removeFirst().block(), this));
            }
        }

        /**
         * Returns another buffer, which work may read that is in the queue.
         *
         * @throws DeviceMemoryException if there is no memory left, even without the cache
         */
        public PooledBuffer<B> allocate(DType dtype, long length) {
            return MemoryPool.this.allocate(dtype, length, this);
        }

        @Override
        public boolean takeBack(long bytes, B block) {
            used -= bytes;
            if (closed) {
                destroy(block);
            } else {
                cached += bytes;
                free.computeIfAbsent(bytes, size -> new ArrayDeque<>())
                        .addLast(new Free<>(block, round));
            }
            return true;
        }

        private void trim() {
            free.values().forEach(blocks -> blocks.forEach(each -> destroy(each.block())));
            free.clear();
        }
    }

    /** Returns the blocks of buffers that are filled beside the queue. */
    public Rotation rotation() {
        return rotation;
    }

    /**
     * Begins to record what work uses; see {@link Recorded#end}.
     *
     * @throws IllegalStateException if some is being recorded
     */
    public synchronized Recorded record() {
        if (recording != null) {
            throw new IllegalStateException("two recordings at once on " + limits.device());
        }
        recording = new Recorded();
        recorded.add(recording);
        return recording;
    }

    /** Creates an empty pool. */
    public MemoryPool(DriverMemory<B> memory, Limits limits) {
        this.memory = memory;
        this.limits = limits;
    }

    /**
     * Returns a buffer of unspecified content.
     *
     * @throws DeviceMemoryException if there is no memory left, even without the cache
     */
    public PooledBuffer<B> allocate(DType dtype, long length) {
        return allocate(dtype, length, null);
    }

    private synchronized PooledBuffer<B> allocate(DType dtype, long length, Rotation owner) {
        if (closed) {
            throw new IllegalStateException("the device " + limits.device() + " was closed");
        }
        if (length < 0 || length > Long.MAX_VALUE / 2 / dtype.bytes()) {
            throw new DeviceException(
                    "the device "
                            + limits.device()
                            + " was asked for a buffer of "
                            + length
                            + " "
                            + dtype
                            + " elements, which no memory can hold");
        }
        long bytes = size(length * dtype.bytes());
        if (recording != null) {
            B block = takeFrom(recording.free, bytes);
            if (block != null) {
                buffers++;
                return new PooledBuffer<>(this, dtype, length, bytes, block, recording);
            }
        }
        B block = takeFrom(cache, bytes);
        if (block != null) {
            cached -= bytes;
        } else {
            block = create(bytes);
        }
        return use(dtype, length, bytes, block, recording == null ? owner : recording);
    }

    /** Returns a buffer with a block that was not in use. */
    private PooledBuffer<B> use(
            DType dtype, long length, long bytes, B block, BlockOwner<B> owner) {
        used += bytes;
        peak = Math.max(peak, used);
        buffers++;
        return new PooledBuffer<>(this, dtype, length, bytes, block, owner);
    }

    private B takeFrom(Map<Long, ArrayDeque<B>> blocksBySize, long bytes) {
        ArrayDeque<B> kept = limits.exact() ? null : blocksBySize.get(bytes);
        return kept == null ? null : kept.pollLast();
    }

    /** Returns a buffer that no report counts, for the device's own use. */
    public synchronized PooledBuffer<B> allocateUncounted(DType dtype, long length) {
        long bytes = size(length * dtype.bytes());
        Optional<B> created = tryCreate(bytes);
        if (created.isEmpty()) {
            trim();
            created = tryCreate(bytes);
        }
        B block =
                created.orElseThrow(
                        () ->
                                new DeviceException(
                                        "the device "
                                                + limits.device()
                                                + " has not even "
                                                + bytes
                                                + " bytes left: close what else uses it"));
        return new PooledBuffer<>(this, dtype, length, bytes, block, null);
    }

    private B create(long bytes) {
        Optional<B> block = Optional.empty();
        if (bytes <= limits.largest()) {
            if (used + cached + bytes <= limits.total()) {
                block = tryCreate(bytes);
            }
            if (block.isEmpty() && cached > 0) {
                trim();
                block = used + bytes <= limits.total() ? tryCreate(bytes) : block;
            }
        }
        return block.orElseThrow(() -> outOfMemory(bytes));
    }

    private DeviceMemoryException outOfMemory(long bytes) {
        return new DeviceMemoryException(
                "out of memory on "
                        + limits.device()
                        + ": "
                        + bytes
                        + " bytes wanted, "
                        + used
                        + " in use by tensors, "
                        + limits.total()
                        + " is the limit and "
                        + limits.largest()
                        + " that of one buffer; use a smaller batch, or raise the property "
                        + limits.property()
                        + " if it sets this limit");
    }

    private Optional<B> tryCreate(long bytes) {
        Optional<B> block = memory.allocate(bytes);
        if (block.isPresent()) {
            blocks++;
        }
        return block;
    }

    /**
     * Returns the memory of a buffer of this pool.
     *
     * @throws IllegalStateException if it was released, or belongs to another device
     */
    @SuppressWarnings("unchecked") // a buffer of this pool has blocks of its type
    public B block(Buffer buffer) {
        if (buffer instanceof PooledBuffer<?> own && own.isOf(this)) {
            return ((PooledBuffer<B>) own).block();
        }
        throw new IllegalStateException(
                "a "
                        + buffer.getClass().getSimpleName()
                        + " of another device is used on "
                        + limits.device()
                        + ": copy the tensor to this device first");
    }

    /** Takes a buffer's block back. */
    synchronized void release(PooledBuffer<B> buffer) {
        B block = buffer.detach();
        buffers--;
        for (Recorded user : recorded) {
            if (user.uses.remove(buffer)) {
                if (user == recording) {
                    user.obstacle =
                            "it gives memory back that it uses and that was there before: change"
                                    + " tensors that stay in place";
                }
                user.add(buffer.bytes(), block);
                return;
            }
        }
        BlockOwner<B> owner = buffer.owner();
        if (owner == null || !owner.takeBack(buffer.bytes(), block)) {
            keep(buffer.bytes(), block);
        }
    }

    /** Keeps a block that is not in use any more for others. */
    private void keep(long bytes, B block) {
        used -= bytes;
        if (closed) {
            destroy(block);
        } else {
            cached += bytes;
            cache.computeIfAbsent(bytes, size -> new ArrayDeque<>()).addLast(block);
        }
    }

    /** Gives all blocks that are kept back to the system. */
    public synchronized void trim() {
        cache.values().forEach(kept -> kept.forEach(this::destroy));
        cache.clear();
        rotation.trim();
        cached = 0;
    }

    /** Ends: what is kept is given back now, what is in use when it is released. */
    public synchronized void close() {
        trim();
        closed = true;
    }

    /** Gives a block of {@link #allocateUncounted} back to the system. */
    public synchronized void destroyUncounted(PooledBuffer<B> buffer) {
        destroy(buffer.detach());
    }

    private void destroy(B block) {
        memory.free(block);
        blocks--;
    }

    /** Returns how much memory is in use. */
    public synchronized MemoryReport report() {
        return new MemoryReport(used, cached, peak, buffers);
    }

    /** Returns the number of blocks there are, in use or kept. */
    public synchronized long blocks() {
        return blocks;
    }

    private long size(long bytes) {
        return limits.exact() ? Math.max(bytes, 1) : roundUp(bytes);
    }

    /** Rounds a size up to 2^k, 1.25, 1.5 or 1.75 times 2^k. */
    private static long roundUp(long bytes) {
        if (bytes <= SMALLEST) {
            return SMALLEST;
        }
        long step = Long.highestOneBit(bytes - 1) >> 2;
        return (bytes + step - 1) / step * step;
    }
}
