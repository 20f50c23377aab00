package org.gradus.data.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class TokenizerTest {
    private static final CharacterTokenizer CHARACTERS =
            CharacterTokenizer.of("hello 🎉", Tokenizer.PADDING);
    private static final SymbolTokenizer SYMBOLS =
            SymbolTokenizer.of(List.of("HH AH L OW", "W ER L D"), Tokenizer.START, Tokenizer.END);
    private static final WordTokenizer WORDS =
            WordTokenizer.train(List.of("The cat. The DOG!", "the cat's toy", "dog"), 1, 100);
    private static final ByteTokenizer BYTES = ByteTokenizer.of(Tokenizer.END);

    static final List<Tokenizer> ALL =
            List.of(
                    CHARACTERS,
                    SYMBOLS,
                    WORDS,
                    BYTES,
                    BytePairTokenizer.train("low lower lowest", 260, 1, Tokenizer.END));

    @Test
    void charactersAreNumberedInTheirOrderAfterTheSpecialTokens() {
        assertEquals(7, CHARACTERS.size());
        assertArrayEquals(new int[] {3, 2, 4, 4, 5, 1, 6}, CHARACTERS.encode("hello 🎉"));
        assertEquals("hole🎉", CHARACTERS.decode(3, 5, 0, 4, 2, 6));
        assertEquals(0, CHARACTERS.special(Tokenizer.PADDING));
    }

    @Test
    void aCharacterThatWasNotSeenIsNamedOrUnknown() {
        var problem = assertThrows(IllegalArgumentException.class, () -> CHARACTERS.encode("hé"));
        assertTrue(problem.getMessage().contains("\"é\" (U+00E9) is none"), problem.getMessage());

        var lenient = CharacterTokenizer.of("ab", Tokenizer.UNKNOWN);
        assertArrayEquals(new int[] {1, 0, 0, 2}, lenient.encode("aéxb"));
        assertEquals("a<unk>b", lenient.decode(1, 0, 2));
    }

    @Test
    void theCharactersOfTheTokensAddUpToThoseOfTheText() {
        String text = "low 🎉 lowest é€ low";
        List<Tokenizer> tokenizers =
                List.of(
                        CharacterTokenizer.of(text, Tokenizer.PADDING),
                        BYTES,
                        BytePairTokenizer.train(text, 262, 1, Tokenizer.END),
                        BytePairTokenizer.train("🎉🎉🎉🎉 €€", 260, 1));
        for (Tokenizer tokenizer : tokenizers) {
            int[] characters = tokenizer.characters();
            assertEquals(tokenizer.size(), characters.length);
            int sum = 0;
            for (int token : tokenizer.encode(text)) {
                sum += characters[token];
            }
            assertEquals(text.codePointCount(0, text.length()), sum, tokenizer.toJson());
            tokenizer.specialTokens().values().forEach(t -> assertEquals(0, characters[t]));
        }
    }

    @Test
    void symbolsAreSeparatedByWhiteSpace() {
        assertEquals(9, SYMBOLS.size());
        assertArrayEquals(SYMBOLS.encode("HH AH"), SYMBOLS.encode("\n HH\t AH "));
        assertEquals("W ER L D", SYMBOLS.decode(SYMBOLS.encode("W ER L D")));
        assertArrayEquals(new int[0], SYMBOLS.encode(" "));
        assertThrows(IllegalArgumentException.class, () -> SYMBOLS.encode("ZZ"));
    }

    @Test
    void wordsAreNumberedByFallingFrequency() {
        // the 3, dog 2, then in order: ! . cat cat's toy
        assertArrayEquals(new int[] {2, 3}, WORDS.encode("THE dog"));
        assertArrayEquals(new int[] {4, 5, 6, 7, 8, 1}, WORDS.encode("! . cat cat's toy bird"));
        assertEquals("the cat's <unk>", WORDS.decode(2, 7, 1, 0));
    }

    @Test
    void rareWordsAndThoseWithoutRoomAreUnknown() {
        var texts = List.of("a a a b b c");
        assertEquals(4, WordTokenizer.train(texts, 2, 100).size());
        assertArrayEquals(new int[] {2, 1, 1}, WordTokenizer.train(texts, 1, 3).encode("a b c"));
        assertThrows(IllegalArgumentException.class, () -> WordTokenizer.train(texts, 0, 9));
        assertThrows(IllegalArgumentException.class, () -> WordTokenizer.train(texts, 1, 1));
    }

    @Test
    void wordsOfAnyLengthAndWritingAreCut() {
        var words = WordTokenizer.train(List.of("l'été, 日本\u00a0x''y a'"), 1, 100);
        assertEquals(9, words.size());
        assertEquals("l'été", words.decode(words.encode("L'ÉTÉ")));
        assertEquals(1, words.encode("a'".repeat(100_000) + "a").length);
    }

    @Test
    void bytesAreTheirOwnTokens() {
        assertArrayEquals(new int[] {104, 0xc3, 0xa9}, BYTES.encode("hé"));
        assertEquals("hé", BYTES.decode(104, 256, 0xc3, 0xa9));
        assertEquals("\ufffd", BYTES.decode(0xc3));
        assertEquals(257, BYTES.size());
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void whatIsReadFromJsonIsTheSame(Tokenizer tokenizer) {
        var read = Tokenizer.parse(tokenizer.toJson(), "test");

        assertInstanceOf(tokenizer.getClass(), read);
        assertEquals(tokenizer.toJson(), read.toJson());
        assertEquals(tokenizer.size(), read.size());
        assertEquals(tokenizer.specialTokens(), read.specialTokens());
        var tokens = new int[tokenizer.size()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = i;
        }
        assertEquals(tokenizer.decode(tokens), read.decode(tokens));
        assertArrayEquals(new int[0], read.encode(""));
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void tokensAndSpecialTokensThatDoNotExistAreRefused(Tokenizer tokenizer) {
        for (int token : new int[] {-1, tokenizer.size(), Integer.MAX_VALUE}) {
            var problem =
                    assertThrows(IllegalArgumentException.class, () -> tokenizer.decode(token));
            assertTrue(problem.getMessage().contains("tokens are 0 to"), problem.getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> tokenizer.special("<none>"));
    }

    @Test
    void aTokenGivenTwiceIsRefused() {
        assertThrows(
                IllegalArgumentException.class, () -> CharacterTokenizer.of("a", "<a>", "<a>"));
        assertThrows(IllegalArgumentException.class, () -> ByteTokenizer.of("<a>", "<a>"));
        assertThrows(
                IllegalArgumentException.class,
                () -> BytePairTokenizer.train("a", 300, 1, "<a>", "<a>"));
    }
}
