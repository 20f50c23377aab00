package org.gradus.cli.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gradus.cli.input.InputException;
import org.gradus.cli.task.Classifier;
import org.gradus.cli.task.Generation;
import org.gradus.cli.task.GenerationSettings;
import org.gradus.cli.task.Samples;
import org.gradus.tensor.Autograd;

/**
 * Of which classes the pictures are that a model makes, as a classifier sees them: a generator that
 * has collapsed leaves some out.
 *
 * @param samples the number of pictures
 * @param shares the part of them that is of each class, by the class's name
 */
public record Coverage(int samples, Map<String, Double> shares) {
    private static final long SEED = 0;

    /**
     * Makes pictures with one run's model and classifies them with another's.
     *
     * @throws InputException if one makes no pictures, the other classifies none, or they differ
     */
    public static Coverage measure(TrainedModel generator, TrainedModel classifier, int samples) {
        Generation generation =
                generator
                        .learning()
                        .generation()
                        .orElseThrow(() -> wrong(generator, "makes no pictures to classify"));
        Classifier classes =
                classifier
                        .learning()
                        .classifier()
                        .orElseThrow(() -> wrong(classifier, "classifies no pictures"));
        return Autograd.withoutGradients(() -> of(generation, classes, samples, generator));
    }

    private static Coverage of(
            Generation generation, Classifier classifier, int samples, TrainedModel generator) {
        Samples made = generation.generate(GenerationSettings.of(SEED, samples));
        if (!(made instanceof Samples.Pictures pictures)) {
            throw wrong(generator, "makes texts, not pictures to classify");
        }
        List<String> names = classifier.classes();
        int[] counts = new int[names.size()];
        for (long label : classifier.classify(pictures.images())) {
            counts[(int) label]++;
        }
        Map<String, Double> byName = new LinkedHashMap<>();
        for (int label = 0; label < counts.length; label++) {
            byName.put(names.get(label), (double) counts[label] / samples);
        }
        return new Coverage(samples, byName);
    }

    /** Returns the share of the rarest class. */
    public double least() {
        return shares.values().stream().mapToDouble(Double::doubleValue).min().orElse(0);
    }

    private static InputException wrong(TrainedModel model, String what) {
        return new InputException(
                "a run of " + model.recipe().name() + " " + what + "; give another run");
    }
}
