package org.gradus.tensor;

import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/**
 * Counts the storages that are in use, by what they hold: who has the memory when there is none.
 */
final class Holders {
    /** How many kinds a description names. */
    private static final int NAMED = 8;

    /** Storages that are alike. */
    private record Kind(Device device, DType dtype, Shape shape) {
        long bytes() {
            return shape.elements() * dtype.bytes();
        }
    }

    /** Kinds and how many there are; what there is no more of is left out. */
    private final Map<Kind, Integer> counts = new ConcurrentHashMap<>();

    void add(Device device, DType dtype, Shape shape) {
        counts.merge(new Kind(device, dtype, shape), 1, Integer::sum);
    }

    void remove(Device device, DType dtype, Shape shape) {
        counts.computeIfPresent(
                new Kind(device, dtype, shape), (_, count) -> count == 1 ? null : count - 1);
    }

    /** Returns the number of storages, on all devices. */
    int total() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * Returns the kinds that hold most of a device's memory, as in {@code 12 x f32[64, 512, 28,
     * 28], 1.2 GB; 2 x ...}; empty if nothing is held.
     */
    String describe(Device device) {
        return counts.entrySet().stream()
                .filter(entry -> entry.getKey().device() == device)
                .sorted(Comparator.comparingLong(Holders::bytes).reversed())
                .limit(NAMED)
                .map(Holders::describe)
                .collect(Collectors.joining("; "));
    }

    private static long bytes(Map.Entry<Kind, Integer> entry) {
        return entry.getValue() * entry.getKey().bytes();
    }

    private static String describe(Map.Entry<Kind, Integer> entry) {
        Kind kind = entry.getKey();
        return "%d x %s%s, %s"
                .formatted(entry.getValue(), kind.dtype(), kind.shape(), size(bytes(entry)));
    }

    private static String size(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        int power = bytes < 1_000_000 ? 1 : bytes < 1_000_000_000 ? 2 : 3;
        String unit = "kMG".charAt(power - 1) + "B";
        return String.format(Locale.ROOT, "%.1f %s", bytes / Math.pow(1000, power), unit);
    }
}
