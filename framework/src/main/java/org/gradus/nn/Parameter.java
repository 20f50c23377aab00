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
 * A tensor that is learned, with its name in the module that registered it. It has values once the
 * module was initialized or loaded.
 */
public final class Parameter {
    private final String name;
    private final Shape shape;
    private Initializer initializer;
    private Tensor value;
    private boolean trainable = true;

    Parameter(String name, Shape shape, Initializer initializer) {
        this.name = name;
        this.shape = shape;
        this.initializer = initializer;
    }

    /** Returns the name in its module, as in {@code weight}. */
    public String name() {
        return name;
    }

    /** Returns the sizes of the axes. */
    public Shape shape() {
        return shape;
    }

    /** Returns the type of the elements. */
    public DType dtype() {
        return value == null ? DType.F32 : value.dtype();
    }

    /**
     * Returns the values: a leaf tensor that requires its gradient, unless frozen.
     *
     * @throws TensorException if the module has not been initialized
     */
    public Tensor value() {
        if (value == null) {
            throw new TensorException(
                    "parameter "
                            + name
                            + " has no values yet: call initialize(device, seed) on the model, or"
                            + " load some");
        }
        return value;
    }

    /** Returns the gradient that backward passes have added up, null if there was none. */
    public Tensor gradient() {
        return value == null ? null : value.gradient();
    }

    /** Returns whether it is learned: not frozen. */
    public boolean isTrainable() {
        return trainable;
    }

    /** Excludes it from learning: it keeps its values and gets no gradients. */
    public void freeze() {
        setTrainable(false);
    }

    /** Includes it in learning again. */
    public void unfreeze() {
        setTrainable(true);
    }

    private void setTrainable(boolean wanted) {
        if (trainable != wanted) {
            trainable = wanted;
            if (value != null) {
                // another tensor over the same memory: a leaf stays one for life
                hold(value.detach());
            }
        }
    }

    /** Replaces the way in which the next initialization fills it. */
    public void initializeWith(Initializer replacement) {
        initializer = replacement;
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
            Tensor values = initializer.create(shape, generator, device);
            if (!values.shape().equals(shape)) {
                throw new TensorException(
                        "parameter %s: the initializer made a tensor of shape %s instead of %s"
                                .formatted(name, values.shape(), shape));
            }
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
        if (value.dtype() != type) {
            hold(Autograd.withoutGradients(() -> value.detach().to(type).compute()));
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
        if (trainable) {
            value.requireGradient();
        }
        if (old != null) {
            old.release();
        }
    }

    @Override
    public String toString() {
        return name + shape;
    }
}
