package org.gradus.opencl;

import org.jocl.Pointer;
import org.jocl.cl_mem;

/**
 * A memory object.
 *
 * @param memory the handle
 * @param argument a pointer to the handle, as kernels take it
 */
record MemoryBlock(cl_mem memory, Pointer argument) {}
