package org.gradus.train;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.gradus.data.DataException;
import org.gradus.dtype.HostMemory;
import org.gradus.io.Safetensors;
import org.gradus.nn.Module;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/**
 * All there is to know to continue a training: a safetensors file with the tensors {@code model.*},
 * {@code average.*}, {@code optimizer.*} and {@code metric.*}, and where the training stood in its
 * metadata.
 */
public final class Checkpoint {
    private static final String MODEL = "model.";
    private static final String AVERAGE = "average.";
    private static final String OPTIMIZER = "optimizer.";
    private static final String METRIC = "metric.";
    private static final String PROGRESS = "gradus.progress";
    private static final String CHECKSUM = "gradus.crc32c";
    private static final int CHUNK = 1 << 16;

    private final Path file;
    private final Progress progress;
    private final Map<String, HostArray> tensors;

    private Checkpoint(Path file, Progress progress, Map<String, HostArray> tensors) {
        this.file = file;
        this.progress = progress;
        this.tensors = tensors;
    }

    /** Returns a checkpoint that is not in a file yet. */
    static Checkpoint of(
            Progress progress,
            Map<String, HostArray> model,
            Map<String, HostArray> averages,
            Map<String, HostArray> optimizer,
            Map<String, double[]> metrics) {
        Map<String, HostArray> tensors = new LinkedHashMap<>();
        model.forEach((name, array) -> tensors.put(MODEL + name, array));
        averages.forEach((name, array) -> tensors.put(AVERAGE + name, array));
        optimizer.forEach((name, array) -> tensors.put(OPTIMIZER + name, array));
        metrics.forEach(
                (name, sums) ->
                        tensors.put(METRIC + name, HostArray.of(sums, Shape.of(sums.length))));
        return new Checkpoint(null, progress, tensors);
    }

    /** Writes it whole or not at all; see {@link org.gradus.io.AtomicFiles}. */
    void write(Path target) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(PROGRESS, progress.toJson());
        metadata.put(CHECKSUM, checksum(tensors));
        Safetensors.write(target, tensors, metadata);
    }

    /**
     * Reads and checks a checkpoint.
     *
     * @throws DataException if the file is missing, is no checkpoint, or is damaged
     */
    public static Checkpoint read(Path file) {
        Safetensors content = Safetensors.open(file);
        String json = content.metadata().get(PROGRESS);
        if (json == null) {
            throw new DataException(
                    file + ": is no checkpoint but another safetensors file; give a checkpoint");
        }
        SequencedMap<String, HostArray> tensors = content.readAll();
        if (!checksum(tensors).equals(content.metadata().get(CHECKSUM))) {
            throw new DataException(
                    file + ": is damaged, its check sum is wrong; use an older checkpoint");
        }
        try {
            return new Checkpoint(file, Progress.fromJson(json), tensors);
        } catch (IllegalArgumentException problem) {
            throw new DataException(
                    file
                            + ": cannot be used as a checkpoint ("
                            + problem.getMessage()
                            + "); use another one",
                    problem);
        }
    }

    /** Returns the file that it was read from. */
    public Path file() {
        return file;
    }

    /** Returns the steps done when it was written. */
    public long step() {
        return progress.step();
    }

    /** Returns the epochs begun when it was written: 1 in the first. */
    public int epoch() {
        return progress.epoch() + 1;
    }

    /**
     * Returns the model's parameters and buffers by their names; averages of parameters in their
     * place, where the training kept any.
     */
    public Map<String, HostArray> model() {
        Map<String, HostArray> values = part(MODEL);
        values.putAll(averages());
        return values;
    }

    /** Returns the values on the training set at the last evaluation, by name. */
    public Map<String, Double> train() {
        return Values.copy(progress.train());
    }

    /** Returns the values on the validation set at the last evaluation, by name. */
    public Map<String, Double> validation() {
        return Values.copy(progress.validation());
    }

    /**
     * Puts the parameters and buffers into a model.
     *
     * @throws TrainingException if it is not of the same architecture; the message names the first
     *     tensor that differs, and the model is unchanged
     */
    public void loadInto(Module model) {
        load(model(), model);
    }

    /** Like {@link #loadInto}, with the parameters that are trained rather than their averages. */
    void loadTrainedInto(Module model) {
        load(part(MODEL), model);
    }

    private void load(Map<String, HostArray> values, Module model) {
        try {
            model.loadStateDict(values);
        } catch (RuntimeException problem) {
            throw new TrainingException(
                    file
                            + ": does not fit the model: "
                            + problem.getMessage()
                            + "; use the checkpoint of such a model or start anew",
                    problem);
        }
    }

    Progress progress() {
        return progress;
    }

    Map<String, HostArray> averages() {
        return part(AVERAGE);
    }

    Map<String, HostArray> optimizer() {
        return part(OPTIMIZER);
    }

    Map<String, HostArray> metrics() {
        return part(METRIC);
    }

    private Map<String, HostArray> part(String prefix) {
        Map<String, HostArray> result = new LinkedHashMap<>();
        tensors.forEach(
                (name, array) -> {
                    if (name.startsWith(prefix)) {
                        result.put(name.substring(prefix.length()), array);
                    }
                });
        return result;
    }

    /** The check sum of all names and elements, whatever their order in the file. */
    private static String checksum(Map<String, HostArray> tensors) {
        CRC32C sum = new CRC32C();
        new TreeMap<>(tensors)
                .forEach(
                        (name, array) -> {
                            sum.update(name.getBytes(StandardCharsets.UTF_8));
                            update(sum, array);
                        });
        return Long.toHexString(sum.getValue());
    }

    private static void update(CRC32C sum, HostArray array) {
        byte[] chunk = new byte[CHUNK];
        long size = array.data().byteSize();
        for (long start = 0; start < size; start += CHUNK) {
            int length = (int) Math.min(CHUNK, size - start);
            HostMemory.copy(array.data(), start, MemorySegment.ofArray(chunk), 0, length);
            sum.update(chunk, 0, length);
        }
    }
}
