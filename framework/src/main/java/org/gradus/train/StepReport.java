package org.gradus.train;

import java.util.Map;

/**
 * Where a training stands after some steps.
 *
 * @param step the steps done since the beginning
 * @param totalSteps the steps there will be, unless it stops early
 * @param epoch the current epoch, counted from 1
 * @param batch the batches of this epoch that are done
 * @param batchesPerEpoch the batches of an epoch
 * @param loss the mean loss over the samples since the last report
 * @param otherLosses the means of the losses of a task's second update and those after it, by name,
 *     as in {@code generator_loss}; those of updates that took place since the last report
 * @param learningRate the learning rate of the last step
 * @param gradientNorm the norm of the last step's gradients before clipping, NaN without clipping
 * @param seconds the time since the beginning, without the time between a stop and a resumption
 * @param samplesPerSecond the samples per second of training since the last report
 */
public record StepReport(
        long step,
        long totalSteps,
        int epoch,
        int batch,
        int batchesPerEpoch,
        double loss,
        Map<String, Double> otherLosses,
        double learningRate,
        double gradientNorm,
        double seconds,
        double samplesPerSecond) {
    /** Copies the map, keeping its order. */
    public StepReport {
        otherLosses = Values.copy(otherLosses);
    }
}
