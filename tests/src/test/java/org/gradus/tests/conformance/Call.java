package org.gradus.tests.conformance;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.gradus.device.Window;
import org.gradus.tensor.Tensor;

/**
 * An operation to be called: its inputs on a device, and its arguments.
 *
 * @param parameters by the position of the input: its name in a layer's state dict
 */
public record Call(List<Tensor> inputs, Arguments arguments, Map<Integer, String> parameters) {
    Tensor x() {
        return inputs.getFirst();
    }

    Tensor y() {
        return inputs.get(1);
    }

    Tensor z() {
        return inputs.get(2);
    }

    /** Returns an input, null if there are fewer. */
    Tensor optional(int i) {
        return i < inputs.size() ? inputs.get(i) : null;
    }

    Tensor[] all() {
        return inputs.toArray(Tensor[]::new);
    }

    double number(String name) {
        return arguments.number(name);
    }

    int integer(String name) {
        return arguments.integer(name);
    }

    int axis() {
        return integer("axis");
    }

    int[] axes() {
        return arguments.integers("axes");
    }

    int[] integers(String name) {
        return arguments.integers(name);
    }

    boolean flag(String name) {
        return arguments.flag(name);
    }

    /** Returns the window of a pooling operation. */
    Window window() {
        return window(integers("kernel"));
    }

    /** Returns the window of a convolution, whose size is that of the weight. */
    Window windowOf(Tensor weight) {
        return window(weight.shape().last(integers("stride").length).sizes());
    }

    private Window window(int[] kernel) {
        int[] dilation = new int[kernel.length];
        Arrays.fill(dilation, 1);
        if (arguments.has("dilation")) {
            dilation = integers("dilation");
        }
        return new Window(kernel, integers("stride"), integers("padding"), dilation);
    }
}
