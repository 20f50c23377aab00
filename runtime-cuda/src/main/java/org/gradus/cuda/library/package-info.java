/**
 * Where native libraries are looked for, and how they are opened and called. Knows neither devices
 * nor what the libraries compute; not part of the interface for users.
 */
package org.gradus.cuda.library;
