package org.gradus.data;

/**
 * A data set cut in two.
 *
 * @param train the part to learn from
 * @param validation the part held back, to measure on
 */
public record Split(Dataset train, Dataset validation) {}
