/**
 * The device that runs on NVIDIA GPUs, through JCuda: memory, streams, own kernels, cuBLAS and
 * cuDNN. Kernels that OpenCL and CUDA share live in {@code org.gradus.kernels}.
 */
package org.gradus.cuda;
