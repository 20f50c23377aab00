/**
 * Matrix products: operands are packed into panels that a register-blocked micro-kernel reads from
 * one end to the other. Convolutions pack their own panels and use the same micro-kernels.
 */
package org.gradus.cpu.matmul;
