package org.gradus.device;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * The devices of this process: found through {@link DeviceProvider}s, opened when they are first
 * asked for and kept; one that was closed is opened anew.
 *
 * <p>A name is {@code auto}, a backend ({@code cpu}, {@code cuda}, {@code opencl}) or a backend and
 * an index ({@code cuda:1}). {@code auto} is CUDA, else an OpenCL GPU, else the CPU. The default
 * name is the system property {@code gradus.device}, else the variable {@code GRADUS_DEVICE}, else
 * {@code auto}.
 */
public final class Devices {
    private static final Map<String, Device> OPEN = new HashMap<>();

    private Devices() {}

    /** Returns the providers there are, in the order in which {@code auto} tries them. */
    public static List<DeviceProvider> providers() {
        List<DeviceProvider> providers = new ArrayList<>();
        ServiceLoader.load(DeviceProvider.class).forEach(providers::add);
        if (providers.isEmpty()) {
            ServiceLoader.load(DeviceProvider.class, Devices.class.getClassLoader())
                    .forEach(providers::add);
        }
        providers.sort(Comparator.comparingInt(DeviceProvider::priority));
        return providers;
    }

    /** Returns the name that is used where none is given. */
    public static String defaultName() {
        String property = System.getProperty("gradus.device");
        String variable = System.getenv("GRADUS_DEVICE");
        String name = property != null && !property.isBlank() ? property : variable;
        return name == null || name.isBlank() ? "auto" : name;
    }

    /** Returns the device that the system property or the variable names, else {@code auto}. */
    public static Device getDefault() {
        return of(defaultName());
    }

    /**
     * Returns the device of the given name, opening it if need be.
     *
     * @throws DeviceException if there is none; the message lists those there are, and why the one
     *     asked for is missing
     */
    public static synchronized Device of(String name) {
        String wanted = name.strip().toLowerCase(Locale.ROOT);
        if (wanted.equals("auto")) {
            return automatic();
        }
        int colon = wanted.indexOf(':');
        String backend = colon < 0 ? wanted : wanted.substring(0, colon);
        int index = colon < 0 ? 0 : index(name, wanted.substring(colon + 1));
        for (DeviceProvider provider : providers()) {
            if (provider.name().equals(backend)) {
                DeviceProvider.Discovery found = provider.discover();
                if (index < found.devices().size()) {
                    return open(provider, index);
                }
                String reason =
                        found.devices().isEmpty()
                                ? String.join("; ", found.reasons())
                                : backend + " has " + found.devices().size() + " device(s)";
                throw new DeviceException(
                        "no device '"
                                + name
                                + "': "
                                + reason
                                + "; available: "
                                + String.join(", ", available()));
            }
        }
        throw new DeviceException(
                "no device '" + name + "'; available: " + String.join(", ", available()));
    }

    /** Returns the names of all devices there are. */
    public static List<String> available() {
        List<String> names = new ArrayList<>();
        for (DeviceProvider provider : providers()) {
            int count = provider.discover().devices().size();
            for (int i = 0; i < count; i++) {
                names.add(nameOf(provider, i));
            }
        }
        return names;
    }

    private static Device automatic() {
        List<DeviceProvider> providers = providers();
        providers.forEach(DeviceProvider::prepare);
        for (DeviceProvider provider : providers) {
            List<Capabilities> devices = provider.discover().devices();
            for (int i = 0; i < devices.size(); i++) {
                boolean gpu = devices.get(i).kind() == Capabilities.Kind.GPU;
                if (gpu || provider.name().equals("cpu")) {
                    return open(provider, i);
                }
            }
        }
        throw new DeviceException(
                "no device at all: put gradus-runtime-cpu (or another runtime) on the module or"
                        + " class path");
    }

    private static Device open(DeviceProvider provider, int index) {
        String name = nameOf(provider, index);
        Device device = OPEN.get(name);
        if (device == null || device.isClosed()) {
            device = provider.open(index);
            OPEN.put(name, device);
        }
        return device;
    }

    private static String nameOf(DeviceProvider provider, int index) {
        return provider.name().equals("cpu") ? "cpu" : provider.name() + ":" + index;
    }

    private static int index(String name, String text) {
        try {
            int index = Integer.parseInt(text);
            if (index >= 0) {
                return index;
            }
        } catch (NumberFormatException e) {
            // reported below, as a negative index is
        }
        throw new DeviceException(
                "'" + name + "' is not a device name: write one like cpu, cuda or opencl:0");
    }
}
