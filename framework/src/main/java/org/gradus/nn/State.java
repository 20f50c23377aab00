package org.gradus.nn;

import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Generator;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * A tensor that a module keeps and saves but does not learn (PyTorch: a buffer), such as running
 * statistics.
 */
public final class State {
    private final String name;
    private final Shape shape;
    private final DType declared;
    private final Initializer initial;
    private Tensor value;

    State(String name, Shape shape, DType dtype, Initializer initial) {
        this.name = name;
        this.shape = shape;
        this.declared = dtype;
        this.initial = initial;
    }

    /** Returns the name in its module, as in {@code running_mean}. */
    public String name() {
        return name;
    }

    /** Returns the sizes of the axes. */
    public Shape shape() {
        return shape;
    }

    /** Returns the type of the elements. */
    public DType dtype() {
        return value == null ? declared : value.dtype();
    }

    /**
     * Returns the values, which need no gradient.
     *
     * @throws TensorException if the module has not been initialized
     */
    public Tensor value() {
        if (value == null) {
            throw new TensorException(
                    "buffer "
                            + name
                            + " has no values yet: call initialize(device, seed) on the model, or"
                            + " load some");
        }
        return value;
    }

    /**
     * Overwrites the values.
     *
     * @throws TensorException if the shape does not fit
     */
    public void set(Tensor source) {
        Autograd.withoutGradients(() -> value().assign(source));
    }

    boolean hasValue() {
        return value != null;
    }

    void fill(Device device, Generator generator) {
        try (var _ = Scope.open()) {
            DType type = dtype();
            Tensor values = initial.create(shape, generator, device);
            hold(Autograd.withoutGradients(() -> values.detach().to(type).copy()));
        }
    }

    void load(HostArray values) {
        try (var _ = Scope.open()) {
            set(Tensor.of(values, value().device()));
        }
    }

    void moveTo(Device device) {
        if (value.device() != device) {
            hold(value.to(device));
        }
    }

    void convertTo(DType type) {
        if (value.dtype() != type && value.dtype().isFloating()) {
            hold(value.to(type).compute());
        }
    }

    void release() {
        if (value != null) {
            value.release();
            value = null;
        }
    }

    private void hold(Tensor replacement) {
        Tensor old = value;
        value = replacement.unowned();
        if (old != null) {
            old.release();
        }
    }

    @Override
    public String toString() {
        return name + shape;
    }
}
