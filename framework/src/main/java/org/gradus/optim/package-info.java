/**
 * What changes parameters: update rules as pointwise programs, the optimizer that runs them over
 * all parameters at once, schedules of the learning rate, clipping, and averages of parameters.
 */
package org.gradus.optim;
