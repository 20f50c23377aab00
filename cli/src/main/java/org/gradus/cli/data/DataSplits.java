package org.gradus.cli.data;

import org.gradus.data.Dataset;

/**
 * A data set that is ready for training.
 *
 * @param train the samples to learn from
 * @param validation the samples to measure on
 * @param format what a sample looks like
 */
public record DataSplits(Dataset train, Dataset validation, DataFormat format) {}
