package org.gradus.train;

import java.nio.file.Path;

/**
 * Is told how a training goes, on the training thread. Each method does nothing unless overridden;
 * an exception from one ends the training and is thrown to its caller.
 */
public interface TrainingListener {
    /** Called once before the first step, after a checkpoint was read where there was one. */
    default void onStart(TrainingStart start) {}

    /**
     * Called after every few steps, see {@link Trainer#reportEvery}, and after each epoch's last.
     */
    default void onStep(StepReport report) {}

    /** Called after each epoch and its evaluation, and where the training ends within an epoch. */
    default void onEpochEnd(EpochReport report) {}

    /**
     * Called after a checkpoint was written.
     *
     * @param file the checkpoint
     * @param step the steps done since the beginning
     */
    default void onCheckpoint(Path file, long step) {}

    /**
     * Called where steps are not recorded though the device could, see {@link Trainer#capture}.
     *
     * @param reason what is the matter with the step, as in "it reads a result"
     */
    default void onCaptureRefused(String reason) {}

    /** Called once after the last step, unless the training fails. */
    default void onEnd(TrainingResult result) {}

    /** Called in the end in any case, also after a failure: the place to close files. */
    default void onClose() {}
}
