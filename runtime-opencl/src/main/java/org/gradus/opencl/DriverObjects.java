package org.gradus.opencl;

/**
 * The objects of the driver that a device holds. None is freed by a garbage collector, so that each
 * number stays the same from one step of a training to the next.
 *
 * @param buffers blocks of memory, in use or kept for the next use
 * @param programs compiled programs
 * @param kernels kernels of these
 * @param events copies that are waited for
 * @param queues command queues, one until the device is closed
 */
public record DriverObjects(long buffers, long programs, long kernels, long events, long queues) {}
