/**
 * The data sets that recipes name, and what their samples look like: what a run must remember of
 * its data to use the model without them.
 */
package org.gradus.cli.data;
