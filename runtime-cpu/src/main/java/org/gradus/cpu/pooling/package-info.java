/** Maximum and average pooling. A task takes whole channels, so sums are made in one order. */
package org.gradus.cpu.pooling;
