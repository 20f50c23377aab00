/**
 * What the runtimes that run these kernels share: the device above its {@link
 * org.gradus.kernels.Launcher}, its memory pool, and the cache of compiled kernels. Nothing here
 * knows a driver.
 */
package org.gradus.kernels.runtime;
