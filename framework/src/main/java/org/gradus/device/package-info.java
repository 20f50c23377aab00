/**
 * What a backend implements and nothing more: storage, the required primitives, optional kernel
 * families, and how devices are found and chosen. Views, gradients and layers are built above and
 * never reach a device.
 */
package org.gradus.device;
