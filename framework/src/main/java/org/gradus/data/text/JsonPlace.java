package org.gradus.data.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.gradus.data.DataException;

/**
 * A value in a JSON file that knows where it is, so that what is wrong with it can be said.
 *
 * @param source the file
 * @param path the names that lead to the value, each after a point
 * @param value the value; missing values too have a place
 */
record JsonPlace(String source, String path, JsonNode value) {

    /** Returns the value of a name, missing or not. */
    JsonPlace get(String name) {
        if (!value.isObject()) {
            throw wrong("is " + kind(), "an object with \"" + name + "\"");
        }
        return new JsonPlace(source, path + "." + name, value.path(name));
    }

    /** Returns whether there is a value of that name, other than null. */
    boolean has(String name) {
        return value.hasNonNull(name);
    }

    String text() {
        if (!value.isTextual()) {
            throw wrong("is " + kind(), "a text");
        }
        return value.textValue();
    }

    int number() {
        if (!value.isInt()) {
            throw wrong("is " + kind(), "a whole number of 32 bits");
        }
        return value.intValue();
    }

    /** Returns a truth value, false where there is none. */
    boolean flag() {
        if (!value.isBoolean() && !value.isMissingNode() && !value.isNull()) {
            throw wrong("is " + kind(), "true or false");
        }
        return value.asBoolean(false);
    }

    List<JsonPlace> elements() {
        if (!value.isArray()) {
            throw wrong("is " + kind(), "a list");
        }
        List<JsonPlace> elements = new ArrayList<>(value.size());
        for (int i = 0; i < value.size(); i++) {
            elements.add(new JsonPlace(source, path + "[" + i + "]", value.get(i)));
        }
        return elements;
    }

    SequencedMap<String, JsonPlace> fields() {
        if (!value.isObject()) {
            throw wrong("is " + kind(), "an object");
        }
        SequencedMap<String, JsonPlace> fields = new LinkedHashMap<>();
        value.properties().forEach(field -> fields.put(field.getKey(), get(field.getKey())));
        return fields;
    }

    /** Refuses a setting that changes what tokens come out, unless it is off. */
    void requireOff(String name) {
        JsonPlace setting = get(name);
        JsonNode node = setting.value;
        boolean off =
                node.isMissingNode()
                        || node.isNull()
                        || node.isBoolean() && !node.booleanValue()
                        || node.isTextual() && node.textValue().isEmpty()
                        || node.isNumber() && node.doubleValue() == 0;
        if (!off) {
            throw setting.wrong("is " + setting.kind(), "nothing, as it is not supported here");
        }
    }

    DataException wrong(String given, String expected) {
        return new DataException(
                source
                        + ", "
                        + (path.isEmpty() ? "the whole" : path.substring(1))
                        + ": "
                        + given
                        + " where a tokenizer needs "
                        + expected
                        + "; correct it or give another file");
    }

    private String kind() {
        return switch (value.getNodeType()) {
            case MISSING -> "missing";
            case NULL -> "null";
            case OBJECT -> "an object";
            case ARRAY -> "a list";
            case STRING, NUMBER, BOOLEAN -> {
                String text = value.toString();
                yield text.length() <= 40 ? text : text.substring(0, 40) + "...";
            }
            default -> value.getNodeType().toString();
        };
    }
}
