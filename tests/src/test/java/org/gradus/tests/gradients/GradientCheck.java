package org.gradus.tests.gradients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.gradus.device.Device;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/**
 * Compares a function's gradients with finite differences, in F64.
 *
 * <p>The function's result is weighted and summed to a scalar. Along random directions, one input
 * at a time, the derivative of that scalar must be the gradient's component; a wrong element shows
 * in almost every direction. For the second order the scalar is a random projection of the
 * gradient, itself computed by the backward pass.
 *
 * <p>A central difference with step h is off by about h² of the third derivative and by the
 * rounding of the values divided by h: 1e-10 each, for the step here and values near 1. The limit
 * leaves room for derivatives that are large.
 */
public final class GradientCheck {
    private static final double STEP = 1e-5;
    private static final double LIMIT = 1e-6;
    private static final int DIRECTIONS = 2;

    private final Device device;
    private final Function<List<Tensor>, Tensor> function;
    private final List<double[]> points = new ArrayList<>();
    private final List<Shape> shapes = new ArrayList<>();
    private final Random random = new Random(1);

    private GradientCheck(
            Device device, Function<List<Tensor>, Tensor> function, List<HostArray> inputs) {
        this.device = device;
        this.function = function;
        for (HostArray input : inputs) {
            points.add(input.toDoubles());
            shapes.add(input.shape());
        }
    }

    /** Returns a check of a function at given inputs. */
    public static GradientCheck of(
            Device device, Function<List<Tensor>, Tensor> function, List<HostArray> inputs) {
        return new GradientCheck(device, function, inputs);
    }

    /** Returns a check of a function at random inputs of given shapes, none of them near 0. */
    public static GradientCheck of(
            Device device, Function<List<Tensor>, Tensor> function, int[]... shapes) {
        Random random = new Random(2);
        List<HostArray> inputs = new ArrayList<>();
        for (int[] sizes : shapes) {
            Shape shape = Shape.of(sizes);
            double[] values = new double[Math.toIntExact(shape.elements())];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextDouble(0.2, 1.5) * (random.nextBoolean() ? 1 : -1);
            }
            inputs.add(HostArray.of(values, shape));
        }
        return new GradientCheck(device, function, inputs);
    }

    /** Checks the gradients of first order. */
    public void firstOrder() {
        check("first order", false);
    }

    /** Checks the gradients of second order. */
    public void secondOrder() {
        check("second order", true);
    }

    private void check(String order, boolean second) {
        int live = Tensor.liveStorages();
        List<double[]> gradients = new ArrayList<>();
        try (var _ = Scope.open()) {
            List<Tensor> inputs = inputs(points);
            Tensor scalar = second ? projection(inputs, true) : scalar(inputs);
            Autograd.gradients(scalar, inputs).forEach(g -> gradients.add(g.toHost().toDoubles()));
        }
        for (int i = 0; i < points.size(); i++) {
            for (int k = 0; k < DIRECTIONS && points.get(i).length > 0; k++) {
                double[] direction = random.doubles(points.get(i).length, -1, 1).toArray();
                double expected =
                        (value(i, direction, STEP, second) - value(i, direction, -STEP, second))
                                / (2 * STEP);
                double actual = 0;
                double size = 1;
                for (int j = 0; j < direction.length; j++) {
                    actual += direction[j] * gradients.get(i)[j];
                    size += Math.abs(direction[j] * gradients.get(i)[j]);
                }
                assertEquals(expected, actual, LIMIT * size, order + ", input " + i);
            }
        }
        // what earlier tests left to the garbage collector may vanish meanwhile
        int left = Tensor.liveStorages() - live;
        assertTrue(left <= 0, left + " storages were not released");
    }

    private double value(int moved, double[] direction, double step, boolean second) {
        List<double[]> places = new ArrayList<>(points);
        double[] place = points.get(moved).clone();
        for (int j = 0; j < place.length; j++) {
            place[j] += step * direction[j];
        }
        places.set(moved, place);
        try (var _ = Scope.open()) {
            List<Tensor> inputs = inputs(places);
            return (second ? projection(inputs, false) : scalar(inputs)).item();
        }
    }

    private List<Tensor> inputs(List<double[]> places) {
        List<Tensor> inputs = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            HostArray place = HostArray.of(places.get(i), shapes.get(i));
            inputs.add(Tensor.of(place, device).requireGradient());
        }
        return inputs;
    }

    private Tensor scalar(List<Tensor> inputs) {
        return weighted(function.apply(inputs));
    }

    /** A random projection of the gradients of first order. */
    private Tensor projection(List<Tensor> inputs, boolean differentiable) {
        Tensor scalar = scalar(inputs);
        for (Tensor input : inputs) {
            // so that the gradient of a linear function depends on the inputs, too
            scalar = scalar.add(input.square().sum());
        }
        Tensor sum = null;
        for (Tensor gradient : Autograd.gradients(scalar, null, inputs, differentiable)) {
            Tensor part = weighted(gradient);
            sum = sum == null ? part : sum.add(part);
        }
        return sum;
    }

    private Tensor weighted(Tensor y) {
        int count = Math.toIntExact(y.shape().elements());
        double[] weights = new Random(3).doubles(count, 0.5, 1.5).toArray();
        return y.mul(Tensor.of(HostArray.of(weights, y.shape()), device)).sum();
    }
}
