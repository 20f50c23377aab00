/**
 * The tile interpreter: runs a {@link org.gradus.expr.Program} over tiles of a thousand elements
 * that stay in the first-level cache, one vectorized loop per instruction. The package also holds
 * the elementwise loops and the mathematical functions that they use. Nothing here allocates
 * tensors or knows of threads beyond the pool it is given.
 */
package org.gradus.cpu.pointwise;
