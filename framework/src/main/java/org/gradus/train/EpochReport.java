package org.gradus.train;

import java.util.Map;

/**
 * What an epoch came to, or the part of one with which a training ended.
 *
 * @param epoch the epoch, counted from 1
 * @param step the steps done since the beginning
 * @param train the mean loss over the epoch and the metrics on the training set, as it went along
 * @param validation the loss and the metrics on the validation set; empty if there is none
 * @param best whether the monitored value is the best so far
 * @param learningRate the learning rate of the last step
 * @param seconds the time since the beginning, without the time between a stop and a resumption
 */
public record EpochReport(
        int epoch,
        long step,
        Map<String, Double> train,
        Map<String, Double> validation,
        boolean best,
        double learningRate,
        double seconds) {
    /** Copies the maps, keeping their order. */
    public EpochReport {
        train = Values.copy(train);
        validation = Values.copy(validation);
    }
}
