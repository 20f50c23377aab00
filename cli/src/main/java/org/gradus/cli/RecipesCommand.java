package org.gradus.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.gradus.cli.data.DataChoice;
import org.gradus.cli.input.InputException;
import org.gradus.cli.input.Names;
import org.gradus.cli.recipe.ModelChoice;
import org.gradus.cli.recipe.OptimizerChoice;
import org.gradus.cli.recipe.Recipe;
import org.gradus.cli.recipe.Recipes;
import org.gradus.cli.recipe.ScheduleChoice;
import org.gradus.cli.task.TaskChoice;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the built-in recipes, or prints one. */
@Command(
        name = "recipes",
        description = {
            "Lists the built-in experiments: model, data, and what they reach.",
            "",
            "With a name, prints that recipe: a file to change and to train with.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  gradus recipes",
            "  gradus recipes fashion-mlp > mine.yaml",
            "  gradus train mine.yaml",
            "",
            "What a recipe can name:"
        })
final class RecipesCommand implements Runnable {
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The recipe to print.")
    private String name;

    RecipesCommand() {}

    /** Takes what picocli knows of this command, and adds what there is to its help. */
    @Spec
    void describe(CommandSpec description) {
        spec = description;
        List<String> footer = new ArrayList<>(List.of(spec.usageMessage().footer()));
        footer.add("  task       " + String.join(", ", TaskChoice.names()));
        footer.add("  model      " + String.join(", ", ModelChoice.names()));
        footer.add("  data       " + String.join(", ", DataChoice.names()));
        footer.add("  optimizer  " + String.join(", ", OptimizerChoice.names()));
        footer.add("  schedule   " + String.join(", ", ScheduleChoice.names()));
        footer.add("docs/adding-a-recipe.md has all settings, docs/data.md examples.");
        spec.usageMessage().footer(footer.toArray(String[]::new));
    }

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        if (name == null) {
            Recipes.names().forEach(recipe -> list(out, Recipes.find(recipe, List.of())));
            out.println("Start one with \"gradus train NAME\".");
        } else if (Recipes.names().contains(name)) {
            out.print(Recipes.yaml(name));
        } else {
            throw new InputException(
                    "there is no recipe \""
                            + name
                            + "\": "
                            + Names.suggestion(name, Recipes.names()));
        }
    }

    private static void list(PrintWriter out, Recipe recipe) {
        out.println(recipe.name());
        out.println("  " + recipe.description());
        out.println("  model    " + recipe.model().name());
        out.println("  data     " + recipe.data().name());
        out.println("  reaches  " + recipe.reaches());
        out.println("  takes    " + recipe.time());
        out.println();
    }
}
