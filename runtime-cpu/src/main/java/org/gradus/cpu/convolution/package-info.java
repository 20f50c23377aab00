/**
 * Convolutions as implicit matrix products: panels are packed straight from a zero-padded image and
 * go through the micro-kernels of {@link org.gradus.cpu.matmul}. No matrix of columns is stored but
 * where {@code unfold} is asked for. Windows over whole images are plain products; depthwise
 * convolutions and those to few channels have no products at all.
 */
package org.gradus.cpu.convolution;
