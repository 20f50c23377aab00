package org.gradus.cuda;

import java.util.Optional;
import jcuda.driver.CUcontext;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.gradus.cuda.Handles.DevicePointer;
import org.gradus.kernels.runtime.DriverMemory;

/**
 * The memory of a device.
 *
 * @param device the device's name, for messages
 */
record CudaMemory(CUcontext context, String device) implements DriverMemory<DevicePointer> {
    @Override
    public Optional<DevicePointer> allocate(long bytes) {
        JCudaDriver.cuCtxSetCurrent(context);
        DevicePointer pointer = new DevicePointer();
        int result = JCudaDriver.cuMemAlloc(pointer, bytes);
        if (result == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            return Optional.empty();
        }
        Driver.check(result, device, "allocate memory");
        return Optional.of(pointer);
    }

    @Override
    public void free(DevicePointer block) {
        JCudaDriver.cuCtxSetCurrent(context);
        Driver.check(JCudaDriver.cuMemFree(block), device, "free memory");
    }
}
