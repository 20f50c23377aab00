package org.gradus.cli.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.gradus.cli.input.InputException;
import org.gradus.cli.input.Names;

/**
 * One level of a tree of settings while it is read. Each setting is asked for by name, with its
 * default; what was asked for is written to the resolved tree, and {@link #end} rejects the rest.
 *
 * <p>All methods throw {@link InputException} for a value that is not as described.
 */
public final class Section {
    private final SettingsTree tree;
    private final String path;
    private final ObjectNode values;
    private final ObjectNode resolved;
    private final Set<String> known = new LinkedHashSet<>();

    private Section(SettingsTree tree, String path, ObjectNode values, ObjectNode resolved) {
        this.tree = tree;
        this.path = path;
        this.values = values;
        this.resolved = resolved;
    }

    /** Returns the top of a tree; what is read is written to {@code resolved}. */
    public static Section top(SettingsTree tree, ObjectNode resolved) {
        return new Section(tree, "", tree.values(), resolved);
    }

    /** Returns a section below this one; empty if it is not there. */
    public Section section(String key) {
        known.add(key);
        JsonNode value = values.path(key);
        if (value.isTextual()) {
            // "optimizer: adam" is short for a section with nothing but a name.
            value = values.objectNode().put("name", value.textValue());
        }
        if (!value.isMissingNode() && !value.isNull() && !value.isObject()) {
            throw wrong(key, "is a group of settings", value);
        }
        ObjectNode inner = value instanceof ObjectNode object ? object : values.objectNode();
        return new Section(tree, pathOf(key), inner, resolved.putObject(key));
    }

    /** Returns a section below this one that may be left out. */
    public Optional<Section> optionalSection(String key) {
        return value(key) == null ? Optional.empty() : Optional.of(section(key));
    }

    /** Returns a text. */
    public String text(String key, String fallback) {
        String value = optionalText(key).orElse(fallback);
        resolved.put(key, value);
        return value;
    }

    /** Returns a text that may be left out. */
    public Optional<String> optionalText(String key) {
        JsonNode value = value(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isValueNode()) {
            throw wrong(key, "is a text", value);
        }
        resolved.put(key, value.asText());
        return Optional.of(value.asText());
    }

    /** Returns a text that must be there. */
    public String requiredText(String key, String what) {
        return optionalText(key)
                .orElseThrow(
                        () ->
                                new InputException(
                                        tree.origin(path)
                                                + ": the setting \""
                                                + pathOf(key)
                                                + "\" is missing; give "
                                                + what));
    }

    /** Returns one of several names. */
    public String choice(String key, String fallback, Collection<String> choices) {
        String value = text(key, fallback);
        requireOneOf(key, value, choices);
        return value;
    }

    /** Returns one or more of several names; one alone may stand without brackets. */
    public List<String> choices(String key, List<String> fallback, Collection<String> choices) {
        List<String> values = value(key) == null ? fallback : texts(key);
        resolved.set(key, resolved.arrayNode().addAll(nodes(values)));
        for (String value : values) {
            requireOneOf(key, value, choices);
        }
        if (values.isEmpty()) {
            throw wrong(key, "is one or more of " + String.join(", ", choices));
        }
        return values;
    }

    private static List<JsonNode> nodes(List<String> values) {
        List<JsonNode> nodes = new ArrayList<>();
        values.forEach(value -> nodes.add(TextNode.valueOf(value)));
        return nodes;
    }

    private void requireOneOf(String key, String value, Collection<String> choices) {
        if (!choices.contains(value)) {
            throw new InputException(
                    tree.origin(pathOf(key))
                            + ": there is no "
                            + noun(key)
                            + " \""
                            + value
                            + "\": "
                            + Names.suggestion(value, choices));
        }
    }

    /** Returns a whole number of at least {@code least}. */
    public int count(String key, int fallback, int least) {
        JsonNode value = value(key);
        int result = value == null ? fallback : integer(key, value, least);
        resolved.put(key, result);
        return result;
    }

    /** Returns a whole number of at least {@code least} that may be left out. */
    public Optional<Integer> optionalCount(String key, int least) {
        JsonNode value = value(key);
        if (value == null) {
            return Optional.empty();
        }
        return Optional.of(count(key, 0, least));
    }

    /** Returns whole numbers of at least 1; one alone may stand without brackets. */
    public List<Integer> counts(String key, List<Integer> fallback) {
        JsonNode value = value(key);
        List<Integer> result = new ArrayList<>();
        if (value == null) {
            result.addAll(fallback);
        } else if (value.isArray()) {
            value.forEach(element -> result.add(integer(key, element, 1)));
        } else {
            result.add(integer(key, value, 1));
        }
        ArrayNode array = resolved.putArray(key);
        result.forEach(array::add);
        return result;
    }

    /** Returns texts, none by default; one alone may stand without brackets. */
    public List<String> texts(String key) {
        JsonNode value = value(key);
        List<String> result = new ArrayList<>();
        if (value != null && value.isArray()) {
            value.forEach(element -> result.add(element.asText()));
        } else if (value != null) {
            result.add(value.asText());
        }
        ArrayNode array = resolved.putArray(key);
        result.forEach(array::add);
        return result;
    }

    /** Returns any whole number of 64 bits. */
    public long integer(String key, long fallback) {
        JsonNode value = value(key);
        if (value != null && !value.isIntegralNumber()) {
            throw wrong(key, "is a whole number", value);
        }
        long result = value == null ? fallback : value.longValue();
        resolved.put(key, result);
        return result;
    }

    /** Returns a number above 0. */
    public double positive(String key, double fallback) {
        String expected = "is a number above 0";
        double value = number(key, fallback, expected);
        if (value <= 0) {
            throw wrong(key, expected);
        }
        return value;
    }

    /** Returns a number from {@code least} on and below {@code end}. */
    public double between(String key, double fallback, double least, double end) {
        String expected =
                end == Double.POSITIVE_INFINITY
                        ? "is a number from " + plain(least) + " on"
                        : "is a number from " + plain(least) + " to below " + plain(end);
        double value = number(key, fallback, expected);
        if (value < least || value >= end) {
            throw wrong(key, expected);
        }
        return value;
    }

    /** Returns a finite number. */
    public double number(String key, double fallback) {
        return number(key, fallback, "is a number");
    }

    private double number(String key, double fallback, String expected) {
        JsonNode value = value(key);
        double result = value == null ? fallback : parse(key, value, expected);
        resolved.put(key, result);
        return result;
    }

    /** Returns a number above 0 that may be left out. */
    public Optional<Double> optionalPositive(String key) {
        return value(key) == null ? Optional.empty() : Optional.of(positive(key, 1));
    }

    /** Returns finite numbers; one alone may stand without brackets. */
    public List<Double> numbers(String key, List<Double> fallback) {
        JsonNode value = value(key);
        String expected = "is a list of numbers, such as [0.9, 0.999]";
        List<Double> result = new ArrayList<>();
        if (value == null) {
            result.addAll(fallback);
        } else if (value.isArray()) {
            value.forEach(element -> result.add(parse(key, element, expected)));
        } else {
            result.add(parse(key, value, expected));
        }
        if (result.isEmpty()) {
            throw wrong(key, expected, value);
        }
        ArrayNode array = resolved.putArray(key);
        result.forEach(array::add);
        return result;
    }

    /** Returns yes or no. */
    public boolean flag(String key, boolean fallback) {
        JsonNode value = value(key);
        if (value != null && !value.isBoolean()) {
            throw wrong(key, "is true or false", value);
        }
        boolean result = value == null ? fallback : value.booleanValue();
        resolved.put(key, result);
        return result;
    }

    /** Rejects the settings that nobody asked for. */
    public void end() {
        for (var given : values.properties()) {
            String key = given.getKey();
            if (!known.contains(key)) {
                String group = path.isEmpty() ? "" : " in \"" + path + "\"";
                throw new InputException(
                        tree.origin(pathOf(key))
                                + ": there is no setting \""
                                + key
                                + "\""
                                + group
                                + ": "
                                + Names.suggestion(key, known));
            }
        }
    }

    /** Returns an exception that says why a setting cannot be given, and where it was. */
    public InputException refused(String key, String reason) {
        return new InputException(tree.origin(pathOf(key)) + ": " + reason);
    }

    /** Returns an exception that says what is wrong with a setting, and where it was given. */
    public InputException wrong(String key, String expected) {
        return wrong(key, expected, values.get(key));
    }

    private JsonNode value(String key) {
        known.add(key);
        JsonNode value = values.get(key);
        return value == null || value.isNull() ? null : value;
    }

    private int integer(String key, JsonNode value, int least) {
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < least) {
            throw wrong(key, "is a whole number from " + least + " on", value);
        }
        return value.intValue();
    }

    private double parse(String key, JsonNode value, String expected) {
        if (!value.isNumber() && !value.isTextual()) {
            throw wrong(key, expected, value);
        }
        try {
            // Stricter than Double.parseDouble, which takes "NaN", "1d" and hexadecimal.
            double result = new BigDecimal(value.asText().strip()).doubleValue();
            if (Double.isFinite(result)) {
                return result;
            }
        } catch (NumberFormatException _) {
            // Reported below, with numbers that are too large.
        }
        throw wrong(key, expected, value);
    }

    private InputException wrong(String key, String expected, JsonNode value) {
        String given =
                value == null ? "left out" : value.isValueNode() ? value.asText() : "" + value;
        return new InputException(
                tree.origin(pathOf(key))
                        + ": \""
                        + pathOf(key)
                        + "\" "
                        + expected
                        + ", not \""
                        + given
                        + "\"");
    }

    private String pathOf(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** Names what a choice is about: of {@code model.name} the model, of {@code device} itself. */
    private String noun(String key) {
        String noun = key.equals("name") && !path.isEmpty() ? path : key;
        return noun.equals("data") ? "data set" : noun.replace('_', ' ');
    }

    private static String plain(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }
}
