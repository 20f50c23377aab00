package org.gradus.tests.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.gradus.device.Device;
import org.gradus.metrics.Accuracy;
import org.gradus.metrics.BitsPerCharacter;
import org.gradus.metrics.ConfusionMatrix;
import org.gradus.metrics.EditDistance;
import org.gradus.metrics.F1;
import org.gradus.metrics.LabelErrorRate;
import org.gradus.metrics.MeanAbsoluteError;
import org.gradus.metrics.MeanSquaredError;
import org.gradus.metrics.Metric;
import org.gradus.metrics.Perplexity;
import org.gradus.metrics.Precision;
import org.gradus.metrics.Recall;
import org.gradus.metrics.RocAuc;
import org.gradus.metrics.TopKAccuracy;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Metrics against values worked out by hand. */
class MetricsTest {
    private static final Device CPU = Device.of("cpu");

    /** Sums of few whole numbers are exact; quotients are rounded once. */
    private static final double EXACT = 1e-15;

    /** What is computed in single precision. */
    private static final double SINGLE = 1e-6;

    static final List<Metric> CLASSIFYING =
            List.of(
                    new Accuracy(),
                    new TopKAccuracy(2),
                    new ConfusionMatrix(3),
                    Precision.macro(3),
                    Recall.macro(3),
                    F1.macro(3),
                    new Perplexity(),
                    BitsPerCharacter.ofTokens(1, 2, 1));

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor floats(Shape shape, float... values) {
        return Tensor.of(HostArray.of(values, shape), CPU);
    }

    private static Tensor labels(long... values) {
        return Tensor.of(HostArray.of(values, Shape.of(values.length)), CPU);
    }

    /** Predicted classes: 2, 0, 1, 1. */
    private static Tensor scores() {
        return floats(Shape.of(4, 3), 1, 2, 3, 9, 0, 1, 0, 5, 4, -3, -1, -2);
    }

    @Test
    void accuracyIsTheShareOfHits() {
        Metric accuracy = new Accuracy();
        accuracy.update(scores(), labels(2, 0, 2, 1));
        assertEquals(0.75, accuracy.value(), EXACT);
        accuracy.update(scores(), labels(0, 1, 0, 0));
        assertEquals(3 / 8.0, accuracy.value(), EXACT);
        accuracy.reset();
        assertTrue(Double.isNaN(accuracy.value()));
    }

    @Test
    void accuracyTakesLogitsOfTwoClasses() {
        Metric accuracy = new Accuracy();
        accuracy.update(floats(Shape.of(4, 1), -1, 2, 0.5f, -3), labels(0, 1, 0, 1));
        assertEquals(0.5, accuracy.value(), EXACT);
        accuracy.update(floats(Shape.of(2), 1, -1), floats(Shape.of(2), 1, 0));
        assertEquals(4 / 6.0, accuracy.value(), EXACT);
    }

    @Test
    void accuracyTakesSequencesAndLeavesOutPadding() {
        Metric accuracy = Accuracy.ignoring(-100);
        Tensor sequences = scores().reshape(2, 2, 3);
        Tensor targets = labels(2, -100, 1, 0).reshape(2, 2);
        accuracy.update(sequences.transpose(1, 2), targets);
        assertEquals(2 / 3.0, accuracy.value(), EXACT);
    }

    @Test
    void topKCountsTheKBestScores() {
        Metric best2 = new TopKAccuracy(2);
        best2.update(scores(), labels(1, 1, 0, 0));
        assertEquals(1 / 4.0, best2.value(), EXACT);
        assertEquals("top2_accuracy", best2.name());
    }

    @Test
    void aScoreOfNaNIsNeverAmongTheBest() {
        Metric best1 = new TopKAccuracy(1);
        best1.update(floats(Shape.of(1, 3), Float.NaN, 1, 2), labels(0));
        assertEquals(0, best1.value(), EXACT);
    }

    @Test
    void theConfusionMatrixHasARowForEachExpectedClass() {
        ConfusionMatrix confusion = new ConfusionMatrix(3);
        confusion.update(scores(), labels(2, 0, 2, 0));
        confusion.update(scores(), labels(2, 2, 2, 2));
        assertArrayEquals(new long[] {1, 1, 0}, confusion.counts()[0]);
        assertArrayEquals(new long[] {0, 0, 0}, confusion.counts()[1]);
        assertArrayEquals(new long[] {1, 3, 2}, confusion.counts()[2]);
        assertEquals(3 / 8.0, confusion.value(), EXACT);
    }

    @Test
    void theConfusionMatrixRefusesAnotherNumberOfClasses() {
        TensorException problem =
                assertThrows(
                        TensorException.class,
                        () -> new ConfusionMatrix(2).update(scores(), labels(0, 1, 0, 1)));
        assertTrue(problem.getMessage().contains("3 classes"), problem.getMessage());
    }

    @Test
    void binaryScoresAreThoseOfClassOne() {
        // Predicted 1, 1, 1, 0, 0; expected 1, 0, 0, 1, 0.
        Tensor logits = floats(Shape.of(5), 1, 2, 3, -1, -2);
        Tensor targets = labels(1, 0, 0, 1, 0);
        assertEquals(1 / 3.0, valueOf(Precision.binary(), logits, targets), EXACT);
        assertEquals(1 / 2.0, valueOf(Recall.binary(), logits, targets), EXACT);
        assertEquals(2 / 5.0, valueOf(F1.binary(), logits, targets), EXACT);
    }

    @Test
    void macroScoresAreMeansOverTheClassesThatOccur() {
        // Predicted 2, 0, 1, 1; expected 2, 0, 2, 1. The fourth class does not occur.
        Tensor four = Tensor.cat(1, scores(), floats(Shape.of(4, 1), -9, -9, -9, -9));
        Tensor targets = labels(2, 0, 2, 1);
        assertEquals((1 + 0.5 + 1) / 3, valueOf(Precision.macro(4), four, targets), EXACT);
        assertEquals((1 + 1 + 0.5) / 3, valueOf(Recall.macro(4), four, targets), EXACT);
        assertEquals((1 + 2 / 3.0 + 2 / 3.0) / 3, valueOf(F1.macro(4), four, targets), EXACT);
    }

    @Test
    void aClassThatIsNeverPredictedCountsAsZero() {
        Tensor logits = floats(Shape.of(2), -1, -2);
        assertEquals(0, valueOf(Precision.binary(), logits, labels(1, 0)), EXACT);
    }

    @Test
    void errorsAreMeansOverAllElements() {
        Tensor output = floats(Shape.of(2, 2), 1, 2, 3, 4);
        Tensor target = floats(Shape.of(2, 2), 0, 4, 3, 1);
        assertEquals(1.5, valueOf(new MeanAbsoluteError(), output, target), SINGLE);
        assertEquals(3.5, valueOf(new MeanSquaredError(), output, target), SINGLE);
    }

    @Test
    void errorsRefuseToBroadcast() {
        Tensor output = floats(Shape.of(2, 1), 1, 2);
        TensorException problem =
                assertThrows(
                        TensorException.class,
                        () -> new MeanSquaredError().update(output, floats(Shape.of(2), 1, 2)));
        assertTrue(problem.getMessage().contains("[2, 1]"), problem.getMessage());
    }

    @Test
    void evenOddsOfThreeHaveAPerplexityOfThree() {
        Metric perplexity = Perplexity.ignoring(-100);
        perplexity.update(floats(Shape.of(3, 3), new float[9]), labels(0, -100, 2));
        assertEquals(3, perplexity.value(), SINGLE);
        perplexity.reset();
        // Two tokens of probabilities 1/2 and 1/8 are as hard as 4 choices.
        float half = (float) Math.log(0.5);
        float eighth = (float) Math.log(0.125);
        float rest = (float) Math.log(0.375);
        perplexity.update(
                floats(Shape.of(2, 3), half, eighth, rest, half, eighth, rest), labels(0, 1));
        assertEquals(4, perplexity.value(), 4 * SINGLE);
    }

    @Test
    void bitsAreDividedByTheCharactersOfTheExpectedTokens() {
        float half = (float) Math.log(0.5);
        float eighth = (float) Math.log(0.125);
        float rest = (float) Math.log(0.375);
        Tensor logits = floats(Shape.of(2, 3), half, eighth, rest, half, eighth, rest);
        // 1 bit and 3 bits for tokens of 1 and 4 characters.
        Metric bits = BitsPerCharacter.ofTokens(1, 4, 0);
        bits.update(logits, labels(0, 1));
        assertEquals(4 / 5.0, bits.value(), SINGLE);
        // 1 bit more, for 1 character; batches are weighted by their characters.
        bits.update(logits.narrow(0, 0, 1), labels(0));
        assertEquals(5 / 6.0, bits.value(), SINGLE);
        assertFalse(bits.higherIsBetter());
        Metric other = BitsPerCharacter.ofTokens(1, 1);
        assertThrows(TensorException.class, () -> other.update(logits, labels(0, 1)));
    }

    @Test
    void theAreaCountsPairsInTheRightOrder() {
        // Positives 0.9, 0.5, 0.4; negatives 0.5, 0.1: won 2 + 1.5 + 1 of 6 pairs.
        Metric auc = new RocAuc();
        auc.update(floats(Shape.of(2), 0.9f, 0.5f), labels(1, 0));
        auc.update(floats(Shape.of(3, 1), 0.5f, 0.1f, 0.4f), labels(1, 0, 1));
        assertEquals(4.5 / 6, auc.value(), EXACT);
    }

    @Test
    void theAreaOfOneClassIsNoNumber() {
        assertTrue(Double.isNaN(new RocAuc().value()));
        assertTrue(Double.isNaN(valueOf(new RocAuc(), floats(Shape.of(2), 1, 2), labels(1, 1))));
    }

    @ParameterizedTest
    @FieldSource("CLASSIFYING")
    void aRestoredMetricContinuesExactly(Metric metric) {
        metric.reset();
        metric.update(scores(), labels(2, 0, 2, 0));
        double[] between = metric.state();
        metric.update(scores(), labels(1, 1, 0, 2));
        double expected = metric.value();

        metric.reset();
        metric.update(scores(), labels(1, 1, 1, 1));
        metric.restore(between);
        metric.update(scores(), labels(1, 1, 0, 2));
        assertEquals(expected, metric.value());
    }

    @ParameterizedTest
    @FieldSource("CLASSIFYING")
    void aTargetOfAnotherShapeIsRefused(Metric metric) {
        TensorException problem =
                assertThrows(TensorException.class, () -> metric.update(scores(), labels(0, 1, 2)));
        assertTrue(problem.getMessage().contains("[4, 3]"), problem.getMessage());
        assertTrue(problem.getMessage().contains("[3]"), problem.getMessage());
    }

    @Test
    void manyUpdatesKeepNoMemory() {
        Tensor scores = scores();
        Tensor targets = labels(2, 0, 2, 1);
        int before = Tensor.liveStorages();
        Metric accuracy = new Accuracy();
        for (int i = 0; i < 1000; i++) {
            accuracy.update(scores, targets);
        }
        assertEquals(0.75, accuracy.value(), EXACT);
        // fewer are no mistake: the collector may find what earlier tests left
        assertTrue(Tensor.liveStorages() <= before, "memory was left behind");
    }

    private static double valueOf(Metric metric, Tensor output, Tensor target) {
        metric.update(output, target);
        return metric.value();
    }

    @Test
    void bitsPerCharacterAreTheLogarithmOfThePerplexity() {
        Metric bits = new BitsPerCharacter();
        Metric perplexity = new Perplexity();
        for (Metric metric : List.of(bits, perplexity)) {
            metric.update(scores(), labels(2, 0, 2, 1));
        }
        assertEquals(Math.log(perplexity.value()) / Math.log(2), bits.value(), SINGLE);
        Metric padded = BitsPerCharacter.ignoring(-1);
        padded.update(floats(Shape.of(2, 4), 0, 0, 0, 0, 5, 0, 0, 0), labels(3, -1));
        assertEquals(2, padded.value(), SINGLE);
    }

    @Test
    void editDistanceCountsTheLeastChanges() {
        assertEquals(3, distance("kitten", "sitting"));
        assertEquals(2, distance("flaw", "lawn"));
        assertEquals(4, distance("", "four"));
        assertEquals(4, distance("four", ""));
        assertEquals(0, distance("same", "same"));
    }

    private static int distance(String first, String second) {
        return EditDistance.between(
                first.chars().asLongStream().toArray(), second.chars().asLongStream().toArray());
    }

    @Test
    void labelErrorsAreCountedWithoutBlanksAndRepetitions() {
        // best classes by time: 1 1 0 1 2 and 0 3 3 3 0, where 0 is the blank
        long[] best = {1, 0, 1, 3, 0, 3, 1, 3, 2, 0};
        float[] scores = new float[5 * 2 * 4];
        for (int i = 0; i < best.length; i++) {
            scores[i * 4 + (int) best[i]] = 1;
        }
        Tensor output = floats(Shape.of(5, 2, 4), scores);
        Tensor target = labels(1, 1, 2, 3, 2, -1).reshape(2, 3);
        LabelErrorRate rate = new LabelErrorRate("phoneme_error_rate", 0);
        rate.update(output, target);
        // 1 1 2 is right; 3 lacks the 2 after it
        assertEquals(1 / 5.0, rate.value(), EXACT);
        LabelErrorRate restored = new LabelErrorRate("phoneme_error_rate", 0);
        restored.restore(rate.state());
        restored.add(new long[] {4}, new long[] {4, 5, 6});
        assertEquals(3 / 8.0, restored.value(), EXACT);
        assertThrows(TensorException.class, () -> rate.update(output, labels(1, 2)));
    }

    @Test
    void accuracyOfMixedTargetsTakesTheMostProbableClass() {
        Metric accuracy = Accuracy.ofMixedTargets();
        float[] probabilities = {0, 0.3f, 0.7f, 0.6f, 0.4f, 0, 0, 0.1f, 0.9f, 0.5f, 0.4f, 0.1f};
        accuracy.update(scores(), floats(Shape.of(4, 3), probabilities));
        assertEquals(0.5, accuracy.value(), EXACT);
        accuracy.update(scores(), labels(2, 0, 1, 1));
        assertEquals(0.75, accuracy.value(), EXACT);
    }
}
