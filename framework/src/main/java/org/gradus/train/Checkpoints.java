package org.gradus.train;

import java.nio.file.Path;

/**
 * Where and when checkpoints are written. One is always written at the end of a training and when
 * it is asked to stop.
 *
 * @param folder where; made if need be
 * @param everySteps after how many steps, 0 for not by steps
 * @param everyEpochs after how many epochs, 0 for not by epochs
 * @param keep how many of the last are kept, at least 1; the best is kept besides
 */
public record Checkpoints(Path folder, long everySteps, int everyEpochs, int keep) {
    /** Checks the numbers. */
    public Checkpoints {
        if (everySteps < 0 || everyEpochs < 0 || keep < 1) {
            throw new IllegalArgumentException(
                    "checkpoints are written every 0 or more steps or epochs and 1 or more are"
                            + " kept; given were every "
                            + everySteps
                            + " steps, every "
                            + everyEpochs
                            + " epochs, keep "
                            + keep);
        }
    }

    /** Returns the defaults for a folder: after each epoch, the last 2 kept. */
    public static Checkpoints in(Path folder) {
        return new Checkpoints(folder, 0, 1, 2);
    }

    /** Returns these with another number of steps between checkpoints; 0 for not by steps. */
    public Checkpoints everySteps(long steps) {
        return new Checkpoints(folder, steps, everyEpochs, keep);
    }

    /** Returns these with another number of epochs between checkpoints; 0 for not by epochs. */
    public Checkpoints everyEpochs(int epochs) {
        return new Checkpoints(folder, everySteps, epochs, keep);
    }

    /** Returns these with another number of checkpoints kept. */
    public Checkpoints keeping(int last) {
        return new Checkpoints(folder, everySteps, everyEpochs, last);
    }
}
