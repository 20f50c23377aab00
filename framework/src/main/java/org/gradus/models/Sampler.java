package org.gradus.models;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.gradus.shape.Shape;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Tensor;

/**
 * How a token is chosen by its logits: first they are divided by the temperature, then all but the
 * {@code topK} likeliest tokens are left out, then all but the likeliest that together reach the
 * probability {@code topP} (Holtzman et al., 2020); one of the rest is drawn. At equal logits, the
 * token with the lower number counts as the likelier one.
 *
 * @param temperature 1 for the model's own probabilities, less for likelier tokens; 0 chooses the
 *     likeliest
 * @param topK 0 for all
 * @param topP 1 for all
 */
public record Sampler(double temperature, int topK, double topP) {
    /** The likeliest token. */
    public static final Sampler GREEDY = new Sampler(0, 0, 1);

    /** Checks the settings. */
    public Sampler {
        if (!(temperature >= 0) || topK < 0 || !(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException(
                    ("Sampler: the temperature %s, top-k %d and top-p %s: they must be at least 0, at"
                                    + " least 0, and above 0 up to 1")
                            .formatted(temperature, topK, topP));
        }
    }

    /** Returns a sampler of all tokens. */
    public static Sampler ofTemperature(double temperature) {
        return new Sampler(temperature, 0, 1);
    }

    /** Returns this sampler with only so many tokens to choose from. */
    public Sampler withTopK(int count) {
        return new Sampler(temperature, count, topP);
    }

    /** Returns this sampler with only tokens to choose from that reach a probability together. */
    public Sampler withTopP(double probability) {
        return new Sampler(temperature, topK, probability);
    }

    /**
     * Draws a token for each row of logits.
     *
     * @param logits {@code [sequences, vocabulary]}
     * @param generator of one number for each row; the same state draws the same tokens
     */
    public long[] draw(Tensor logits, Generator generator) {
        int rows = logits.size(0);
        int vocabulary = logits.size(1);
        double[] values = logits.toHost().toDoubles();
        float[] uniform = generator.uniform(logits.device(), Shape.of(rows)).toFloats();
        long[] result = new long[rows];
        for (int row = 0; row < rows; row++) {
            double[] own = Arrays.copyOfRange(values, row * vocabulary, (row + 1) * vocabulary);
            result[row] = pick(probabilities(own), uniform[row]);
        }
        return result;
    }

    /** Returns the first token up to which the probabilities exceed a number in [0, 1). */
    private static int pick(double[] probabilities, double uniform) {
        double sum = 0;
        int last = 0;
        for (int token = 0; token < probabilities.length; token++) {
            if (probabilities[token] > 0) {
                sum += probabilities[token];
                last = token;
                if (uniform < sum) {
                    return token;
                }
            }
        }
        // the sum of all may be a rounding error short of 1
        return last;
    }

    /** Returns the probabilities with which tokens of given logits are drawn. */
    public double[] probabilities(double[] logits) {
        int[] order =
                IntStream.range(0, logits.length)
                        .boxed()
                        .sorted(Comparator.comparingDouble(token -> -logits[token]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        double[] result = new double[logits.length];
        if (temperature == 0) {
            result[order[0]] = 1;
            return result;
        }
        int kept = topK == 0 ? order.length : Math.min(topK, order.length);
        double largest = logits[order[0]];
        double total = 0;
        for (int i = 0; i < kept; i++) {
            result[order[i]] = Math.exp((logits[order[i]] - largest) / temperature);
            total += result[order[i]];
        }
        double reached = 0;
        double left = 0;
        for (int i = 0; i < kept; i++) {
            if (topP < 1 && reached >= topP * total) {
                result[order[i]] = 0;
            }
            reached += result[order[i]];
            left += result[order[i]];
        }
        for (int i = 0; i < kept; i++) {
            result[order[i]] /= left;
        }
        return result;
    }
}
