package org.gradus.tests.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gradus.io.Safetensors;
import org.gradus.tensor.HostArray;

/** Reads the golden cases from the test resources. */
public final class Goldens {
    private Goldens() {}

    /** Returns all cases, in the order of the index. */
    public static List<Golden> read() {
        Path folder = folder();
        Map<String, Map<String, HostArray>> families = new HashMap<>();
        List<Golden> goldens = new ArrayList<>();
        for (JsonNode entry : index(folder)) {
            Map<String, HostArray> tensors =
                    families.computeIfAbsent(
                            entry.get("family").asText(),
                            family -> Safetensors.read(folder.resolve(family + ".safetensors")));
            goldens.add(golden(entry, tensors));
        }
        return goldens;
    }

    private static Golden golden(JsonNode entry, Map<String, HostArray> tensors) {
        Map<Integer, HostArray> gradients = new LinkedHashMap<>();
        entry.path("gradients")
                .properties()
                .forEach(
                        field ->
                                gradients.put(
                                        Integer.valueOf(field.getKey()),
                                        tensors.get(field.getValue().asText())));
        Map<Integer, String> parameters = new LinkedHashMap<>();
        entry.path("names")
                .properties()
                .forEach(
                        field ->
                                parameters.put(
                                        Integer.valueOf(field.getKey()),
                                        field.getValue().asText()));
        return new Golden(
                entry.get("name").asText(),
                entry.get("op").asText(),
                new Arguments(entry.get("arguments")),
                entry.path("length").asInt(1),
                entry.path("terms").asDouble(1),
                entry.path("native").asBoolean(false),
                arrays(entry.get("inputs"), tensors),
                arrays(entry.get("outputs"), tensors),
                gradients,
                parameters);
    }

    private static List<HostArray> arrays(JsonNode keys, Map<String, HostArray> tensors) {
        List<HostArray> arrays = new ArrayList<>();
        keys.forEach(key -> arrays.add(tensors.get(key.asText())));
        return List.copyOf(arrays);
    }

    private static JsonNode index(Path folder) {
        try {
            return new ObjectMapper().readTree(folder.resolve("index.json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path folder() {
        try {
            return Path.of(Goldens.class.getResource("/goldens").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
