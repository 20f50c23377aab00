/**
 * Data sets, the readers of their file formats, transforms, and the loader that makes batches of
 * them in the background. Everything here is host memory: nothing knows of devices or gradients.
 */
package org.gradus.data;
