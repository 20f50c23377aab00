/**
 * Everything that moves elements without computing much: strided copies, filling, picking and
 * adding along an axis by indices, running totals and sorting.
 */
package org.gradus.cpu.indexing;
