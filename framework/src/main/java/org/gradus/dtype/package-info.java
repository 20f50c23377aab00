/**
 * Element types: their sizes, their kinds, and how they are promoted. Nothing here knows of shapes,
 * storage or devices.
 */
package org.gradus.dtype;
