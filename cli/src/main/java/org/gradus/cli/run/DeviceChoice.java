package org.gradus.cli.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.gradus.cli.input.InputException;
import org.gradus.cli.input.Names;
import org.gradus.device.Device;
import org.gradus.device.DeviceException;
import org.gradus.device.DeviceProvider;
import org.gradus.device.Devices;

/**
 * A device, and why it was chosen.
 *
 * @param device the opened device
 * @param reason why {@code auto} chose it; empty if it was named
 */
public record DeviceChoice(Device device, String reason) {
    private static final String AUTO = "auto";

    /**
     * Opens a device.
     *
     * @param name as for {@link Devices#of}; {@code auto} stands for the system property {@code
     *     gradus.device} or the variable {@code GRADUS_DEVICE} where one is set
     * @param threads the number of threads of the CPU device; 0 for its default
     * @throws InputException if there is none of this name; it names the nearest
     */
    public static DeviceChoice open(String name, int threads) {
        if (threads > 0) {
            System.setProperty("gradus.threads", Integer.toString(threads));
        }
        String wanted = name.equals(AUTO) ? Devices.defaultName() : name;
        List<String> backends = new ArrayList<>(List.of(AUTO));
        Devices.providers().stream().map(DeviceProvider::name).forEach(backends::add);
        String backend = wanted.strip().toLowerCase(Locale.ROOT).replaceFirst(":.*", "");
        if (!backends.contains(backend)) {
            throw new InputException(
                    "there is no device \""
                            + wanted
                            + "\": "
                            + Names.suggestion(backend, backends)
                            + " (\"gradus doctor\" shows what this machine has)");
        }
        try {
            Device device = Devices.of(wanted);
            return new DeviceChoice(device, wanted.equals(AUTO) ? reason(device) : "");
        } catch (DeviceException problem) {
            throw new InputException(problem.getMessage(), problem);
        }
    }

    /** Says what kept the backends out that come before the chosen one. */
    private static String reason(Device device) {
        String chosen = device.name().replaceFirst(":.*", "");
        List<String> absent = new ArrayList<>();
        for (DeviceProvider provider : Devices.providers()) {
            if (provider.name().equals(chosen)) {
                break;
            }
            absent.addAll(provider.discover().reasons());
        }
        return absent.isEmpty()
                ? "auto: nothing better was found"
                : "auto: " + String.join("; ", absent);
    }
}
