package org.gradus.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.gradus.cpu.vector.VectorProvider;
import org.gradus.device.Capabilities;
import org.gradus.dtype.DType;

/** Describes the processor. */
final class CpuCapabilities {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private CpuCapabilities() {}

    /** Returns what the CPU device can do with the given number of threads. */
    static Capabilities of(int threads) {
        String vectors =
                VectorProvider.available()
                        ? "Vector API " + VectorProvider.bits() + "-bit"
                        : "scalar code";
        String description =
                processor()
                        + ", "
                        + threads
                        + (threads == 1 ? " thread, " : " threads, ")
                        + vectors;
        Map<String, String> details = new LinkedHashMap<>();
        details.put("processor", processor());
        details.put("threads", Integer.toString(threads));
        details.put("vectors", VectorProvider.description());
        details.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        return new Capabilities(
                description,
                Capabilities.Kind.CPU,
                Runtime.getRuntime().maxMemory(),
                EnumSet.allOf(DType.class),
                details);
    }

    /** Returns the processor's name where the system tells it, else its architecture. */
    private static String processor() {
        try (Stream<String> lines = Files.lines(CPU_INFO)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElseGet(CpuCapabilities::architecture);
        } catch (IOException | RuntimeException unreadable) {
            return architecture();
        }
    }

    private static String architecture() {
        return System.getProperty("os.arch") + " processor";
    }
}
