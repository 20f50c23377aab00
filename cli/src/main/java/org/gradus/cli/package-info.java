/**
 * The commands of the program {@code gradus}: one class each. They parse and print; the work is
 * done by the framework.
 */
package org.gradus.cli;
