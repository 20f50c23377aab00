package org.gradus.cli.run;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gradus.cli.data.DataFormat;
import org.gradus.data.DataException;
import org.gradus.io.AtomicFiles;

/** The file of a run that says what its model expects as input, in JSON. */
final class InputFile {
    private static final JsonMapper JSON = new JsonMapper();

    private InputFile() {}

    static void write(Path file, DataFormat format) {
        AtomicFiles.write(file, format.json().toPrettyString() + "\n");
    }

    static DataFormat read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw damaged(file, "is missing", null);
        }
        try {
            return DataFormat.of(JSON.readTree(Files.readString(file)));
        } catch (JacksonException problem) {
            throw damaged(file, "is not JSON: " + problem.getOriginalMessage(), problem);
        } catch (IOException | IllegalArgumentException problem) {
            throw damaged(file, "cannot be used: " + problem.getMessage(), problem);
        }
    }

    private static DataException damaged(Path file, String problem, Throwable cause) {
        return new DataException(
                file + ": " + problem + "; restore the file or train the model again", cause);
    }
}
