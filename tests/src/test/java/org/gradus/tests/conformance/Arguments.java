package org.gradus.tests.conformance;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The named arguments of a golden case.
 *
 * @param json an object
 */
public record Arguments(JsonNode json) {
    /** Returns whether there is an argument of a name. */
    public boolean has(String name) {
        return json.has(name);
    }

    /** Returns a number. */
    public double number(String name) {
        return required(name).asDouble();
    }

    /** Returns a whole number. */
    public int integer(String name) {
        return required(name).asInt();
    }

    /** Returns a list of whole numbers. */
    public int[] integers(String name) {
        JsonNode list = required(name);
        int[] result = new int[list.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = list.get(i).asInt();
        }
        return result;
    }

    /** Returns a list of numbers. */
    public double[] numbers(String name) {
        JsonNode list = required(name);
        double[] result = new double[list.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = list.get(i).asDouble();
        }
        return result;
    }

    /** Returns a truth value, false if there is no such argument. */
    public boolean flag(String name) {
        return json.path(name).asBoolean(false);
    }

    /** Returns a text. */
    public String text(String name) {
        return required(name).asText();
    }

    private JsonNode required(String name) {
        if (!has(name)) {
            throw new IllegalArgumentException("the case has no argument '" + name + "': " + json);
        }
        return json.get(name);
    }
}
