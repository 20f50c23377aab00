package org.gradus.cpu;

import java.util.List;
import org.gradus.cpu.matmul.MicroKernels;
import org.gradus.device.Device;
import org.gradus.device.DeviceException;
import org.gradus.device.DeviceProvider;

/** Offers the processor that runs the JVM, as one device with all its cores. */
public final class CpuDeviceProvider implements DeviceProvider {
    private static final int PRIORITY = 100;

    /** Creates the provider; called by {@link java.util.ServiceLoader}. */
    public CpuDeviceProvider() {}

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public int priority() {
        return PRIORITY;
    }

    @Override
    public Discovery discover() {
        return new Discovery(List.of(CpuCapabilities.of(CpuDevice.defaultThreads())), List.of());
    }

    /** Begins to compile the micro-kernels: the drivers of other devices take a while to answer. */
    @Override
    public void prepare() {
        MicroKernels.ofProcessor();
    }

    @Override
    public Device open(int index) {
        if (index != 0) {
            throw new DeviceException(
                    "there is no device cpu:" + index + ": the CPU is one device, cpu");
        }
        return new CpuDevice();
    }
}
