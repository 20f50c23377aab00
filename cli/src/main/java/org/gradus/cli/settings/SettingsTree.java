package org.gradus.cli.settings;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.gradus.cli.input.InputException;

/** Settings as they were given: a tree of values, and for each where it comes from. */
public final class SettingsTree {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final String name;
    private final ObjectNode values;
    private final Map<String, String> origins;

    private SettingsTree(String name, ObjectNode values, Map<String, String> origins) {
        this.name = name;
        this.values = values;
        this.origins = origins;
    }

    /**
     * Reads YAML.
     *
     * @param name what it is called in error messages
     * @throws InputException if it is not YAML, or not a list of keys and values
     */
    public static SettingsTree parse(String name, String yaml) {
        Map<String, String> origins = new HashMap<>();
        try (YAMLParser parser = factory().createParser(yaml)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new InputException(name + ": is empty; write settings such as epochs: 5");
            }
            JsonNode root = read(parser, "", name, origins);
            if (!(root instanceof ObjectNode values)) {
                throw new InputException(
                        name + ": holds no settings; write each as key: value, such as epochs: 5");
            }
            if (parser.nextToken() != null) {
                throw new InputException(
                        name
                                + ":"
                                + line(parser)
                                + ": a second document begins; keep one per file");
            }
            return new SettingsTree(name, values, origins);
        } catch (JacksonException problem) {
            throw notYaml(name, problem);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** Returns these settings with others in their place. */
    public SettingsTree with(List<Setting> settings) {
        ObjectNode merged = values.deepCopy();
        Map<String, String> mergedOrigins = new HashMap<>(origins);
        for (Setting setting : settings) {
            String[] keys = setting.path().split("\\.");
            ObjectNode parent = merged;
            for (int i = 0; i < keys.length - 1; i++) {
                JsonNode child = parent.get(keys[i]);
                parent = child instanceof ObjectNode section ? section : parent.putObject(keys[i]);
            }
            parent.set(keys[keys.length - 1], value(setting));
            mergedOrigins.keySet().removeIf(path -> path.startsWith(setting.path() + "."));
            mergedOrigins.put(setting.path(), setting.origin());
        }
        return new SettingsTree(name, merged, mergedOrigins);
    }

    /** Returns the values. */
    public ObjectNode values() {
        return values;
    }

    /** Returns where a value comes from: the file and its line, or an option. */
    public String origin(String path) {
        String known = path;
        while (!origins.containsKey(known)) {
            int dot = known.lastIndexOf('.');
            if (dot < 0) {
                return originBelow(path);
            }
            known = known.substring(0, dot);
        }
        return origins.get(known);
    }

    /** An option may have made a section that has no origin itself. */
    private String originBelow(String path) {
        return origins.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(path + "."))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(name);
    }

    /** Returns a tree of values as YAML. */
    public static String yaml(ObjectNode tree) {
        try {
            return new ObjectMapper(factory()).writeValueAsString(tree);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private static YAMLFactory factory() {
        return YAMLFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                .disable(YAMLGenerator.Feature.SPLIT_LINES)
                .build();
    }

    private static JsonNode value(Setting setting) {
        try (YAMLParser parser = factory().createParser(setting.value())) {
            return parser.nextToken() == null
                    ? NODES.textNode("")
                    : read(parser, setting.path(), setting.origin(), new HashMap<>());
        } catch (JacksonException problem) {
            throw notYaml(setting.origin(), problem);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** Reads the value that the parser stands on. */
    private static JsonNode read(
            YAMLParser parser, String path, String name, Map<String, String> origins)
            throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> readObject(parser, path, name, origins);
            case START_ARRAY -> readArray(parser, path, name, origins);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_STRING -> scalar(parser);
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            default -> NODES.nullNode();
        };
    }

    private static JsonNode scalar(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return NODES.numberNode(parser.getLongValue());
        }
        // Numbers with a fraction stay text until they are asked for: YAML 1.1 takes 1e-3 for one.
        return NODES.textNode(parser.getText());
    }

    private static ObjectNode readObject(
            YAMLParser parser, String path, String name, Map<String, String> origins)
            throws IOException {
        ObjectNode node = NODES.objectNode();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            String keyPath = path.isEmpty() ? key : path + "." + key;
            origins.put(keyPath, name + ":" + line(parser));
            parser.nextToken();
            node.set(key, read(parser, keyPath, name, origins));
        }
        return node;
    }

    private static ArrayNode readArray(
            YAMLParser parser, String path, String name, Map<String, String> origins)
            throws IOException {
        ArrayNode node = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            node.add(read(parser, path, name, origins));
        }
        return node;
    }

    private static int line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }

    private static InputException notYaml(String name, JacksonException problem) {
        String place =
                problem.getLocation() == null || problem.getLocation().getLineNr() < 1
                        ? ""
                        : ":" + problem.getLocation().getLineNr();
        String reason = problem.getOriginalMessage().lines().findFirst().orElse("");
        return new InputException(
                name + place + ": is not valid YAML (" + reason + "); correct that line", problem);
    }
}
