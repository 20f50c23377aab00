package org.gradus.tests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.gradus.cli.recipe.Recipes;
import org.gradus.data.Parts;
import org.gradus.train.TrainingResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each built-in recipe has a page, whose Java is compiled and runs. */
class RecipePagesTest {
    private static final Path ROOT = Path.of(System.getProperty("gradus.root"));
    private static final Path PAGES = ROOT.resolve("docs/recipes");
    private static final Path SNIPPETS =
            ROOT.resolve("tests/src/test/java/org/gradus/tests/cli/RecipeSnippets.java");
    private static final int SAMPLES = 128;

    /** Few windows; all letters of the prompt are in it. */
    private static final Parts<String> TEXT =
            new Parts<>(
                    "In the beginning God created the heaven and the earth.\n".repeat(400),
                    "And God said, Let there be light.\n".repeat(20));

    @TempDir private Path folder;

    static List<String> recipes() {
        return Recipes.names();
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void itsPageNamesTheCommandAndIsListed(String recipe) throws IOException {
        String page = Files.readString(PAGES.resolve(recipe + ".md"));
        assertTrue(page.contains("gradus train " + recipe), recipe);
        String list = Files.readString(PAGES.resolve("README.md"));
        assertTrue(list.contains("(" + recipe + ".md)"), recipe + " is not in README.md");
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void theJavaOfItsPageIsCompiled(String recipe) throws IOException {
        List<String> source = Files.readAllLines(SNIPPETS);
        String marker = "        // " + recipe;
        int start = source.indexOf(marker);
        int end = source.lastIndexOf(marker);
        assertTrue(start >= 0 && start < end, "no lines between two comments: " + recipe);
        List<String> expected =
                source.subList(start + 1, end).stream()
                        .map(line -> line.replaceFirst("^ {8}", ""))
                        .toList();
        assertEquals(expected, java(Files.readAllLines(PAGES.resolve(recipe + ".md"))));
    }

    private static List<String> java(List<String> page) {
        int start = page.indexOf("```java");
        assertTrue(start >= 0, "the page has no Java");
        List<String> rest = page.subList(start + 1, page.size());
        return rest.subList(0, rest.indexOf("```"));
    }

    /** A page's Java, which is given the data and where a picture may go. */
    private record Snippet(String name, Function<RecipePagesTest, TrainingResult> run) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Snippet> snippets() {
        return Stream.of(
                new Snippet("spam", test -> RecipeSnippets.spam(test.mails())),
                new Snippet("pronounce", test -> RecipeSnippets.pronounce(test.words())),
                new Snippet("fashion-mlp", test -> RecipeSnippets.fashionMlp(test.data())),
                new Snippet("fashion-cnn", test -> RecipeSnippets.fashionCnn(test.data())),
                new Snippet("fashion-resnet", test -> RecipeSnippets.fashionResNet(test.data())),
                new Snippet(
                        "fashion-autoencoder",
                        test -> RecipeSnippets.fashionAutoencoder(test.data())),
                new Snippet(
                        "fashion-vae",
                        test -> RecipeSnippets.fashionVae(test.data(), test.picture())),
                new Snippet(
                        "fashion-gan",
                        test -> RecipeSnippets.fashionGan(test.data(), test.picture())),
                new Snippet(
                        "fashion-wgan-gp",
                        test -> RecipeSnippets.fashionWganGp(test.data(), test.picture())),
                new Snippet("text-lstm", _ -> RecipeSnippets.textLstm(TEXT)),
                new Snippet("text-gpt", _ -> RecipeSnippets.textGpt(TEXT)));
    }

    private Path data() {
        try {
            return SmallData.fashion(folder.resolve("data"), SAMPLES);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private Path mails() {
        try {
            return SmallTexts.mails(folder.resolve("mails"), 20);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private Path words() {
        try {
            return SmallTexts.dictionary(folder.resolve("dict.txt"), false, 5);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private Path picture() {
        return folder.resolve("made.png");
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void theJavaOfItsPageRuns(Snippet snippet) {
        TrainingResult result = snippet.run.apply(this);
        assertEquals(TrainingResult.Outcome.COMPLETED, result.outcome());
        assertTrue(Double.isFinite(result.train().get("loss")), result.train().toString());
    }

    @Test
    void theWeatherIsForecastAsItsPageSays() {
        double error = RecipeSnippets.weather().validation().get("mae");
        assertTrue(error > 0 && error < 3.0, "mean absolute error " + error);
    }

    @Test
    void theDigitsAreLearntAsTheirPageSays() {
        double accuracy = RecipeSnippets.digits().validation().get("accuracy");
        assertTrue(accuracy >= 0.97, "accuracy " + accuracy);
    }
}
