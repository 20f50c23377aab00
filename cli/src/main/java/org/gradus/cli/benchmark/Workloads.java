package org.gradus.cli.benchmark;

import java.util.List;
import java.util.Set;
import org.gradus.cli.input.InputException;
import org.gradus.cli.input.Names;

/** The table of workloads. */
public final class Workloads {
    private static final List<Workload> ALL =
            List.of(
                    Training.MLP,
                    Training.LENET,
                    Training.RESNET,
                    Training.RESNET_50,
                    Training.CHARACTER_LSTM,
                    Training.GPT,
                    Training.GPT_2,
                    Training.DCGAN,
                    new Workload("matmul", "products of matrices, C = A B", MatrixProducts.cases()),
                    new Workload(
                            "conv",
                            "convolutions 3 by 3 and their gradients",
                            Convolutions.cases()),
                    new Workload(
                            "pointwise",
                            "fused pointwise expressions and an Adam update",
                            PointwiseOperations.cases()),
                    new Workload(
                            "norm",
                            "softmax, normalizations, a maximum over 2 by 2, rows of a table",
                            RowOperations.cases()),
                    new Workload("attention", "causal self-attention", Attention.cases()),
                    new Workload(
                            "launch",
                            "what one small operation costs in a stream of them",
                            Launches.cases()));

    private static final Set<Workload> FOR_GPUS = Set.of(Training.RESNET_50, Training.GPT_2);

    private Workloads() {}

    /** Returns all workloads, training steps first. */
    public static List<Workload> all() {
        return ALL;
    }

    /** Returns those that are measured where none is named: a processor does them in seconds. */
    public static List<Workload> usual() {
        return ALL.stream().filter(workload -> !FOR_GPUS.contains(workload)).toList();
    }

    /** Returns the names of all workloads. */
    public static List<String> names() {
        return ALL.stream().map(Workload::name).toList();
    }

    /**
     * Returns the workload of a name.
     *
     * @throws InputException if there is none; it names the nearest
     */
    public static Workload find(String name) {
        return ALL.stream()
                .filter(workload -> workload.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new InputException(
                                        "there is no workload \""
                                                + name
                                                + "\": "
                                                + Names.suggestion(name, names())));
    }
}
