package org.gradus.train;

import java.util.Map;

/**
 * What a training came to.
 *
 * @param outcome how it ended
 * @param epochs the whole epochs done since the beginning
 * @param steps the steps done since the beginning
 * @param seconds the time since the beginning, without the time between a stop and a resumption
 * @param samplesPerSecond the training samples per second in this process, without evaluation and
 *     checkpoints
 * @param peakMemoryBytes the most memory in use on the device at any time
 * @param train the loss and the metrics of the last epoch on the training set, as it went along
 * @param validation the loss and the metrics of the last evaluation; empty without validation set
 * @param bestStep the step at which the monitored value was best, 0 if it was never measured
 */
public record TrainingResult(
        Outcome outcome,
        int epochs,
        long steps,
        double seconds,
        double samplesPerSecond,
        long peakMemoryBytes,
        Map<String, Double> train,
        Map<String, Double> validation,
        long bestStep) {

    /** How a training ended. */
    public enum Outcome {
        /** It took as long as it was told to. */
        COMPLETED,
        /** The monitored value has not improved for too long. */
        STOPPED_EARLY,
        /** A {@link StopRequest} was made. */
        INTERRUPTED
    }

    /** Copies the maps, keeping their order. */
    public TrainingResult {
        train = Values.copy(train);
        validation = Values.copy(validation);
    }
}
