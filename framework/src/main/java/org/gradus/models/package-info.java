/** Ready-made networks, each short enough to be read in one go. */
package org.gradus.models;
