/**
 * Training and evaluating models: the loop, its checkpoints and its reports. A run that was stopped
 * at a checkpoint continues to the same bits. What a layer, an optimizer or a metric computes is
 * not decided here.
 */
package org.gradus.train;
