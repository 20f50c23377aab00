/**
 * The kernel families in the dialect, each a class that implements the framework's interface over a
 * {@link org.gradus.kernels.Launcher} and so serves every runtime that has one. Their kernels are
 * the {@code .cl} files beside it, in single precision; nothing here knows OpenCL or CUDA.
 */
package org.gradus.kernels.families;
