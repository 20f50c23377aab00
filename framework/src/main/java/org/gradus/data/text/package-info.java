/**
 * Tokenizers: what makes numbers of text and text of numbers. They know neither data sets nor
 * tensors; {@code org.gradus.data} cuts their tokens into samples.
 */
package org.gradus.data.text;
