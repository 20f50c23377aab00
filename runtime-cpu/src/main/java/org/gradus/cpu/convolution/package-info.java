/**
 * Convolutions as implicit matrix products: panels are packed straight from a zero-padded image and
 * go through the micro-kernels of {@link org.gradus.cpu.matmul}. No matrix of columns is stored but
 * where {@code unfold} is asked for.
 */
package org.gradus.cpu.convolution;
