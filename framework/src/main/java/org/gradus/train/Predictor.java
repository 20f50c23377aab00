package org.gradus.train;

import java.util.ArrayList;
import java.util.List;
import org.gradus.nn.Layer;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/**
 * Classifies single samples, without gradients and in evaluation mode, on the model's device. The
 * model's outputs are logits: one for each class, or a single one of class 1 of two.
 */
public final class Predictor {
    private final Layer model;
    private final List<String> classes;

    private Predictor(Layer model, List<String> classes) {
        this.model = model;
        this.classes = classes;
    }

    /** Returns a predictor that names classes by their numbers. */
    public static Predictor of(Layer model) {
        return new Predictor(model, List.of());
    }

    /** Returns a predictor that names classes like this, by label. */
    public Predictor classes(List<String> names) {
        return new Predictor(model, List.copyOf(names));
    }

    /**
     * Returns what the model makes of a sample.
     *
     * @param input the sample, prepared as for training, without the batch axis
     * @throws org.gradus.tensor.TensorException if the model does not take such an input
     */
    public Prediction predict(HostArray input) {
        boolean training = model.isTraining();
        model.eval();
        try (var _ = Scope.open()) {
            return Autograd.withoutGradients(() -> prediction(logits(input)));
        } finally {
            if (training) {
                model.train();
            }
        }
    }

    private double[] logits(HostArray input) {
        Tensor batch = Tensor.of(input, model.device()).unsqueeze(0);
        return model.apply(batch).toHost().toDoubles();
    }

    private Prediction prediction(double[] logits) {
        // A single logit is that of class 1 against a class 0 of logit 0
        double[] scores = logits.length == 1 ? new double[] {0, logits[0]} : logits;
        int label = 0;
        for (int i = 1; i < scores.length; i++) {
            label = scores[i] > scores[label] ? i : label;
        }
        double sum = 0;
        for (double score : scores) {
            sum += Math.exp(score - scores[label]);
        }
        List<Double> probabilities = new ArrayList<>();
        for (double score : scores) {
            probabilities.add(Math.exp(score - scores[label]) / sum);
        }
        String name = label < classes.size() ? classes.get(label) : Integer.toString(label);
        return new Prediction(label, name, probabilities);
    }
}
