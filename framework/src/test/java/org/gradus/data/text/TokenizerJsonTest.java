package org.gradus.data.text;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gradus.data.DataException;
import org.gradus.data.Mutations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerJsonTest {
    @TempDir private Path folder;

    @Test
    void damagedFilesGiveNothingButClearErrors() throws IOException {
        var file = folder.resolve("tokenizer.json");
        for (var name : new String[] {"gpt2.json", "pattern.json"}) {
            Files.writeString(file, BytePairTokenizerTest.resource(name));
            Mutations.check(file, 300, path -> Tokenizer.read(path).encode("In the <|endof 12"));
        }
        Files.writeString(file, CharacterTokenizer.of("abc", Tokenizer.UNKNOWN).toJson());
        Mutations.check(file, 1000, path -> Tokenizer.read(path).size());
    }

    @Test
    void whatIsWrongIsNamedWithItsPlace() {
        refused("", "is missing where a tokenizer needs");
        refused("[]", "an object with \"type\"");
        refused("{\"type\": 3}", "type: is 3 where a tokenizer needs a text");
        refused("{\"type\": \"magic\"}", "one of characters");
        refused("{\"type\": \"characters\"}", "special: is missing");
        refused(
                "{\"type\": \"characters\", \"special\": [], \"tokens\": [\"a\", 1]}",
                "tokens[1]: is 1");
        refused(
                "{\"type\": \"characters\", \"special\": [], \"tokens\": [\"a\", \"a\"]}",
                "given twice");
        refused("{\"type\": \"bytes\", \"type\": 1}", "Duplicate");
        refused("{\"type\":\n \"bytes\"", "line 2");
        refused("[".repeat(5000), "nesting");
    }

    @Test
    void modelsThatWouldGiveOtherTokensAreRefused() throws IOException {
        var valid = BytePairTokenizerTest.resource("gpt2.json");
        changed(valid, "\"type\":\"BPE\"", "\"type\":\"Unigram\"", "model.type: is \"Unigram\"");
        changed(valid, "\"normalizer\":null", "\"normalizer\":{\"type\":\"NFC\"}", "normalizer");
        changed(valid, "\"dropout\":null", "\"dropout\":0.1", "model.dropout: is 0.1");
        changed(valid, "\"lstrip\":false", "\"lstrip\":true", "added_tokens[0].lstrip");
        changed(valid, "\"unk_token\":null", "\"unk_token\":\"!\"", "model.unk_token");
        changed(valid, "\"!\":1,", "\"!\":70000,", "the number 70000");
        changed(valid, "\"!\":1,", "\"!\":1e99,", "a whole number of 32 bits");
        changed(valid, "\"!\":1,", "", "once, added tokens included");
        changed(valid, "\"id\":0,", "\"id\":-5,", "a new text, or the id of the old one");
        changed(valid, "\"merges\":[[\"t\",\"h\"]", "\"merges\":[[\"t\"]", "merges[0]");
        changed(valid, "\"merges\":[[\"t\",\"h\"]", "\"merges\":[\"t zz\"", "merges[0]");
    }

    @Test
    void filesThatAreNoTextAreRefused() throws IOException {
        var file = Files.write(folder.resolve("x"), new byte[] {'"', (byte) 0xff, '"'});
        assertTrue(message(() -> Tokenizer.read(file)).contains("UTF-8"));
        assertTrue(message(() -> Tokenizer.read(folder)).contains("no such file"));
    }

    private static void changed(String json, String from, String to, String reason) {
        assertTrue(json.contains(from), from);
        refused(json.replace(from, to), reason);
    }

    private static void refused(String json, String reason) {
        var message = message(() -> Tokenizer.parse(json, "some file"));
        assertTrue(message.startsWith("some file"), message);
        assertTrue(message.contains(reason), message);
    }

    private static String message(Runnable reading) {
        return assertThrows(DataException.class, reading::run).getMessage();
    }
}
