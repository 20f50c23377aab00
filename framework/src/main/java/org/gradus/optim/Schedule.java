package org.gradus.optim;

import java.util.Arrays;

/**
 * The course of the learning rate: a factor of the rule's own for each step. What counts as a step
 * (a batch or an epoch) is up to the caller.
 */
@FunctionalInterface
public interface Schedule {
    /**
     * Returns the factor for a step.
     *
     * @param step 0 for the first
     */
    double factor(long step);

    /** Returns the factor 1 for all steps. */
    static Schedule constant() {
        return _ -> 1;
    }

    /** Returns a factor that is multiplied by {@code gamma} after each {@code size} steps. */
    static Schedule step(long size, double gamma) {
        Settings.positive("step", "size", size);
        return step -> Math.pow(gamma, step / size);
    }

    /** Returns a factor that is multiplied by {@code gamma} at each of the given steps. */
    static Schedule multiStep(double gamma, long... milestones) {
        long[] sorted = milestones.clone();
        Arrays.sort(sorted);
        return step -> Math.pow(gamma, Arrays.stream(sorted).filter(m -> m <= step).count());
    }

    /** Returns a factor that is multiplied by {@code gamma} after each step. */
    static Schedule exponential(double gamma) {
        return step -> Math.pow(gamma, step);
    }

    /**
     * Returns half a period of a cosine, from 1 down to a last factor, which then stays (Loshchilov
     * and Hutter, 2017).
     *
     * @param steps after how many steps the last factor is reached
     */
    static Schedule cosine(long steps, double last) {
        Settings.positive("cosine", "number of steps", steps);
        return step -> {
            double progress = Math.min(1, step / (double) steps);
            return last + (1 - last) * (1 + Math.cos(Math.PI * progress)) / 2;
        };
    }

    /** Returns half a period of a cosine, from 1 down to 0. */
    static Schedule cosine(long steps) {
        return cosine(steps, 0);
    }

    /**
     * Returns half periods of a cosine, from 1 down towards a last factor, one after the other
     * (Loshchilov and Hutter, 2017).
     *
     * @param steps the length of the first period
     * @param growth what the length of each period is multiplied by to give the next, 1 or more
     */
    static Schedule cosineWithRestarts(long steps, long growth, double last) {
        Settings.positive("cosineWithRestarts", "number of steps", steps);
        Settings.positive("cosineWithRestarts", "growth", growth);
        return step -> {
            long length = steps;
            long at = growth == 1 ? step % steps : step;
            while (at >= length) {
                at -= length;
                length *= growth;
            }
            return last + (1 - last) * (1 + Math.cos(Math.PI * at / length)) / 2;
        };
    }

    /**
     * Returns {@code last + (1 - last) * (1 - step / steps)^power}, and the last factor from then
     * on; linear for the power 1.
     */
    static Schedule polynomial(long steps, double power, double last) {
        Settings.positive("polynomial", "number of steps", steps);
        return step -> {
            double left = 1 - Math.min(1, step / (double) steps);
            return last + (1 - last) * Math.pow(left, power);
        };
    }

    /** Returns a straight line from one factor to another, which then stays. */
    static Schedule linear(double first, double last, long steps) {
        Settings.positive("linear", "number of steps", steps);
        return step -> first + (last - first) * Math.min(1, step / (double) steps);
    }

    /**
     * Returns the cycle of Smith and Topin (2019) as PyTorch has it, relative to the largest rate:
     * by a cosine from 1/25 up to 1 in the first 30% of the steps, then by another down to 4e-6.
     *
     * @param steps the length of the cycle, at least 2
     */
    static Schedule oneCycle(long steps) {
        return oneCycle(steps, 0.3, 25, 1e4);
    }

    /**
     * Returns the cycle of Smith and Topin (2019) as PyTorch has it, relative to the largest rate.
     *
     * @param steps the length of the cycle, at least 2
     * @param rise the part of the steps in which the rate rises
     * @param startDivisor what the largest rate is divided by to give the first
     * @param endDivisor what the first rate is divided by to give the last
     */
    static Schedule oneCycle(long steps, double rise, double startDivisor, double endDivisor) {
        if (steps < 2) {
            throw new IllegalArgumentException("oneCycle: a cycle has at least 2 steps");
        }
        Settings.positive("oneCycle", "start divisor", startDivisor);
        Settings.positive("oneCycle", "end divisor", endDivisor);
        double first = 1 / startDivisor;
        double last = first / endDivisor;
        double top = rise * steps - 1;
        return step -> {
            double at = Math.min(step, steps - 1);
            boolean rising = top > 0 && at <= top;
            double progress = rising ? at / top : (at - top) / (steps - 1 - top);
            double wave = (1 + Math.cos(Math.PI * progress)) / 2;
            return rising ? 1 + (first - 1) * wave : last + (1 - last) * wave;
        };
    }

    /** Returns {@code sqrt(warmup / (step + 1))}, 1 at most (Vaswani et al., 2017). */
    static Schedule inverseSquareRoot(long warmup) {
        Settings.positive("inverseSquareRoot", "warm-up", warmup);
        return step -> Math.min(1, Math.sqrt(warmup / (step + 1.0)));
    }

    /**
     * Returns this schedule after a linear rise: the factors of the first steps are {@code 1 /
     * steps}, {@code 2 / steps}, ... 1, and this schedule begins after them.
     */
    default Schedule afterWarmUp(long steps) {
        Settings.notNegative("afterWarmUp", "number of steps", steps);
        return step -> step < steps ? factor(0) * (step + 1) / steps : factor(step - steps);
    }

    /** Returns this schedule for some steps and another from then on, which begins at its 0. */
    default Schedule then(long steps, Schedule next) {
        return step -> step < steps ? factor(step) : next.factor(step - steps);
    }

    /** Returns the product of this schedule and another. */
    default Schedule times(Schedule other) {
        return step -> factor(step) * other.factor(step);
    }
}
