package org.gradus.tests.train;

import static org.gradus.tests.train.SmallTraining.TRAIN;
import static org.gradus.tests.train.SmallTraining.VALIDATION;
import static org.gradus.tests.train.SmallTraining.assertSameTensors;
import static org.gradus.tests.train.SmallTraining.newest;
import static org.gradus.tests.train.SmallTraining.trainer;
import static org.gradus.train.TrainingLength.epochs;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.gradus.data.DataException;
import org.gradus.device.Device;
import org.gradus.io.Safetensors;
import org.gradus.models.Mlp;
import org.gradus.tensor.HostArray;
import org.gradus.train.Checkpoint;
import org.gradus.train.CheckpointFolder;
import org.gradus.train.Checkpoints;
import org.gradus.train.TrainingException;
import org.gradus.train.TrainingResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to checkpoints that are damaged, do not fit, or cannot be written. */
class CheckpointTest {
    @TempDir Path folder;

    private void train(int epochs) {
        trainer()
                .checkpoints(Checkpoints.in(folder).keeping(2))
                .fit(TRAIN, VALIDATION, epochs(epochs));
    }

    private TrainingResult resume(int epochs) {
        return trainer().checkpoints(folder).resume(true).fit(TRAIN, VALIDATION, epochs(epochs));
    }

    @Test
    void theLastFewAndTheBestAreKept() throws IOException {
        train(5);
        CheckpointFolder checkpoints = new CheckpointFolder(folder);
        assertEquals(
                List.of("step-0000000035.safetensors", "step-0000000028.safetensors"),
                checkpoints.files().stream().map(f -> f.getFileName().toString()).toList());
        assertTrue(checkpoints.best().isPresent());
        assertEquals(3, count(folder), "there are other files");
    }

    @Test
    void aCheckpointHoldsTheModel() {
        Mlp model = SmallTraining.model();
        trainer(model).checkpoints(folder).fit(TRAIN, VALIDATION, epochs(1));
        Mlp loaded = SmallTraining.model();
        loaded.initialize(Device.of("cpu"), 99);
        Checkpoint checkpoint = Checkpoint.read(newest(folder));
        checkpoint.loadInto(loaded);
        assertSameTensors(model.stateDict(), loaded.stateDict());
        assertEquals(7, checkpoint.step());
        assertEquals(List.of("loss", "accuracy"), List.copyOf(checkpoint.validation().keySet()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 8, 100, 2000, -1})
    void aNewestOneCutShortIsPassedOver(int length) throws IOException {
        train(3);
        Path expected = folder.resolveSibling("whole-" + length + ".safetensors");
        Files.copy(newest(folder), expected);
        byte[] bytes = Files.readAllBytes(newest(folder));
        Files.write(
                newest(folder), Arrays.copyOf(bytes, length < 0 ? bytes.length + length : length));
        assertEquals(14, new CheckpointFolder(folder).newest().orElseThrow().step());
        assertEquals(21, resume(3).steps());
        SmallTraining.assertSameCheckpoint(expected, newest(folder));
        Files.delete(expected);
    }

    @Test
    void aNewestOneWithAFlippedBitIsPassedOver() throws IOException {
        train(2);
        byte[] bytes = Files.readAllBytes(newest(folder));
        bytes[bytes.length - 100] ^= 4;
        Files.write(newest(folder), bytes);
        DataException problem =
                assertThrows(DataException.class, () -> Checkpoint.read(newest(folder)));
        assertTrue(problem.getMessage().contains("check sum"), problem.getMessage());
        assertEquals(7, new CheckpointFolder(folder).newest().orElseThrow().step());
    }

    @Test
    void theOnlyOneLeftIsNeverRemovedForADamagedOne() throws IOException {
        train(2);
        Files.write(newest(folder), new byte[3]);
        trainer()
                .checkpoints(Checkpoints.in(folder).everySteps(1).keeping(1))
                .resume(true)
                .fit(TRAIN, VALIDATION, epochs(2));
        assertEquals(14, new CheckpointFolder(folder).newest().orElseThrow().step());
    }

    @Test
    void whenAllAreDamagedTheErrorNamesTheNewest() throws IOException {
        train(2);
        for (Path file : new CheckpointFolder(folder).files()) {
            Files.write(file, new byte[20]);
        }
        DataException problem = assertThrows(DataException.class, () -> resume(3));
        assertTrue(
                problem.getMessage().contains("step-0000000014.safetensors"), problem.getMessage());
    }

    @Test
    void otherSafetensorsFilesAreNoCheckpoints() {
        Path file = folder.resolve("weights.safetensors");
        Mlp model = SmallTraining.model();
        model.initialize(Device.of("cpu"), 1);
        Safetensors.write(file, model.stateDict(), Map.of());
        DataException problem = assertThrows(DataException.class, () -> Checkpoint.read(file));
        assertTrue(problem.getMessage().contains("no checkpoint"), problem.getMessage());
    }

    @Test
    void anotherArchitectureIsRefusedByTheFirstTensorThatDiffers() {
        train(1);
        Mlp wider = new Mlp(64, List.of(17), 10, 0.2);
        wider.initialize(Device.of("cpu"), 3);
        Map<String, HostArray> before = wider.stateDict();
        TrainingException problem =
                assertThrows(
                        TrainingException.class,
                        () ->
                                trainer(wider)
                                        .checkpoints(folder)
                                        .resume(true)
                                        .fit(TRAIN, VALIDATION, epochs(2)));
        assertTrue(problem.getMessage().contains("layers.1.weight"), problem.getMessage());
        assertTrue(problem.getMessage().contains("[17, 64]"), problem.getMessage());
        assertSameTensors(before, wider.stateDict());
    }

    @Test
    void anotherBatchSizeIsRefused() {
        train(1);
        TrainingException problem =
                assertThrows(
                        TrainingException.class,
                        () ->
                                trainer()
                                        .batchSize(20)
                                        .checkpoints(folder)
                                        .resume(true)
                                        .fit(TRAIN, VALIDATION, epochs(2)));
        assertTrue(problem.getMessage().contains("batch size of 16, not 20"), problem.getMessage());
    }

    @Test
    void aFolderOfAnotherTrainingIsRefused() {
        train(1);
        TrainingException problem = assertThrows(TrainingException.class, () -> train(1));
        assertTrue(problem.getMessage().contains("resume"), problem.getMessage());
    }

    @Test
    void aFullDiskLeavesThePreviousCheckpointAndNothingElse() throws IOException {
        long size = sizeOfACheckpoint();
        Configuration disk =
                Configuration.unix().toBuilder().setBlockSize(512).setMaxSize(size * 5 / 2).build();
        try (FileSystem files = Jimfs.newFileSystem(disk)) {
            Path small = files.getPath("/run");
            TrainingException problem =
                    assertThrows(
                            TrainingException.class,
                            () ->
                                    trainer()
                                            .checkpoints(Checkpoints.in(small).everySteps(2))
                                            .fit(TRAIN, VALIDATION, epochs(2)));
            assertTrue(problem.getMessage().contains("make room"), problem.getMessage());
            assertEquals(2, count(small), "something half-written was left");
            assertEquals(4, new CheckpointFolder(small).newest().orElseThrow().step());
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        TrainingException problem =
                assertThrows(
                        TrainingException.class,
                        () ->
                                trainer()
                                        .checkpoints(file.resolve("sub"))
                                        .fit(TRAIN, VALIDATION, epochs(1)));
        assertTrue(problem.getMessage().contains(file.toString()), problem.getMessage());
    }

    @Test
    void whatAKilledProcessLeftHalfWrittenIsRemoved() throws IOException {
        train(1);
        Files.write(folder.resolve(".step-0000000014.safetensors.1-2-3.tmp"), new byte[10]);
        Files.write(folder.resolve("notes.tmp"), new byte[10]);
        resume(2);
        try (var names = Files.list(folder)) {
            assertEquals(
                    List.of("notes.tmp"),
                    names.map(f -> f.getFileName().toString())
                            .filter(name -> name.endsWith(".tmp"))
                            .toList());
        }
    }

    private long sizeOfACheckpoint() throws IOException {
        Path other = folder.resolve("measure");
        trainer().checkpoints(other).fit(TRAIN, VALIDATION, epochs(1));
        return Files.size(newest(other));
    }

    private static long count(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.count();
        }
    }
}
