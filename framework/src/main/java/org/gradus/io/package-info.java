/**
 * File formats that other programs read and write too: safetensors, NumPy arrays, TensorBoard
 * events, pictures; and writing files so that they are never seen half-written. Readers check every
 * size in a file against the file before they trust it, and throw {@link
 * org.gradus.data.DataException}.
 */
package org.gradus.io;
