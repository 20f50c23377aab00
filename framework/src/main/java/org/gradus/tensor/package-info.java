/**
 * Tensors: values on a device with a shape and a type, the operations on them, lazy fusion of
 * pointwise work, gradients of any order, scopes that give memory back, and random numbers.
 */
package org.gradus.tensor;
