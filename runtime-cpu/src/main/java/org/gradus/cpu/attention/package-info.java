/**
 * Attention on the CPU, forward and backward, by tiles of the score matrix that stay in the cache.
 * Scores lie transposed, a row for each key and a column for each of 16 queries: so softmax goes
 * along columns, which vectors do without summing lanes, and the result is packed already for the
 * product with the values. Products are left to the micro-kernels of {@link
 * org.gradus.cpu.matmul.MicroKernel}.
 */
package org.gradus.cpu.attention;
