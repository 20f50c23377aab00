package org.gradus.tests.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.models.BeamSearch;
import org.gradus.models.BeamSearch.Hypothesis;
import org.gradus.models.Continuation;
import org.gradus.models.Gpt;
import org.gradus.models.Sampler;
import org.gradus.models.Seq2SeqTransformer;
import org.gradus.models.TextGeneration;
import org.gradus.nn.KeyValueCache;
import org.gradus.nn.TransformerSettings;
import org.gradus.shape.Shape;
import org.gradus.tensor.Generator;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tests.conformance.TestDevices;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sequences are continued as the models' probabilities say, with a cache as without. */
class GenerationTest {
    private static final int END = 2;

    static List<Named<Device>> devices() {
        return TestDevices.named();
    }

    // ---- samplers

    /** Logits of the probabilities 0.5, 0.25, 0.125, 0.125, in another order. */
    private static final double[] LOGITS = {
        Math.log(0.125), Math.log(0.5), Math.log(0.125), Math.log(0.25)
    };

    @Test
    void temperatureOneKeepsTheProbabilities() {
        double[] expected = {0.125, 0.5, 0.125, 0.25};
        assertArrayEquals(expected, Sampler.ofTemperature(1).probabilities(LOGITS), 1e-15);
    }

    @Test
    void aLowTemperatureSquaresProbabilities() {
        double sum = 0.015625 + 0.25 + 0.015625 + 0.0625;
        double[] expected = {0.015625 / sum, 0.25 / sum, 0.015625 / sum, 0.0625 / sum};
        assertArrayEquals(expected, Sampler.ofTemperature(0.5).probabilities(LOGITS), 1e-15);
    }

    @Test
    void topKKeepsTheLikeliestAndOfEqualOnesTheFirst() {
        Sampler sampler = Sampler.ofTemperature(1);
        double[] two = {0, 2 / 3.0, 0, 1 / 3.0};
        assertArrayEquals(two, sampler.withTopK(2).probabilities(LOGITS), 1e-15);
        double[] three = {0.125 / 0.875, 0.5 / 0.875, 0, 0.25 / 0.875};
        assertArrayEquals(three, sampler.withTopK(3).probabilities(LOGITS), 1e-15);
        assertArrayEquals(sampler.probabilities(LOGITS), sampler.withTopK(9).probabilities(LOGITS));
    }

    @Test
    void topPKeepsTheFewestThatReachIt() {
        Sampler sampler = Sampler.ofTemperature(1);
        double[] one = {0, 1, 0, 0};
        double[] two = {0, 2 / 3.0, 0, 1 / 3.0};
        assertArrayEquals(one, sampler.withTopP(0.49).probabilities(LOGITS), 1e-15);
        assertArrayEquals(two, sampler.withTopP(0.51).probabilities(LOGITS), 1e-15);
        assertArrayEquals(two, sampler.withTopP(0.74).probabilities(LOGITS), 1e-15);
        double[] three = {0.125 / 0.875, 0.5 / 0.875, 0, 0.25 / 0.875};
        assertArrayEquals(three, sampler.withTopP(0.76).probabilities(LOGITS), 1e-15);
    }

    @Test
    void topPCountsWhatTopKHasLeft() {
        Sampler sampler = Sampler.ofTemperature(1).withTopK(2).withTopP(0.6);
        double[] one = {0, 1, 0, 0};
        assertArrayEquals(one, sampler.probabilities(LOGITS), 1e-15);
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        for (double[] wrong : new double[][] {{-1, 0, 1}, {1, -1, 1}, {1, 0, 0}, {1, 0, 1.1}}) {
            var error =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> new Sampler(wrong[0], (int) wrong[1], wrong[2]));
            assertTrue(error.getMessage().contains("temperature"), error.getMessage());
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void drawsAreAsFrequentAsTheirProbabilities(Device device) {
        int rows = 20_000;
        try (var _ = Scope.open()) {
            float[] row = new float[4];
            for (int i = 0; i < 4; i++) {
                row[i] = (float) LOGITS[i];
            }
            Tensor one = Tensor.of(HostArray.of(row, Shape.of(1, 4)), device);
            Tensor logits = one.expand(rows, 4);
            long[] drawn = Sampler.ofTemperature(1).draw(logits, new Generator(1));
            assertArrayEquals(drawn, Sampler.ofTemperature(1).draw(logits, new Generator(1)));
            int[] counts = new int[4];
            for (long token : drawn) {
                counts[(int) token]++;
            }
            double[] expected = {0.125, 0.5, 0.125, 0.25};
            for (int token = 0; token < 4; token++) {
                // five deviations of the most variable
                assertEquals(expected[token], counts[token] / (double) rows, 0.018);
            }
        }
    }

    // ---- models

    private static Gpt gpt(Device device) {
        Gpt model = new Gpt(Gpt.Settings.of(13, 24, 16, 2, 2).withDropout(0.2));
        model.initialize(device, 3);
        model.parameters()
                .values()
                .forEach(p -> p.set(new Generator(p.shape().hashCode()).normal(device, p.shape())));
        return model;
    }

    private static Tensor tokens(Device device, int rows, int steps) {
        return new Generator(9).integers(device, Shape.of(rows, steps), 13).compute();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void aCacheGivesTheSameLogitsAsReadingAllAgain(Device device) {
        Gpt model = gpt(device);
        model.eval();
        try (var _ = Scope.open();
                var cache = new KeyValueCache()) {
            Tensor all = tokens(device, 3, 20);
            float[] expected = model.apply(all).toFloats();
            List<Tensor> parts = new ArrayList<>();
            int at = 0;
            for (int steps : new int[] {7, 1, 1, 5, 1, 5}) {
                parts.add(model.apply(all.narrow(1, at, steps), cache));
                at += steps;
                assertEquals(at, cache.steps());
            }
            Tensor joined = Tensor.cat(1, parts.toArray(Tensor[]::new));
            assertClose(expected, joined.toFloats());
        }
    }

    /** To 1e-5 of the largest: the weights make logits of some tens. */
    private static void assertClose(float[] expected, float[] actual) {
        float largest = 1;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertArrayEquals(expected, actual, 1e-5f * largest);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void generationWithACacheIsTheSameAsWithout(Device device) {
        Gpt model = gpt(device);
        var generation = TextGeneration.of(15).withSampler(Sampler.ofTemperature(3).withTopK(8));
        try (var _ = Scope.open()) {
            Tensor prompts = tokens(device, 4, 5);
            List<long[]> cached;
            try (Continuation reading = model.continuation()) {
                cached = generation.generate(reading, prompts, new Generator(1));
            }
            assertTrue(model.isTraining(), "the mode before is back");
            model.eval();
            List<long[]> plain;
            try (Continuation reading = Continuation.of(model)) {
                plain = generation.generate(reading, prompts, new Generator(1));
            }
            List<long[]> other;
            try (Continuation reading = Continuation.of(model)) {
                other = generation.generate(reading, prompts, new Generator(2));
            }
            boolean differs = false;
            for (int i = 0; i < 4; i++) {
                assertEquals(15, cached.get(i).length);
                assertArrayEquals(cached.get(i), plain.get(i));
                differs |= !Arrays.equals(cached.get(i), other.get(i));
            }
            assertTrue(differs, "another seed gave the same");
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void generationGoesOnBeyondTheContext(Device device) {
        Gpt model = gpt(device);
        try (var _ = Scope.open();
                Continuation reading = model.continuation()) {
            Tensor prompt = tokens(device, 2, 20);
            List<long[]> tokens = TextGeneration.of(40).generate(reading, prompt, new Generator(1));
            assertEquals(40, tokens.getFirst().length);
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void theDecoderOfATranslatorRemembersToo(Device device) {
        TransformerSettings layers = TransformerSettings.of(16, 2).withFeedforward(24);
        var model = new Seq2SeqTransformer(new Seq2SeqTransformer.Settings(13, 13, 0, 2, layers));
        model.initialize(device, 5).eval();
        try (var _ = Scope.open()) {
            Tensor source = tokens(device, 2, 6);
            Tensor target = tokens(device, 2, 9);
            float[] expected = model.apply(source, target).select(1, -1).toFloats();
            try (Continuation reading = model.continuation(source)) {
                reading.read(target.narrow(1, 0, 4));
                reading.read(target.narrow(1, 4, 1));
                assertClose(expected, reading.read(target.narrow(1, 5, 4)).toFloats());
            }
            try (Continuation reading = model.continuation(source)) {
                reading.read(target.narrow(1, 0, 8));
                // the second sequence twice
                reading.select(Tensor.of(HostArray.of(new long[] {1, 1}, Shape.of(2)), device));
                Tensor last = target.narrow(1, 8, 1).select(0, 1).reshape(1, 1).expand(2, 1);
                float[] twice = reading.read(last.copy()).toFloats();
                float[] second = Arrays.copyOfRange(expected, 13, 26);
                assertClose(second, Arrays.copyOfRange(twice, 0, 13));
                assertClose(second, Arrays.copyOfRange(twice, 13, 26));
            }
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void cachesAndContinuationsGiveTheirMemoryBack(Device device) {
        Gpt model = gpt(device);
        Runnable work =
                () -> {
                    try (var _ = Scope.open();
                            Continuation reading = model.continuation()) {
                        Tensor prompt = tokens(device, 2, 20);
                        TextGeneration.of(30).generate(reading, prompt, new Generator(1));
                    }
                };
        work.run();
        int live = Tensor.liveStorages();
        work.run();
        assertTrue(Tensor.liveStorages() <= live, "storages are left");
    }

    // ---- beam search

    /**
     * A model whose next token depends on the last one alone. From 0: 3 with 0.6, 4 with 0.4; after
     * 3 anything; after 4 surely 5; after 5 the end. So the likeliest first token leads astray.
     */
    private static Continuation chain(Device device) {
        double[][] next = new double[6][6];
        next[0] = new double[] {0, 0, 0, 0.6, 0.4, 0};
        next[3] = new double[] {0.2, 0.2, 0.2, 0.1, 0.1, 0.2};
        next[4] = new double[] {0, 0, 0, 0, 0, 1};
        next[5] = new double[] {0, 0, 1, 0, 0, 0};
        next[1] = next[3];
        next[2] = next[3];
        float[] table = new float[36];
        for (int i = 0; i < 36; i++) {
            table[i] = (float) Math.log(Math.max(next[i / 6][i % 6], 1e-30));
        }
        Tensor logits = Tensor.of(HostArray.of(table, Shape.of(6, 6)), device).unowned();
        return Continuation.of(tokens -> logits.indexSelect(0, tokens));
    }

    private static Tensor start(Device device) {
        return Tensor.of(HostArray.of(new long[] {0}, Shape.of(1, 1)), device);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void beamSearchFindsWhatGreedyChoiceMisses(Device device) {
        try (var _ = Scope.open()) {
            try (Continuation model = chain(device)) {
                long[] greedy =
                        TextGeneration.of(5)
                                .withEnd(END)
                                .generate(model, start(device), new Generator(0))
                                .getFirst();
                assertEquals(3, greedy[0]);
            }
            try (Continuation model = chain(device)) {
                Hypothesis best =
                        new BeamSearch(3, 5, END, 0).search(model, start(device)).getFirst();
                assertArrayEquals(new long[] {4, 5}, best.tokens());
                assertEquals(Math.log(0.4), best.logProbability(), 1e-6);
            }
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void severalSourcesAreSearchedTogetherAsOneByOne(Device device) {
        TransformerSettings layers = TransformerSettings.of(16, 2).withFeedforward(24);
        var model = new Seq2SeqTransformer(new Seq2SeqTransformer.Settings(13, 13, 0, 2, layers));
        model.initialize(device, 6).eval();
        try (var _ = Scope.open()) {
            int count = 7;
            Tensor sources = tokens(device, count, 5);
            Tensor starts = Tensor.ones(device, DType.I64, Shape.of(count, 1));
            // A token that the model likes ends the targets, or none would end.
            long[] endless;
            try (Continuation reading = model.continuation(sources.narrow(0, 0, 1))) {
                var without = new BeamSearch(3, 6, -1, 1);
                endless = without.search(reading, starts.narrow(0, 0, 1)).getFirst().tokens();
            }
            var search = new BeamSearch(3, 12, endless[5], 1);
            List<List<Hypothesis>> together;
            try (Continuation reading = model.continuation(sources)) {
                together = search.searchAll(reading, starts);
            }
            assertEquals(count, together.size());
            Set<Integer> lengths = new HashSet<>();
            for (int i = 0; i < count; i++) {
                List<Hypothesis> alone;
                try (Continuation reading = model.continuation(sources.narrow(0, i, 1))) {
                    alone = search.search(reading, starts.narrow(0, i, 1));
                }
                assertEquals(alone.size(), together.get(i).size());
                for (int j = 0; j < alone.size(); j++) {
                    Hypothesis found = together.get(i).get(j);
                    assertArrayEquals(alone.get(j).tokens(), found.tokens());
                    assertEquals(alone.get(j).logProbability(), found.logProbability(), 1e-4);
                    lengths.add(found.tokens().length);
                }
            }
            assertTrue(lengths.size() > 1, "searches that end at different lengths");
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void aWideBeamFindsTheBestOfAllSequences(Device device) {
        Gpt model = gpt(device);
        model.eval();
        try (var _ = Scope.open()) {
            Tensor prompt = tokens(device, 1, 4);
            // 13 * 13 open sequences are followed at most: the search is exhaustive
            List<Hypothesis> found;
            try (Continuation reading = model.continuation()) {
                found = new BeamSearch(169, 3, END, 1).search(reading, prompt);
            }
            Hypothesis best = bestOfAll(model, prompt);
            assertArrayEquals(best.tokens(), found.getFirst().tokens());
            assertEquals(best.score(), found.getFirst().score(), 1e-4);
            for (int i = 1; i < found.size(); i++) {
                assertFalse(found.get(i).score() > found.get(i - 1).score(), "order at " + i);
            }
        }
    }

    /** Goes through all sequences that end within three tokens, and all others of three. */
    private static Hypothesis bestOfAll(Gpt model, Tensor prompt) {
        List<long[]> open = List.of(new long[0]);
        double[] sums = {0};
        Hypothesis best = new Hypothesis(new long[0], 0, Double.NEGATIVE_INFINITY);
        for (int length = 1; length <= 3; length++) {
            List<long[]> longer = new ArrayList<>();
            List<Double> longerSums = new ArrayList<>();
            for (int i = 0; i < open.size(); i++) {
                double[] next = logProbabilities(model, prompt, open.get(i));
                for (int token = 0; token < next.length; token++) {
                    double sum = sums[i] + next[token];
                    long[] tokens = open.get(i);
                    if (token != END) {
                        tokens = Arrays.copyOf(tokens, length);
                        tokens[length - 1] = token;
                        longer.add(tokens);
                        longerSums.add(sum);
                    }
                    boolean isWhole = token == END || length == 3;
                    if (isWhole && sum / length > best.score()) {
                        best = new Hypothesis(tokens, sum, sum / length);
                    }
                }
            }
            open = longer;
            sums = longerSums.stream().mapToDouble(Double::doubleValue).toArray();
        }
        return best;
    }

    private static double[] logProbabilities(Gpt model, Tensor prompt, long[] more) {
        try (var _ = Scope.open()) {
            Tensor tokens = prompt;
            if (more.length > 0) {
                Tensor tail =
                        Tensor.of(HostArray.of(more, Shape.of(1, more.length)), prompt.device());
                tokens = Tensor.cat(1, prompt, tail);
            }
            return model.apply(tokens).select(1, -1).logSoftmax(1).toHost().toDoubles();
        }
    }
}
