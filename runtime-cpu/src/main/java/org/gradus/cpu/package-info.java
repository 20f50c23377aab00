/**
 * The pure-Java device: every primitive and kernel family on {@code float[]} storage, with the
 * Vector API where {@code jdk.incubator.vector} is present and scalar code where it is not.
 */
package org.gradus.cpu;
