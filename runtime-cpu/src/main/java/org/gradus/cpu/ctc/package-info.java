/** Connectionist temporal classification on the CPU. Not part of the interface for users. */
package org.gradus.cpu.ctc;
