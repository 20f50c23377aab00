package org.gradus.cli.benchmark;

import java.util.List;

/**
 * What can be measured under a name.
 *
 * @param name the name on the command line
 * @param description what it is, in a line
 * @param cases what is measured, in order; a training step has one case
 */
public record Workload(String name, String description, List<Case> cases) {}
