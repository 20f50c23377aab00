/**
 * Measures of how good a model's outputs are, added up over batches. They count on the device and
 * seldom read from it; nothing here knows of data sets or of training.
 */
package org.gradus.metrics;
