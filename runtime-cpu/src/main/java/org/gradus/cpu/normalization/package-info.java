/**
 * Normalization of floats by mean and variance: batch normalization over channels, layer
 * normalization over rows, and their gradients.
 */
package org.gradus.cpu.normalization;
