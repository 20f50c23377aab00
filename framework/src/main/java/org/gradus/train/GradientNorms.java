package org.gradus.train;

import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Tensor;

/**
 * The norms of the gradients, step by step, on the device: reading one waits for all work before
 * it. The first that is not finite is kept, with its step, until someone asks.
 */
final class GradientNorms {
    /** A norm that was not finite. */
    record NotFinite(long step, double norm) {}

    private final boolean mayOverflow;
    private Tensor norm;
    private Tensor badStep;

    /**
     * Begins without norms.
     *
     * @param mayOverflow whether norms that are not finite are to be expected: steps with such are
     *     left out
     */
    GradientNorms(boolean mayOverflow) {
        this.mayOverflow = mayOverflow;
    }

    /** Takes over the norm of a step, counted from 1. */
    void add(long step, Tensor found) {
        if (mayOverflow) {
            Tensor replaced = norm;
            norm = found.detach().compute().unowned();
            if (replaced != null) {
                replaced.release();
            }
            return;
        }
        if (norm == null) {
            norm = found.detach().compute().unowned();
            Tensor none = Tensor.zeros(found.device(), DType.I64, Shape.scalar());
            badStep = found.isFinite().where(none, step).compute().unowned();
            return;
        }
        Tensor known = badStep.ne(0);
        replace(
                known.where(norm, found),
                known.or(found.isFinite()).where(badStep, step).to(DType.I64));
    }

    private void replace(Tensor newNorm, Tensor newStep) {
        Tensor replacedNorm = norm;
        Tensor replacedStep = badStep;
        norm = newNorm.compute().unowned();
        badStep = newStep.compute().unowned();
        replacedNorm.release();
        replacedStep.release();
    }

    /** Returns the norm of the last step, NaN if there was none; waits for the device. */
    double last() {
        return norm == null ? Double.NaN : norm.item();
    }

    /** Returns the first that was not finite, null if all were; waits for the device. */
    NotFinite read() {
        long step = badStep == null ? 0 : badStep.toLongs()[0];
        return step == 0 ? null : new NotFinite(step, norm.item());
    }

    /** Gives the memory back. */
    void release() {
        if (norm != null) {
            norm.release();
            norm = null;
        }
        if (badStep != null) {
            badStep.release();
            badStep = null;
        }
    }
}
