/** Layers, losses and optimizers on every device, against what PyTorch computes. */
package org.gradus.tests.nn;
