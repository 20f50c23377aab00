/**
 * Element types: their size, their promotion rules, and the conversions of the 16-bit floating
 * formats. Nothing here knows of shapes or devices.
 */
package org.gradus.dtype;
