/** Settings in YAML and on the command line: where each came from, and what is wrong with one. */
package org.gradus.cli.settings;
