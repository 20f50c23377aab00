package org.gradus.cli.task;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a model makes of an input.
 *
 * @param line for people
 * @param json for programs
 */
public record Answer(String line, ObjectNode json) {}
