/**
 * Products of matrices by NVIDIA's libraries: which one is used and why, how a product is told to
 * it, and what it cannot be told of, which is left to the own kernels. Not part of the interface
 * for users.
 */
package org.gradus.cuda.blas;
