/**
 * Sizes and strides: broadcasting, axis arithmetic and the layout of views. Nothing here knows of
 * element types, storage or devices.
 */
package org.gradus.shape;
