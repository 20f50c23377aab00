package org.gradus.opencl;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.gradus.kernels.runtime.BinaryCache;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * The OpenCL device that tests run on: the one that the property {@code gradus.test.devices} names.
 * Where it names none, and there is none, the tests are skipped.
 */
final class TestDevice {
    private TestDevice() {}

    /** Returns what the device says about itself. */
    static DeviceInfo info() {
        List<String> asked =
                Stream.of(System.getProperty("gradus.test.devices", "").split(","))
                        .map(String::strip)
                        .filter(name -> name.startsWith("opencl"))
                        .toList();
        int index = 0;
        if (!asked.isEmpty() && asked.get(0).contains(":")) {
            index = Integer.parseInt(asked.get(0).substring(asked.get(0).indexOf(':') + 1));
        }
        OpenClLibrary.Found found = OpenClLibrary.find();
        if (index >= found.devices().size()) {
            if (!asked.isEmpty()) {
                Assertions.fail(asked.get(0) + " is missing: " + found.reasons());
            }
            Assumptions.abort("no OpenCL device: " + found.reasons());
        }
        return found.devices().get(index);
    }

    /** Opens the device, with the cache of compiled kernels that all tests share. */
    static OpenClDevice open() {
        DeviceInfo info = info();
        return OpenClDevice.open(
                "opencl:0", info, info.memoryBytes() / 2, BinaryCache.standard("opencl"));
    }

    /** Opens the device with a limit on its memory, in bytes, and a cache of its own. */
    static OpenClDevice open(long limit, Path cache) {
        return OpenClDevice.open("opencl:0", info(), limit, new BinaryCache(cache));
    }
}
