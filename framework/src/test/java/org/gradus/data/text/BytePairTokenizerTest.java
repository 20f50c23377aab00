package org.gradus.data.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.gradus.data.Bible;
import org.junit.jupiter.api.Test;

/** The expected tokens are those of Hugging Face's library: tests/goldens/tokenizers_bpe.py. */
class BytePairTokenizerTest {
    private static final int EXCERPT = 200_000;

    @Test
    void filesOfHuggingFaceGiveTheSameTokens() throws IOException {
        var cases = new JsonMapper().readTree(resource("encodings.json"));
        assertEquals(51, cases.size());
        for (var golden : cases) {
            var tokenizer = Tokenizer.parse(resource(golden.get("file").asText()), "golden");
            var text = golden.get("text").asText();
            var expected = new ArrayList<Integer>();
            golden.get("tokens").forEach(token -> expected.add(token.asInt()));
            var tokens = tokenizer.encode(text);

            var what = golden.get("file") + " of " + golden.get("text");
            assertEquals(expected, list(tokens), what);
            assertEquals(golden.get("decoded").asText(), tokenizer.decode(tokens), what);
        }
    }

    @Test
    void trainingFindsTheMergesOfHuggingFace() throws IOException {
        var trained =
                BytePairTokenizer.train(
                        Bible.text().substring(0, EXCERPT), 700, 2, "<|endoftext|>");
        var expected = model(resource("gpt2.json"));
        var actual = model(trained.toJson());

        assertEquals(expected.get("merges"), actual.get("merges"));
        assertEquals(expected.get("vocab"), actual.get("vocab"));
    }

    @Test
    void everyTextSurvives() {
        var tokenizer = BytePairTokenizer.train(Bible.text().substring(0, 20_000), 400, 2);
        var random = new Random(1);
        for (int i = 0; i < 300; i++) {
            var text = new StringBuilder();
            for (int length = random.nextInt(40); length > 0; length--) {
                int character = random.nextInt(random.nextBoolean() ? 128 : 0x3000);
                text.appendCodePoint(character);
            }
            assertEquals(text.toString(), tokenizer.decode(tokenizer.encode(text.toString())));
        }
    }

    @Test
    void mergesStopWhenNoPairIsFrequentEnough() {
        assertEquals(256, BytePairTokenizer.train("abcd", 500, 2).size());
        assertEquals(259, BytePairTokenizer.train("abcd", 500, 1).size());
        assertEquals(256, BytePairTokenizer.train("", 500, 1).size());
    }

    @Test
    void overlappingPairsAreCountedOnce() {
        // aaaa: three pairs (a, a), of which two are merged; then one of the new token.
        var tokenizer = BytePairTokenizer.train("aaaa", 300, 1);
        assertEquals(258, tokenizer.size());
        assertArrayEquals(new int[] {257}, tokenizer.encode("aaaa"));
        assertArrayEquals(
                new int[] {257, 256, tokenizer.encode("a")[0]}, tokenizer.encode("aaaaaaa"));
    }

    @Test
    void oneEndlessWordTakesNoQuadraticTime() {
        var tokenizer = BytePairTokenizer.train("ab ".repeat(10) + "abab", 270, 2);
        var word = "ab".repeat(500_000);
        assertTimeoutPreemptively(
                Duration.ofSeconds(30),
                () -> assertEquals(word, tokenizer.decode(tokenizer.encode(word))));
    }

    @Test
    void impossibleSizesAreRefused() {
        var problem =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> BytePairTokenizer.train("a", 256, 1, "<a>"));
        assertTrue(problem.getMessage().contains("at least 257"), problem.getMessage());
        assertThrows(IllegalArgumentException.class, () -> BytePairTokenizer.train("a", 300, 0));
    }

    private static JsonNode model(String json) throws IOException {
        return new JsonMapper().readTree(json).get("model");
    }

    private static List<Integer> list(int[] tokens) {
        var list = new ArrayList<Integer>();
        for (int token : tokens) {
            list.add(token);
        }
        return list;
    }

    static String resource(String name) throws IOException {
        try (var in = BytePairTokenizerTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
