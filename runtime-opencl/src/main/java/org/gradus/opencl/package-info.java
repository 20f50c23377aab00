/**
 * The device that runs the native kernels on any OpenCL 1.2 platform, through JOCL: memory,
 * streams, program building and launching. Kernels that OpenCL and CUDA share live in {@code
 * org.gradus.kernels}.
 */
package org.gradus.opencl;
