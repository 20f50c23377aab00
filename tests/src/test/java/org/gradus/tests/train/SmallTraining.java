package org.gradus.tests.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.gradus.data.Dataset;
import org.gradus.data.Digits;
import org.gradus.io.Safetensors;
import org.gradus.metrics.Accuracy;
import org.gradus.models.Mlp;
import org.gradus.nn.Loss;
import org.gradus.optim.Adam;
import org.gradus.optim.ReduceOnPlateau;
import org.gradus.optim.Schedule;
import org.gradus.tensor.HostArray;
import org.gradus.train.CheckpointFolder;
import org.gradus.train.Trainer;

/** A training that takes a moment and has all that a checkpoint must remember. */
final class SmallTraining {
    /** 7 batches of 16, the last of 4; 4 steps when two batches are accumulated. */
    static final Dataset TRAIN = Digits.train().take(100);

    static final Dataset VALIDATION = Digits.validation().take(40);
    static final int STEPS_PER_EPOCH = 7;

    private SmallTraining() {}

    /** With dropout, so that there is a generator. */
    static Mlp model() {
        return new Mlp(64, List.of(16), 10, 0.2);
    }

    static Trainer trainer() {
        return trainer(model());
    }

    static Trainer trainer(Mlp model) {
        return Trainer.of(model)
                .device("cpu")
                .seed(5)
                .batchSize(16)
                .optimizer(Adam.withLearningRate(1e-2))
                .schedule(Schedule.cosine(30))
                .reduceOnPlateau(new ReduceOnPlateau(0.7, 0).withThreshold(0.5))
                .clipNorm(1)
                .loss(Loss.crossEntropy())
                .metric(new Accuracy())
                .reportEvery(3);
    }

    static Path newest(Path folder) {
        return new CheckpointFolder(folder).files().getFirst();
    }

    /** Compares checkpoints bit by bit, but for the time that was taken. */
    static void assertSameCheckpoint(Path expected, Path actual) {
        Safetensors first = Safetensors.open(expected);
        Safetensors second = Safetensors.open(actual);
        assertEquals(withoutTime(first.metadata()), withoutTime(second.metadata()));
        SequencedMap<String, HostArray> tensors = first.readAll();
        SequencedMap<String, HostArray> others = second.readAll();
        assertEquals(tensors.keySet(), others.keySet());
        tensors.forEach(
                (name, tensor) -> assertArrayEquals(bytes(tensor), bytes(others.get(name)), name));
    }

    static void assertSameTensors(Map<String, HostArray> expected, Map<String, HostArray> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach(
                (name, tensor) -> assertArrayEquals(bytes(tensor), bytes(actual.get(name)), name));
    }

    private static String withoutTime(Map<String, String> metadata) {
        return metadata.get("gradus.progress").replaceFirst("\"seconds\":[^,]*,", "");
    }

    private static byte[] bytes(HostArray array) {
        byte[] bytes = new byte[Math.toIntExact(array.data().byteSize())];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = array.data().get(ValueLayout.JAVA_BYTE, i);
        }
        return bytes;
    }
}
