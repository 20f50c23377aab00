package org.gradus.cli.settings;

import com.fasterxml.jackson.databind.node.TextNode;
import org.gradus.cli.input.InputException;

/**
 * A setting from the command line, which goes before the recipe's.
 *
 * @param origin the option that gave it, for error messages
 * @param path where it belongs, as in {@code optimizer.learning_rate}
 * @param value its value, in YAML
 */
public record Setting(String origin, String path, String value) {

    /** Returns a setting whose value is the given text, whatever YAML would make of it. */
    public static Setting text(String origin, String path, String text) {
        return new Setting(origin, path, TextNode.valueOf(text).toString());
    }

    /**
     * Returns the setting of {@code --set key=value}.
     *
     * @throws InputException if the text is not of that form
     */
    public static Setting parse(String text) {
        int equals = text.indexOf('=');
        String path = equals < 0 ? "" : text.substring(0, equals).strip();
        if (path.isEmpty() || path.startsWith(".") || path.endsWith(".") || path.contains("..")) {
            throw new InputException(
                    "--set: \""
                            + text
                            + "\" is not of the form key=value, such as"
                            + " --set optimizer.learning_rate=0.01");
        }
        return new Setting("--set " + path, path, text.substring(equals + 1).strip());
    }
}
