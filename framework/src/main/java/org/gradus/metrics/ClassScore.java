package org.gradus.metrics;

import org.gradus.tensor.Tensor;

/**
 * A score of each class made of its hits, how often it was predicted, and how often it was right to
 * do so: that of class 1 for two classes, or the mean over all that occur (macro average).
 */
abstract sealed class ClassScore implements Metric permits Precision, Recall, F1 {
    private final String name;
    private final boolean binary;
    private final ConfusionMatrix matrix;

    ClassScore(String name, boolean binary, int classes) {
        this.name = name;
        this.binary = binary;
        this.matrix = new ConfusionMatrix(classes);
    }

    /** Returns the score of a class, NaN for 0 / 0. */
    abstract double score(long hits, long predicted, long actual);

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final void update(Tensor output, Tensor target) {
        matrix.update(output, target);
    }

    @Override
    public final double value() {
        long[][] counts = matrix.counts();
        double sum = 0;
        int occurring = 0;
        for (int i = binary ? 1 : 0; i < counts.length; i++) {
            long predicted = 0;
            long actual = 0;
            for (int j = 0; j < counts.length; j++) {
                predicted += counts[j][i];
                actual += counts[i][j];
            }
            if (binary || predicted + actual > 0) {
                double score = score(counts[i][i], predicted, actual);
                sum += Double.isNaN(score) ? 0 : score;
                occurring++;
            }
        }
        return Double.isNaN(matrix.value()) ? Double.NaN : sum / occurring;
    }

    @Override
    public final void reset() {
        matrix.reset();
    }

    @Override
    public final double[] state() {
        return matrix.state();
    }

    @Override
    public final void restore(double[] state) {
        States.requireSize(name, state, matrix.classes() * matrix.classes());
        matrix.restore(state);
    }
}
