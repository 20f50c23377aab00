package org.gradus.train;

/**
 * How long to train, counted from the very beginning, also when a run is resumed.
 *
 * @param unit what is counted
 * @param count how many, at least 1
 */
public record TrainingLength(Unit unit, long count) {
    /** What the length of a training is counted in. */
    public enum Unit {
        /** Passes through the training set. */
        EPOCHS,
        /** Updates of the parameters. */
        STEPS
    }

    /** Checks the count. */
    public TrainingLength {
        if (count < 1) {
            throw new IllegalArgumentException(
                    "training takes 1 or more "
                            + (unit == Unit.EPOCHS ? "epochs" : "steps")
                            + ", not "
                            + count);
        }
    }

    /** Returns a number of passes through the training set. */
    public static TrainingLength epochs(int count) {
        return new TrainingLength(Unit.EPOCHS, count);
    }

    /** Returns a number of updates of the parameters. */
    public static TrainingLength steps(long count) {
        return new TrainingLength(Unit.STEPS, count);
    }

    /** Returns the number of steps that this is, where an epoch has the given number of them. */
    public long inSteps(long stepsPerEpoch) {
        return unit == Unit.STEPS ? count : Math.multiplyExact(count, stepsPerEpoch);
    }
}
