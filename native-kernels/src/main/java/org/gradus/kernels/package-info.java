/**
 * Device kernels in one dialect of OpenCL C 1.2 and CUDA C++, and the code that turns pointwise
 * programs and kernel sources into program text for either. Nothing here loads a driver: that is
 * what the runtimes do.
 */
package org.gradus.kernels;
