package org.gradus.opencl;

import java.util.List;
import org.gradus.device.Device;
import org.gradus.device.DeviceException;
import org.gradus.device.DeviceProvider;

/** Offers the devices of all OpenCL platforms, numbered in the order in which they are listed. */
public final class OpenClProvider implements DeviceProvider {
    private static final int PRIORITY = 20;

    /** Creates the provider; called by {@link java.util.ServiceLoader}. */
    public OpenClProvider() {}

    @Override
    public String name() {
        return "opencl";
    }

    @Override
    public int priority() {
        return PRIORITY;
    }

    @Override
    public Discovery discover() {
        OpenClLibrary.Found found = OpenClLibrary.find();
        return new Discovery(
                found.devices().stream().map(DeviceInfo::capabilities).toList(), found.reasons());
    }

    @Override
    public Device open(int index) {
        OpenClLibrary.Found found = OpenClLibrary.find();
        List<DeviceInfo> devices = found.devices();
        if (index < 0 || index >= devices.size()) {
            throw new DeviceException(
                    "there is no device opencl:"
                            + index
                            + ": "
                            + (devices.isEmpty()
                                    ? String.join("; ", found.reasons())
                                    : "the last one is opencl:" + (devices.size() - 1)));
        }
        return OpenClDevice.open("opencl:" + index, devices.get(index));
    }
}
