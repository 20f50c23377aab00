package org.gradus.data;

/**
 * Data cut in two before they become samples: texts, for example, of which only the training part
 * decides what tokens there are. {@link Split} holds samples.
 *
 * @param train the part to learn from
 * @param validation the part held back, to measure on
 * @param <T> the kind of data
 */
public record Parts<T>(T train, T validation) {}
