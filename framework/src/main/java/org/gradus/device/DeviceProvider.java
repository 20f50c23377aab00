package org.gradus.device;

import java.util.List;

/** A backend, found by {@link java.util.ServiceLoader}. */
public interface DeviceProvider {
    /** Returns the first part of its devices' names, as in {@code cuda}. */
    String name();

    /**
     * Returns the order in which {@code auto} tries backends, lowest first: 10 for CUDA, 20 for
     * OpenCL, 100 for the CPU.
     */
    int priority();

    /**
     * Looks for devices. Never throws: what is missing is told by {@link Discovery#reasons}, which
     * names the driver, the version or the file that was looked for.
     */
    Discovery discover();

    /**
     * Begins, in the background, with what takes long before a device can be used. {@code auto}
     * calls it of all providers before it asks the first one for devices; by default it does
     * nothing.
     */
    default void prepare() {}

    /**
     * Opens a device that {@link #discover} found.
     *
     * @throws DeviceException if it cannot be opened now
     */
    Device open(int index);

    /**
     * What was found.
     *
     * @param devices the capabilities of each device, by index
     * @param reasons why there are none, or notes on those there are; a sentence each
     */
    record Discovery(List<Capabilities> devices, List<String> reasons) {}
}
