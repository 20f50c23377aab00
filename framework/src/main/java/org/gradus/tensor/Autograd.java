package org.gradus.tensor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The backward pass: walks the tape from a result to the tensors whose gradients are wanted.
 *
 * <p>Every gradient rule is written with tensor operations, so with {@code createGraph} the
 * gradients can be differentiated again.
 */
public final class Autograd {
    private static final ThreadLocal<Boolean> DISABLED = ThreadLocal.withInitial(() -> false);

    private Autograd() {}

    /** Returns whether operations of this thread are recorded. */
    public static boolean isEnabled() {
        return !DISABLED.get();
    }

    /** Runs work without recording it for gradients: for evaluation and for updates. */
    public static <T> T withoutGradients(Supplier<T> work) {
        return with(true, work);
    }

    /** Runs work without recording it for gradients. */
    public static void withoutGradients(Runnable work) {
        with(
                true,
                () -> {
                    work.run();
                    return null;
                });
    }

    private static <T> T with(boolean disabled, Supplier<T> work) {
        boolean before = DISABLED.get();
        DISABLED.set(disabled);
        try {
            return work.get();
        } finally {
            DISABLED.set(before);
        }
    }

    /** Returns whether an operation on these inputs would be recorded. */
    static boolean isRecording(Tensor... inputs) {
        if (isEnabled()) {
            for (Tensor input : inputs) {
                if (input != null && input.node() != null) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Returns the gradients of a scalar with respect to some tensors, of first order only.
     *
     * @throws TensorException as for {@link #gradients(Tensor, Tensor, List, boolean)}
     */
    public static List<Tensor> gradients(Tensor output, List<Tensor> inputs) {
        return gradients(output, null, inputs, false);
    }

    /**
     * Returns the gradients of a tensor with respect to others.
     *
     * @param seed the gradient of {@code output}, of its shape; null for 1 if it is a scalar
     * @param createGraph whether the gradients will be differentiated again; the tape then stays
     * @return for each input its gradient, of its shape; zeros if the output does not depend on it
     * @throws TensorException if the output needs no gradient, is not a scalar and has no seed, or
     *     its tape was already used up by a backward pass
     */
    public static List<Tensor> gradients(
            Tensor output, Tensor seed, List<Tensor> inputs, boolean createGraph) {
        Set<Node> targets = new HashSet<>();
        for (Tensor input : inputs) {
            if (input.node() == null) {
                throw new TensorException(
                        "gradients: a tensor of shape "
                                + input.shape()
                                + " takes no part: call requireGradient() on it first");
            }
            targets.add(input.node());
        }
        List<Tensor> results = new ArrayList<>();
        try (var _ = Scope.open()) {
            Map<Node, Tensor> found = backward(output, seed, targets, createGraph, createGraph);
            for (Tensor input : inputs) {
                Tensor gradient = found.get(input.node());
                Tensor result =
                        gradient == null
                                ? Tensor.zeros(input.device(), input.dtype(), input.shape())
                                : createGraph ? gradient : gradient.detach();
                results.add(result.keep());
            }
        }
        return results;
    }

    /** Adds the gradients of a tensor to those of all leaves that it depends on. */
    static void backward(Tensor output, Tensor seed, boolean retainGraph) {
        try (var _ = Scope.open()) {
            Map<Node, Tensor> found = backward(output, seed, null, retainGraph, false);
            withoutGradients(
                    () ->
                            found.forEach(
                                    (node, gradient) ->
                                            node.leafTensor().accumulateGradient(gradient)));
        }
    }

    /**
     * Walks the tape.
     *
     * @param targets the nodes whose gradients are wanted; null for all leaves
     * @return the gradients of the targets that were reached
     */
    private static Map<Node, Tensor> backward(
            Tensor output, Tensor seed, Set<Node> targets, boolean retain, boolean createGraph) {
        Node root = output.node();
        if (root == null) {
            throw new TensorException(
                    "backward: the result of shape "
                            + output.shape()
                            + " depends on no tensor that requires a gradient");
        }
        Tensor start = seed == null ? unitSeed(output) : checkedSeed(output, seed);
        Map<Node, Boolean> wanted = wanted(root, targets);
        Map<Node, Tensor> gradients = new HashMap<>();
        Map<Node, Tensor> results = new HashMap<>();
        PriorityQueue<Node> queue =
                new PriorityQueue<>(Comparator.comparingLong(Node::id).reversed());
        gradients.put(root, start);
        queue.add(root);
        while (!queue.isEmpty()) {
            Node node = queue.poll();
            Tensor gradient = gradients.remove(node);
            boolean isTarget = targets == null ? node.isLeaf() : targets.contains(node);
            if (isTarget) {
                results.put(node, gradient);
            }
            if (node.isLeaf()) {
                continue;
            }
            if (node.isSpent()) {
                throw new TensorException(
                        "backward: the values saved by "
                                + node.operation().name()
                                + " were given back by an earlier backward pass; call"
                                + " backwardRetainingGraph() the first time to go through twice");
            }
            with(
                    !createGraph,
                    () -> {
                        pull(node, gradient, wanted, gradients, queue);
                        return null;
                    });
            if (!retain) {
                node.spend();
            }
            if (!createGraph && !isTarget) {
                gradient.release();
            }
        }
        return results;
    }

    /** Applies the rule of one node and adds what it gives to the gradients of the inputs. */
    private static void pull(
            Node node,
            Tensor gradient,
            Map<Node, Boolean> wanted,
            Map<Node, Tensor> gradients,
            PriorityQueue<Node> queue) {
        try (var _ = Scope.open()) {
            Gradients.Rule rule = Gradients.rule(node, gradient);
            for (int i = 0; i < node.inputCount(); i++) {
                Node source = node.inputNode(i);
                if (source == null || !wanted.getOrDefault(source, false)) {
                    continue;
                }
                Tensor contribution = rule.gradientOf(i);
                if (contribution == null) {
                    continue;
                }
                contribution = contribution.to(node.inputType(i));
                Tensor known = gradients.get(source);
                Tensor total;
                if (known == null) {
                    total = contribution == gradient ? gradient.alias() : contribution;
                    queue.add(source);
                } else {
                    total = known.add(contribution);
                }
                gradients.put(source, total.keep());
                if (known != null && !isEnabled()) {
                    known.release();
                }
            }
        }
    }

    /** Returns for each node that the root depends on whether it leads to a target. */
    private static Map<Node, Boolean> wanted(Node root, Set<Node> targets) {
        Map<Node, Boolean> wanted = new HashMap<>();
        Deque<Node> open = new ArrayDeque<>();
        List<Node> reached = new ArrayList<>();
        open.push(root);
        wanted.put(root, false);
        while (!open.isEmpty()) {
            Node node = open.pop();
            reached.add(node);
            for (int i = 0; i < node.inputCount(); i++) {
                Node source = node.inputNode(i);
                if (source != null && wanted.putIfAbsent(source, false) == null) {
                    open.push(source);
                }
            }
        }
        reached.sort(Comparator.comparingLong(Node::id));
        for (Node node : reached) {
            boolean leads = targets == null || targets.contains(node);
            for (int i = 0; i < node.inputCount() && !leads; i++) {
                Node source = node.inputNode(i);
                leads = source != null && wanted.get(source);
            }
            wanted.put(node, leads);
        }
        return wanted;
    }

    private static Tensor unitSeed(Tensor output) {
        if (output.shape().elements() != 1) {
            throw new TensorException(
                    "backward: the result has shape "
                            + output.shape()
                            + " and is not a scalar; reduce it (sum, mean) or give the gradient");
        }
        return Tensor.ones(output.device(), output.dtype(), output.shape());
    }

    private static Tensor checkedSeed(Tensor output, Tensor seed) {
        if (!seed.shape().equals(output.shape())) {
            throw new TensorException(
                    "backward: the gradient has shape "
                            + seed.shape()
                            + ", the result "
                            + output.shape());
        }
        Pointwise.checkDevice("backward", output, seed);
        return seed.alias();
    }
}
