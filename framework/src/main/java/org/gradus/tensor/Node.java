package org.gradus.tensor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/**
 * An entry of the tape: an operation, where its inputs came from, and the values that its gradient
 * rule reads. A leaf (a tensor that asks for its gradient) is a node without operation.
 * Reference-counted by the tensors that it made and by the nodes that follow it.
 */
final class Node {
    /** A value that the gradient rule may read, with the shape and type that it always knows. */
    private record Saved(
            Shape shape, DType dtype, Device device, Value value, int version, Node node) {
        static Saved of(Tensor tensor, boolean keepValue) {
            Value value = keepValue ? tensor.value().retain() : null;
            int version = keepValue && value.pending() == null ? value.storage().version() : 0;
            Node node = tensor.node();
            if (node != null) {
                node.retain();
            }
            return new Saved(tensor.shape(), tensor.dtype(), tensor.device(), value, version, node);
        }

        void checkUnchanged(Operation operation) {
            if (value.pending() == null && value.storage().version() != version) {
                throw new TensorException(
                        "a tensor of shape "
                                + shape
                                + " that "
                                + operation.name()
                                + " saved for the backward pass was changed in place since;"
                                + " change a copy instead");
            }
        }
    }

    private static final AtomicLong SEQUENCE = new AtomicLong();

    private final long id = SEQUENCE.incrementAndGet();
    private final Operation operation;
    private final Tensor leaf;
    private final Shape shape;
    private final DType dtype;
    private final AtomicInteger references = new AtomicInteger(1);
    private Saved[] inputs;
    private Saved output;
    private Saved[] extras;
    private boolean spent;

    private Node(Operation operation, Tensor leaf, Shape shape, DType dtype) {
        this.operation = operation;
        this.leaf = leaf;
        this.shape = shape;
        this.dtype = dtype;
    }

    /** Returns the node of a tensor whose gradient is asked for. */
    static Node leaf(Tensor tensor) {
        return new Node(null, tensor, tensor.shape(), tensor.dtype());
    }

    /** Returns the node of the result of an operation, with what its rule will read. */
    static Node of(Operation operation, Tensor result, Tensor[] inputs, Tensor[] extras) {
        Node node = new Node(operation, null, result.shape(), result.dtype());
        node.inputs = new Saved[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            if (inputs[i] != null) {
                node.inputs[i] = Saved.of(inputs[i], operation.savesInput(i));
            }
        }
        if (operation.savesOutput()) {
            node.output = Saved.of(result, true);
        }
        node.extras = new Saved[extras.length];
        for (int i = 0; i < extras.length; i++) {
            node.extras[i] = Saved.of(extras[i], true);
        }
        return node;
    }

    /** Returns a number that is higher than those of all nodes that this one depends on. */
    long id() {
        return id;
    }

    Operation operation() {
        return operation;
    }

    boolean isLeaf() {
        return operation == null;
    }

    Tensor leafTensor() {
        return leaf;
    }

    Shape shape() {
        return shape;
    }

    DType dtype() {
        return dtype;
    }

    int inputCount() {
        return inputs == null ? 0 : inputs.length;
    }

    /** Returns where an input came from, null if it needs no gradient. */
    Node inputNode(int i) {
        return inputs[i] == null ? null : inputs[i].node();
    }

    Shape inputShape(int i) {
        return inputs[i].shape();
    }

    DType inputType(int i) {
        return inputs[i].dtype();
    }

    /** Returns a new tensor over an input's value, linked to the tape; null if it has none. */
    Tensor input(int i) {
        Saved saved = inputs[i];
        if (saved == null || saved.value() == null) {
            return null;
        }
        saved.checkUnchanged(operation);
        return Tensor.over(saved.value().retain(), Autograd.isEnabled() ? saved.node() : null);
    }

    /** Returns a new tensor over the output's value, linked to the tape. */
    Tensor output() {
        output.checkUnchanged(operation);
        return Tensor.over(output.value().retain(), Autograd.isEnabled() ? this : null);
    }

    /** Returns new tensors over the further values that a custom function kept. */
    List<Tensor> extras() {
        List<Tensor> result = new ArrayList<>();
        for (Saved extra : extras) {
            extra.checkUnchanged(operation);
            result.add(Tensor.over(extra.value().retain(), null));
        }
        return result;
    }

    /** Returns whether a backward pass has gone through here and taken the saved values. */
    boolean isSpent() {
        return spent;
    }

    /** Gives the saved values back: the backward pass is through. */
    void spend() {
        if (!spent && !isLeaf()) {
            spent = true;
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = withoutValue(inputs[i]);
            }
            output = withoutValue(output);
            for (int i = 0; i < extras.length; i++) {
                extras[i] = withoutValue(extras[i]);
            }
        }
    }

    private static Saved withoutValue(Saved saved) {
        if (saved == null || saved.value() == null) {
            return saved;
        }
        saved.value().release();
        return new Saved(saved.shape(), saved.dtype(), saved.device(), null, 0, saved.node());
    }

    Node retain() {
        references.incrementAndGet();
        return this;
    }

    /** Drops a reference; with the last one, the saved values and what led here. */
    void release() {
        if (references.decrementAndGet() > 0) {
            return;
        }
        Deque<Node> dead = new ArrayDeque<>();
        dead.push(this);
        while (!dead.isEmpty()) {
            Node node = dead.pop();
            if (node.isLeaf()) {
                continue;
            }
            node.spend();
            for (Saved input : node.inputs) {
                Node parent = input == null ? null : input.node();
                if (parent != null && parent.references.decrementAndGet() == 0) {
                    dead.push(parent);
                }
            }
        }
    }
}
