package org.gradus.kernels.runtime;

/**
 * Whose a block of a {@link MemoryPool} is, also when its buffer was released.
 *
 * @param <B> what the driver calls a block
 */
interface BlockOwner<B> {
    /**
     * Takes a block back when its buffer is released; the pool calls this with its lock held.
     *
     * @return whether it is still this owner's, and not anybody's
     */
    boolean takeBack(long bytes, B block);
}
