/**
 * Device kernels in one dialect of OpenCL C 1.2 and CUDA C++, and the code that turns pointwise
 * programs and kernel sources into program text for either. Nothing here loads a driver: a runtime
 * implements {@link org.gradus.kernels.Launcher} and has all primitives from {@link
 * org.gradus.kernels.Primitives}.
 */
package org.gradus.kernels;
