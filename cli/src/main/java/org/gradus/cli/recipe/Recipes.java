package org.gradus.cli.recipe;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.gradus.cli.input.InputException;
import org.gradus.cli.input.Names;
import org.gradus.cli.settings.Setting;

/** Finds recipes: the built-in ones by name, users' own by file. */
public final class Recipes {
    private static final List<String> NAMES =
            List.of(
                    "digits",
                    "fashion-mlp",
                    "fashion-cnn",
                    "fashion-resnet",
                    "fashion-autoencoder",
                    "fashion-vae",
                    "fashion-gan",
                    "fashion-wgan-gp",
                    "weather",
                    "spam",
                    "pronounce",
                    "text-lstm",
                    "text-gpt");

    private Recipes() {}

    /** Returns the names of the built-in recipes, simplest first. */
    public static List<String> names() {
        return NAMES;
    }

    /**
     * Returns a recipe.
     *
     * @param recipe the name of a built-in one, or the path of a YAML file
     * @param settings what goes before the recipe's own settings
     * @throws InputException if there is no such recipe, or a setting is wrong
     */
    public static Recipe find(String recipe, List<Setting> settings) {
        if (NAMES.contains(recipe)) {
            return Recipe.parse(recipe + ".yaml", yaml(recipe), recipe, settings);
        }
        if (!isFile(recipe)) {
            throw new InputException(
                    "there is no recipe \""
                            + recipe
                            + "\": "
                            + Names.suggestion(recipe, NAMES)
                            + " (a recipe of your own is the path of a .yaml file)");
        }
        return read(Path.of(recipe), settings);
    }

    /**
     * Reads a recipe from a file.
     *
     * @throws InputException if there is no such file, or a setting is wrong
     */
    public static Recipe read(Path file, List<Setting> settings) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new InputException(
                        file
                                + ": there is no such file; \"gradus recipes\" lists the built-in"
                                + " recipes, and with a name it prints one to start from");
            }
            String name = file.getFileName().toString().replaceFirst("\\.ya?ml$", "");
            return Recipe.parse(file.toString(), Files.readString(file), name, settings);
        } catch (IOException problem) {
            throw new InputException(
                    file + ": cannot be read as text (" + problem + "); give a recipe in YAML",
                    problem);
        }
    }

    /**
     * Returns the text of a built-in recipe.
     *
     * @param name one of {@link #names()}
     */
    public static String yaml(String name) {
        String resource = "recipes/" + name + ".yaml";
        try (InputStream in = Recipes.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing from the program's jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private static boolean isFile(String recipe) {
        return recipe.endsWith(".yaml")
                || recipe.endsWith(".yml")
                || recipe.contains("/")
                || Files.isRegularFile(Path.of(recipe));
    }
}
