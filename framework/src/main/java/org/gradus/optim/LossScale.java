package org.gradus.optim;

import java.util.Collection;
import org.gradus.device.Device;
import org.gradus.nn.Parameter;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/**
 * Dynamic loss scaling (Micikevicius et al., 2018): {@code F16} gradients below 6e-8 would become
 * 0, so the loss is multiplied by a large number and the gradients divided by it again. The scale
 * begins at 65536; it is halved when a gradient is not finite, and that step is left out; after
 * 2000 good steps it is doubled.
 *
 * <pre>{@code
 * scale.multiply(loss).backward();
 * Tensor good = scale.divide(parameters);
 * optimizer.stepIf(good);
 * scale.update(good);
 * }</pre>
 *
 * <p>Scale and verdict stay on the device: nothing here waits for it but {@link #value} and {@link
 * #state}. As all scales are powers of 2, finite gradients are the same to the bit as without one.
 */
public final class LossScale {
    private static final double INITIAL = 65536;
    private static final int GROWTH_INTERVAL = 2000;

    /** The scale, and how many steps in a row were good. */
    private Tensor scale;

    private Tensor goodSteps;

    /** Creates the scale of a training that begins, on a device. */
    public LossScale(Device device) {
        scale = Tensor.scalar(INITIAL, device).unowned();
        goodSteps = Tensor.scalar(0, device).unowned();
    }

    /** Returns a loss times the scale. */
    public Tensor multiply(Tensor loss) {
        return loss.mul(scale);
    }

    /**
     * Divides the gradients of parameters by the scale.
     *
     * @return a scalar: 1 if all of them are finite, else 0
     */
    public Tensor divide(Collection<Parameter> parameters) {
        return Autograd.withoutGradients(
                () -> {
                    Clipping.scale(parameters, scale.reciprocal());
                    return Clipping.norm(parameters).isFinite().to(scale.dtype()).compute();
                });
    }

    /** Changes the scale after a step, of which {@link #divide} gave a verdict. */
    public void update(Tensor verdict) {
        try (var _ = Scope.open()) {
            Autograd.withoutGradients(
                    () -> {
                        Tensor good = verdict.ne(0);
                        Tensor count = good.where(goodSteps.add(1), 0).compute();
                        Tensor grows = count.ge(GROWTH_INTERVAL);
                        Tensor doubled = scale.mul(2);
                        Tensor grown = grows.and(doubled.isFinite()).where(doubled, scale);
                        scale.assign(good.where(grown, scale.mul(0.5)));
                        goodSteps.assign(grows.where(0, count));
                    });
        }
    }

    /** Returns the present scale; waits for the device. */
    public double value() {
        return scale.item();
    }

    /** Returns the scale and the number of good steps since it changed; waits for the device. */
    public double[] state() {
        return new double[] {scale.item(), goodSteps.item()};
    }

    /** Continues from a state. */
    public void restore(double[] state) {
        if (state.length != 2 || !(state[0] > 0)) {
            throw new IllegalArgumentException("it has no loss scale but other numbers");
        }
        scale.fillInPlace(state[0]);
        goodSteps.fillInPlace(state[1]);
    }

    /** Gives the memory back; this object cannot be used any more. */
    public void release() {
        scale.release();
        goodSteps.release();
    }
}
