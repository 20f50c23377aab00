/**
 * What {@code gradus benchmark} measures, and how: training steps and single operations, each
 * through the API that users program against. Nothing here is faster than what a user could write.
 */
package org.gradus.cli.benchmark;
