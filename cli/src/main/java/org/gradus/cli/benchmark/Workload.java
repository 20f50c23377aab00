package org.gradus.cli.benchmark;

import java.util.List;
import org.gradus.dtype.DType;

/**
 * What can be measured under a name.
 *
 * @param name the name on the command line
 * @param description what it is, in a line
 * @param cases what is measured, in order; a training step has one case
 */
public record Workload(String name, String description, List<Case> cases) {
    /** Returns the same in a precision, {@code F32} or {@code BF16}; the latter for training. */
    public Workload in(DType precision) {
        return new Workload(
                name, description, cases.stream().map(each -> each.in(precision)).toList());
    }
}
