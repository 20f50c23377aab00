package org.gradus.cli.task;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.gradus.cli.data.DataSplits;
import org.gradus.cli.data.TextPairFormat;
import org.gradus.cli.input.InputException;
import org.gradus.cli.settings.Section;
import org.gradus.data.Dataset;
import org.gradus.data.Sample;
import org.gradus.data.SequencePairs;
import org.gradus.data.text.Tokenizer;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.metrics.EditDistance;
import org.gradus.metrics.LabelErrorRate;
import org.gradus.metrics.Mean;
import org.gradus.models.BeamSearch;
import org.gradus.models.Continuation;
import org.gradus.models.Seq2SeqTransformer;
import org.gradus.nn.Loss;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.train.Supervised;
import org.gradus.train.Task;

/**
 * Makes one text from another, such as phonemes from letters. The loss is the cross-entropy of each
 * next token; after each epoch some targets are searched for, and their tokens' error rate and the
 * share of targets that are not quite right are measured: of several right targets of a source the
 * nearest counts. Settings: {@code label_smoothing}; {@code beams}; {@code length_penalty}; {@code
 * longest}, how many tokens a target may have; {@code examined}, how many sources are measured
 * after each epoch; {@code unit}, what a token of a target is called.
 */
final class Translation implements LearningTask, Predictions, Generation {
    private static final int SHOWN = 20;

    /** How many sources are searched for together. */
    private static final int BATCH = 64;

    private final Seq2SeqTransformer model;
    private final TextPairFormat format;
    private final Settings settings;
    private final BeamSearch search;
    private final Task task;

    /**
     * How it learns and is measured.
     *
     * @param labelSmoothing of the loss
     * @param beams how many candidates a search keeps
     * @param lengthPenalty how candidates of different lengths compare
     * @param longest how many tokens a target may have
     * @param examined how many sources are measured after each epoch
     * @param unit what a token of a target is called
     */
    private record Settings(
            double labelSmoothing,
            int beams,
            double lengthPenalty,
            int longest,
            int examined,
            String unit) {}

    private Translation(Seq2SeqTransformer model, TextPairFormat format, Settings settings) {
        this.model = model;
        this.format = format;
        this.settings = settings;
        this.search = search(settings.beams());
        this.task = task(settings.examined());
    }

    static TaskChoice.Builder read(Section section) {
        Settings settings =
                new Settings(
                        section.between("label_smoothing", 0.1, 0, 1),
                        section.count("beams", 4, 1),
                        section.between("length_penalty", 1, 0, Double.POSITIVE_INFINITY),
                        section.count("longest", 60, 1),
                        section.count("examined", 200, 1),
                        section.text("unit", "token"));
        return (model, format) ->
                new Translation(
                        TaskChoice.require(
                                Seq2SeqTransformer.class,
                                model,
                                "translation",
                                "a model with encoder and decoder, such as seq2seq-transformer"),
                        format.as(TextPairFormat.class, "translation", "pairs of texts"),
                        settings);
    }

    private BeamSearch search(int beams) {
        return new BeamSearch(
                beams, settings.longest(), format.tokens().end(), settings.lengthPenalty());
    }

    private Supervised task(int examined) {
        LabelErrorRate tokens = new LabelErrorRate(settings.unit() + "_error_rate", -1);
        Mean sequences = Mean.ofErrors("sequence_error_rate");
        return Supervised.of(
                        model,
                        inputs -> model.apply(inputs.get(0), inputs.get(2)),
                        (output, target) ->
                                Loss.crossEntropy()
                                        .withLabelSmoothing(settings.labelSmoothing())
                                        .withIgnoredLabel(SequencePairs.IGNORED)
                                        .of(output.flatten(0, 1), target.flatten()))
                // one search for both
                .examination(tokens, pairs -> examine(pairs, examined, tokens, sequences))
                .examination(sequences, _ -> {});
    }

    @Override
    public Task task() {
        return task;
    }

    /** All sources are searched for a target, not only some. */
    @Override
    public Task evaluation() {
        return task(Integer.MAX_VALUE);
    }

    @Override
    public void probe(Device device) {
        Tensor token = Tensor.zeros(device, DType.I64, Shape.of(1, 1));
        model.apply(token, token);
    }

    private void examine(Dataset pairs, int count, LabelErrorRate tokens, Mean sequences) {
        Map<List<Long>, List<long[]>> references = references(pairs);
        List<List<Long>> sources = references.keySet().stream().limit(count).toList();
        Map<List<Long>, long[]> found = best(sources);
        for (List<Long> source : sources) {
            long[] nearest = nearest(found.get(source), references.get(source));
            tokens.add(found.get(source), nearest);
            sequences.add(Arrays.equals(found.get(source), nearest) ? 0 : 1, 1);
        }
    }

    /** Returns the targets of each source, in the order of the data set. */
    private static Map<List<Long>, List<long[]>> references(Dataset pairs) {
        Map<List<Long>, List<long[]>> references = new LinkedHashMap<>();
        for (int i = 0; i < pairs.size(); i++) {
            Sample pair = pairs.get(i);
            List<Long> source = LongStream.of(pair.input().toLongs()).boxed().toList();
            references.computeIfAbsent(source, _ -> new ArrayList<>()).add(withoutEnd(pair));
        }
        return references;
    }

    private static long[] withoutEnd(Sample pair) {
        long[] target = pair.target().toLongs();
        return Arrays.copyOf(target, target.length - 1);
    }

    private static long[] nearest(long[] found, List<long[]> targets) {
        long[] nearest = targets.getFirst();
        for (long[] target : targets) {
            if (EditDistance.between(found, target) < EditDistance.between(found, nearest)) {
                nearest = target;
            }
        }
        return nearest;
    }

    /** Returns the best target that was found for each source. */
    private Map<List<Long>, long[]> best(List<List<Long>> sources) {
        // Sources of one length need no padding, and their targets end at about the same time.
        Map<Integer, List<List<Long>>> byLength = new TreeMap<>();
        sources.forEach(
                source ->
                        byLength.computeIfAbsent(source.size(), _ -> new ArrayList<>())
                                .add(source));
        Map<List<Long>, long[]> best = new HashMap<>();
        for (List<List<Long>> equal : byLength.values()) {
            for (int first = 0; first < equal.size(); first += BATCH) {
                List<List<Long>> batch =
                        equal.subList(first, Math.min(first + BATCH, equal.size()));
                List<List<BeamSearch.Hypothesis>> found = translateAll(batch, search);
                for (int i = 0; i < batch.size(); i++) {
                    best.put(batch.get(i), found.get(i).getFirst().tokens());
                }
            }
        }
        return best;
    }

    /** Returns the targets that were found for a source, the best first. */
    private List<BeamSearch.Hypothesis> translate(List<Long> source, BeamSearch beams) {
        return translateAll(List.of(source), beams).getFirst();
    }

    /**
     * Returns the targets that were found for each source, the best first.
     *
     * @param sources all of one length
     */
    private List<List<BeamSearch.Hypothesis>> translateAll(
            List<List<Long>> sources, BeamSearch beams) {
        int length = sources.getFirst().size();
        long[] tokens = sources.stream().flatMap(List::stream).mapToLong(Long::longValue).toArray();
        long[] starts = new long[sources.size()];
        Arrays.fill(starts, format.tokens().start());
        try (var _ = Scope.open()) {
            return Autograd.withoutGradients(
                    () -> {
                        Tensor given = rows(tokens, length);
                        try (Continuation decoder = model.continuation(given)) {
                            return beams.searchAll(decoder, rows(starts, 1));
                        }
                    });
        }
    }

    private Tensor rows(long[] tokens, int length) {
        Shape shape = Shape.of(tokens.length / length, length);
        return Tensor.of(HostArray.of(tokens, shape), model.device());
    }

    private String text(long[] tokens) {
        return format.target().decode(LongStream.of(tokens).mapToInt(Math::toIntExact).toArray());
    }

    /**
     * Returns the tokens of a text.
     *
     * @throws InputException if a part of it was never seen in training
     */
    private List<Long> source(String text) {
        if (text.isBlank()) {
            throw new InputException("the text to begin with is empty; give one");
        }
        List<Long> tokens = known(text.strip());
        if (tokens.isEmpty()) {
            tokens = known(text.strip().toLowerCase(Locale.ROOT));
        }
        if (tokens.isEmpty()) {
            throw new InputException(
                    "\""
                            + text
                            + "\": a part of it was in no text that the model learned from; write"
                            + " it otherwise");
        }
        return tokens;
    }

    /** Returns the tokens of a text, none if a part of it was never seen in training. */
    private List<Long> known(String text) {
        int unknown = format.source().special(Tokenizer.UNKNOWN);
        int[] tokens = format.source().encode(text);
        return Arrays.stream(tokens).anyMatch(token -> token == unknown)
                ? List.of()
                : Arrays.stream(tokens).asLongStream().boxed().toList();
    }

    private String sourceText(List<Long> tokens) {
        return format.source().decode(tokens.stream().mapToInt(Math::toIntExact).toArray());
    }

    @Override
    public Optional<Samples> show(DataSplits data) {
        StringBuilder text = new StringBuilder();
        Map<List<Long>, List<long[]>> references = references(data.validation());
        List<List<Long>> sources = references.keySet().stream().limit(SHOWN).toList();
        Map<List<Long>, long[]> best = best(sources);
        for (List<Long> source : sources) {
            long[] found = best.get(source);
            long[] nearest = nearest(found, references.get(source));
            text.append(sourceText(source)).append(": ").append(text(found));
            if (!Arrays.equals(found, nearest)) {
                text.append(" (expected ").append(text(nearest)).append(')');
            }
            text.append('\n');
        }
        return Optional.of(new Samples.Text(text.toString()));
    }

    @Override
    public Optional<Predictions> predictions() {
        return Optional.of(this);
    }

    /** Each input is a text itself, such as a word. */
    @Override
    public List<Answer> answer(List<String> inputs, boolean invert) {
        return inputs.stream().map(input -> answer(input, source(input), "")).toList();
    }

    @Override
    public Answer answer(Dataset samples, int index) {
        Inputs.requireIndex(samples, index);
        Sample pair = samples.get(index);
        List<Long> source = LongStream.of(pair.input().toLongs()).boxed().toList();
        String expected = " (expected " + text(withoutEnd(pair)) + ")";
        return answer(sourceText(source), source, expected);
    }

    private Answer answer(String input, List<Long> source, String remark) {
        List<BeamSearch.Hypothesis> found = translate(source, search);
        String best = text(found.getFirst().tokens());
        ObjectNode json = new JsonMapper().createObjectNode();
        json.put("input", input).put("output", best);
        ArrayNode candidates = json.putArray("candidates");
        found.forEach(
                candidate ->
                        candidates
                                .addObject()
                                .put("output", text(candidate.tokens()))
                                .put("logProbability", candidate.logProbability()));
        return new Answer(input + ": " + best + remark, json);
    }

    @Override
    public Optional<Generation> generation() {
        return Optional.of(this);
    }

    @Override
    public Samples generate(GenerationSettings wanted) {
        wanted.requireOnly("a model that makes texts from texts", List.of("--prompt", "--beam"));
        String prompt =
                wanted.prompt()
                        .orElseThrow(
                                () ->
                                        new InputException(
                                                "--prompt: is missing; give the text from which"
                                                        + " another is to be made"));
        BeamSearch beams = search(wanted.beam().orElse(settings.beams()));
        return new Samples.Text(text(translate(source(prompt), beams).getFirst().tokens()));
    }
}
