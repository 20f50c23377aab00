/**
 * Neural networks: modules with named parameters, layers, initializers and losses. Names of
 * parameters and buffers are PyTorch's, so that weights travel both ways. What changes parameters
 * lives in {@code org.gradus.optim}.
 */
package org.gradus.nn;
