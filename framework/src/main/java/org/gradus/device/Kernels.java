package org.gradus.device;

/**
 * Marks a kernel family: operations that a device can do faster than by combining primitives. For
 * each the framework has a plain definition, which is the reference and the fallback. Without a
 * family a backend is slower, never wrong.
 */
public interface Kernels {}
