package org.gradus.tests.train;

import static org.gradus.tests.train.SmallTraining.TRAIN;
import static org.gradus.tests.train.SmallTraining.VALIDATION;
import static org.gradus.tests.train.SmallTraining.assertSameCheckpoint;
import static org.gradus.tests.train.SmallTraining.newest;
import static org.gradus.tests.train.SmallTraining.trainer;
import static org.gradus.train.TrainingLength.epochs;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.gradus.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps that are made again with the same tensors, where no device records them. */
class CaptureTest {
    @TempDir Path folder;

    @Test
    void aDeviceThatDoesNotRecordRunsTheStepAgain() {
        int before = Tensor.liveStorages();
        var plain = SmallTraining.model();
        trainer(plain)
                .checkpoints(folder.resolve("off"))
                .capture("off")
                .fit(TRAIN, VALIDATION, epochs(3));
        var repeated = SmallTraining.model();
        trainer(repeated)
                .checkpoints(folder.resolve("on"))
                .capture("on")
                .fit(TRAIN, VALIDATION, epochs(3));
        assertSameCheckpoint(newest(folder.resolve("off")), newest(folder.resolve("on")));
        plain.release();
        repeated.release();
        // Not more than before: the collector may find garbage of earlier tests meanwhile.
        assertTrue(Tensor.liveStorages() <= before);
    }

    @Test
    void anUnknownChoiceIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> trainer().capture("maybe"));
    }
}
