package org.gradus.cli.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.gradus.cli.input.InputException;

/**
 * How samples are to be made; what is not given is the model's to choose.
 *
 * @param seed decides what is random
 * @param count the number of samples: pictures, or tokens of a text
 * @param prompt the text that is continued or translated
 * @param temperature by what the scores of the next token are divided
 * @param topK the number of tokens that are chosen from
 * @param topP the share of probability that is chosen from
 * @param beam the number of texts that a search keeps
 */
public record GenerationSettings(
        long seed,
        OptionalInt count,
        Optional<String> prompt,
        OptionalDouble temperature,
        OptionalInt topK,
        OptionalDouble topP,
        OptionalInt beam) {

    /** Returns the settings with nothing given but the seed and the number of samples. */
    public static GenerationSettings of(long seed, int count) {
        return new GenerationSettings(
                seed,
                OptionalInt.of(count),
                Optional.empty(),
                OptionalDouble.empty(),
                OptionalInt.empty(),
                OptionalDouble.empty(),
                OptionalInt.empty());
    }

    /**
     * Checks that nothing was given that has no meaning for a model.
     *
     * @param model what the model is, as in {@code a model of pictures}
     * @param taken the options that it takes besides {@code --seed}, as in {@code --count}
     * @throws InputException if another was given
     */
    public void requireOnly(String model, List<String> taken) {
        List<String> given = new ArrayList<>();
        count.ifPresent(_ -> given.add("--count"));
        prompt.ifPresent(_ -> given.add("--prompt"));
        temperature.ifPresent(_ -> given.add("--temperature"));
        topK.ifPresent(_ -> given.add("--top-k"));
        topP.ifPresent(_ -> given.add("--top-p"));
        beam.ifPresent(_ -> given.add("--beam"));
        given.removeAll(taken);
        if (!given.isEmpty()) {
            throw new InputException(
                    given.getFirst()
                            + ": "
                            + model
                            + " does not take it; leave it out (it takes "
                            + String.join(", ", taken)
                            + ")");
        }
    }
}
