package org.gradus.train;

import org.gradus.device.Device;

/**
 * What a training is about to do.
 *
 * @param device the device
 * @param parameters the number of the model's parameters
 * @param trainSamples the samples of an epoch
 * @param validationSamples the samples of the validation set, 0 if there is none
 * @param batchesPerEpoch the batches of an epoch
 * @param totalSteps the steps there will be, unless it stops early
 * @param step the steps already done: more than 0 for a resumed training
 */
public record TrainingStart(
        Device device,
        long parameters,
        int trainSamples,
        int validationSamples,
        int batchesPerEpoch,
        long totalSteps,
        long step) {}
