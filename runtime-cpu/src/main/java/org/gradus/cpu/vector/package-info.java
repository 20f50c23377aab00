/**
 * Decides whether the Vector API is used. Code that uses it lies beside its scalar twin in the
 * package of its kernels, and is loaded only where {@link
 * org.gradus.cpu.vector.VectorProvider#available} says so.
 */
package org.gradus.cpu.vector;
