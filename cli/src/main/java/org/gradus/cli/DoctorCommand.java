package org.gradus.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.gradus.cli.run.Numbers;
import org.gradus.data.Catalogue;
import org.gradus.data.DatasetInfo;
import org.gradus.device.Capabilities;
import org.gradus.device.DeviceProvider;
import org.gradus.device.Devices;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what this machine has: Java, devices, and why a backend is absent. */
@Command(
        name = "doctor",
        description = "Shows what this machine has: Java, devices, data sets; and what is missing.",
        footer = {"", "Examples:", "  gradus doctor", "  gradus doctor --json"})
final class DoctorCommand implements Runnable {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    @Spec private CommandSpec spec;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    DoctorCommand() {}

    @Override
    public void run() {
        ObjectNode tree = new JsonMapper().createObjectNode();
        java(tree.putObject("java"));
        tree.put("default", Devices.defaultName());
        ObjectNode backends = tree.putObject("backends");
        Devices.providers()
                .forEach(provider -> backend(provider, backends.putObject(provider.name())));
        ObjectNode data = tree.putObject("data");
        Catalogue.all().forEach(info -> data.put(info.name(), place(info)));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(tree.toPrettyString());
        } else {
            print(out, tree);
        }
    }

    private static void java(ObjectNode node) {
        boolean vectors = ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
        Runtime runtime = Runtime.getRuntime();
        node.put("version", Runtime.version().toString());
        node.put("machine", System.getProperty("java.vm.name"));
        node.put("home", System.getProperty("java.home"));
        node.put("system", System.getProperty("os.name") + " on " + System.getProperty("os.arch"));
        node.put("cores", runtime.availableProcessors());
        node.put("maximumHeapBytes", runtime.maxMemory());
        node.put(
                "vectorApi",
                vectors ? "there" : "missing; start Java with --add-modules " + VECTOR_MODULE);
    }

    private static void backend(DeviceProvider provider, ObjectNode node) {
        DeviceProvider.Discovery discovery = provider.discover();
        ObjectNode devices = node.putObject("devices");
        List<Capabilities> found = discovery.devices();
        for (int i = 0; i < found.size(); i++) {
            Capabilities device = found.get(i);
            String name = found.size() == 1 ? provider.name() : provider.name() + ":" + i;
            ObjectNode entry = devices.putObject(name);
            entry.put("description", device.description());
            entry.put("memoryBytes", device.memoryBytes());
            device.details().forEach(entry.putObject("details")::put);
        }
        discovery.reasons().forEach(node.putArray("reasons")::add);
    }

    private static String place(DatasetInfo info) {
        if (info.folders().isEmpty()) {
            return "part of Gradus";
        }
        return Catalogue.locate(info.name())
                .map(Object::toString)
                .orElse("not found; " + info.howToGet());
    }

    private static void print(PrintWriter out, ObjectNode tree) {
        out.println("Java");
        tree.path("java").properties().forEach(entry -> printJava(out, entry));
        out.println();
        out.println("Devices (default: " + tree.path("default").asText() + ")");
        tree.path("backends").properties().forEach(entry -> printBackend(out, entry));
        out.println();
        out.println("Data sets");
        for (Map.Entry<String, JsonNode> entry : tree.path("data").properties()) {
            row(out, entry.getKey(), entry.getValue().asText());
        }
    }

    private static void printJava(PrintWriter out, Map.Entry<String, JsonNode> entry) {
        if (entry.getKey().equals("maximumHeapBytes")) {
            row(out, "heap", Numbers.bytes(entry.getValue().asLong()) + " at most");
        } else {
            row(out, entry.getKey(), entry.getValue().asText());
        }
    }

    private static void printBackend(PrintWriter out, Map.Entry<String, JsonNode> backend) {
        JsonNode devices = backend.getValue().path("devices");
        if (devices.isEmpty()) {
            row(out, backend.getKey(), "absent");
        }
        for (Map.Entry<String, JsonNode> device : devices.properties()) {
            row(out, device.getKey(), device.getValue().path("description").asText());
            for (Map.Entry<String, JsonNode> detail :
                    device.getValue().path("details").properties()) {
                row(out, "", detail.getKey() + ": " + detail.getValue().asText());
            }
        }
        backend.getValue().path("reasons").forEach(reason -> row(out, "", reason.asText()));
    }

    private static void row(PrintWriter out, String name, String value) {
        out.printf("  %-14s %s%n", name, value);
    }
}
