/** Softmax, log-softmax and cross-entropy over rows of floats, each in two or three passes. */
package org.gradus.cpu.softmax;
