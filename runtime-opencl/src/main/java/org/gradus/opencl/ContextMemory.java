package org.gradus.opencl;

import static org.jocl.CL.CL_INVALID_BUFFER_SIZE;
import static org.jocl.CL.CL_MEM_OBJECT_ALLOCATION_FAILURE;
import static org.jocl.CL.CL_MEM_READ_WRITE;
import static org.jocl.CL.CL_OUT_OF_HOST_MEMORY;
import static org.jocl.CL.CL_OUT_OF_RESOURCES;
import static org.jocl.CL.clCreateBuffer;
import static org.jocl.CL.clReleaseMemObject;

import java.util.Optional;
import org.gradus.device.DeviceException;
import org.gradus.kernels.runtime.DriverMemory;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_context;
import org.jocl.cl_mem;

/**
 * The memory objects of a context.
 *
 * @param device the device's name, for messages
 */
record ContextMemory(cl_context context, String device) implements DriverMemory<MemoryBlock> {
    @Override
    public Optional<MemoryBlock> allocate(long bytes) {
        try {
            cl_mem memory = clCreateBuffer(context, CL_MEM_READ_WRITE, bytes, null, null);
            return Optional.of(new MemoryBlock(memory, Pointer.to(memory)));
        } catch (CLException e) {
            switch (e.getStatus()) {
                case CL_MEM_OBJECT_ALLOCATION_FAILURE,
                        CL_OUT_OF_RESOURCES,
                        CL_OUT_OF_HOST_MEMORY,
                        CL_INVALID_BUFFER_SIZE -> {
                    return Optional.empty();
                }
                default ->
                        throw new DeviceException(
                                "the device "
                                        + device
                                        + " cannot allocate memory: "
                                        + e.getMessage(),
                                e);
            }
        }
    }

    @Override
    public void free(MemoryBlock block) {
        clReleaseMemObject(block.memory());
    }
}
