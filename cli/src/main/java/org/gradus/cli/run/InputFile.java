package org.gradus.cli.run;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.gradus.cli.recipe.InputFormat;
import org.gradus.data.DataException;
import org.gradus.io.AtomicFiles;
import org.gradus.shape.Shape;

/** The file of a run that says what its model expects as input, in JSON. */
final class InputFile {
    private static final JsonMapper JSON = new JsonMapper();

    private InputFile() {}

    static void write(Path file, InputFormat format) {
        ObjectNode tree = JSON.createObjectNode();
        ArrayNode shape = tree.putArray("shape");
        for (int size : format.shape().sizes()) {
            shape.add(size);
        }
        format.classes().forEach(tree.putArray("classes")::add);
        format.columns().forEach(tree.putArray("columns")::add);
        put(tree.putArray("mean"), format.mean());
        put(tree.putArray("deviation"), format.deviation());
        AtomicFiles.write(file, tree.toPrettyString() + "\n");
    }

    static InputFormat read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw damaged(file, "is missing", null);
        }
        try {
            JsonNode tree = JSON.readTree(Files.readString(file));
            double[] shape = numbers(tree.path("shape"));
            int[] sizes = new int[shape.length];
            for (int i = 0; i < sizes.length; i++) {
                sizes[i] = (int) shape[i];
            }
            return new InputFormat(
                    Shape.of(sizes),
                    texts(tree.path("classes")),
                    texts(tree.path("columns")),
                    numbers(tree.path("mean")),
                    numbers(tree.path("deviation")));
        } catch (JacksonException problem) {
            throw damaged(file, "is not JSON: " + problem.getOriginalMessage(), problem);
        } catch (IOException | IllegalArgumentException problem) {
            throw damaged(file, "cannot be used: " + problem.getMessage(), problem);
        }
    }

    private static void put(ArrayNode array, double[] values) {
        for (double value : values) {
            array.add(value);
        }
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.asText()));
        return texts;
    }

    private static double[] numbers(JsonNode array) {
        double[] numbers = new double[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = array.get(i).asDouble();
        }
        return numbers;
    }

    private static DataException damaged(Path file, String problem, Throwable cause) {
        return new DataException(
                file + ": " + problem + "; restore the file or train the model again", cause);
    }
}
