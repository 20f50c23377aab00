/**
 * Recurrent cells over whole sequences: weights are packed once a call, and each step is one
 * dispatch whose tasks multiply, apply the cell and pack what the next step multiplies.
 */
package org.gradus.cpu.recurrent;
