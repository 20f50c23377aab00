/**
 * Convolution, batch normalization, average pooling and recurrent layers by cuDNN. The classes of
 * this package decide what cuDNN computes and how; {@link org.gradus.cuda.dnn.Cudnn} is what they
 * ask of a library, {@code Foreign...} and {@code JCudnn...} are its two bindings. What cuDNN does
 * not take goes to the own kernels. Not part of the interface for users.
 */
package org.gradus.cuda.dnn;
