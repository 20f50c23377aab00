/**
 * Element types: their sizes, their kinds, and how they are promoted; and how their bytes are
 * copied in host memory. Nothing here knows of shapes, storage or devices.
 */
package org.gradus.dtype;
