/**
 * Runs: the folder that a training leaves behind, what is written to it and read back from it, and
 * how a training is shown while it goes on.
 */
package org.gradus.cli.run;
