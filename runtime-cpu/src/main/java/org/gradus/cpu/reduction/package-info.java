/**
 * Reductions: sums, products, extremes and their positions, over any axes, with a pointwise program
 * as the prologue. Work is cut into blocks whose results are combined in order, so that the result
 * does not depend on the number of threads.
 */
package org.gradus.cpu.reduction;
