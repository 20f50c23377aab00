package org.gradus.optim;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gradus.device.Device;
import org.gradus.device.MultiTensorKernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Program;
import org.gradus.nn.Parameter;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/** Limits gradients, between the backward pass and the update. */
public final class Clipping {
    /** Keeps the quotient finite for a norm of 0; PyTorch's. */
    private static final double EPSILON = 1e-6;

    private record Place(Device device, DType dtype) {}

    private Clipping() {}

    /**
     * Scales all gradients by one factor so that the norm of all of them together is at most a
     * maximum (Pascanu et al., 2013). Waits for the device.
     *
     * @return the norm before; infinite or NaN if a gradient is
     */
    public static double norm(Collection<Parameter> parameters, double maximum) {
        Settings.positive("norm", "maximum", maximum);
        double norm = norm(parameters);
        double factor = maximum / (norm + EPSILON);
        if (factor < 1) {
            change(parameters, factor, (gradient, scalar) -> gradient.multiply(scalar));
        }
        return norm;
    }

    /** Returns the norm of all gradients together, 0 if there are none. Waits for the device. */
    public static double norm(Collection<Parameter> parameters) {
        double sum = 0;
        try (var _ = Scope.open()) {
            List<Tensor> parts = new ArrayList<>();
            places(parameters).forEach((place, gradients) -> parts.add(squares(place, gradients)));
            for (Tensor part : parts) {
                sum += part.item();
            }
        }
        return Math.sqrt(sum);
    }

    /** Limits each element of the gradients to {@code [-maximum, maximum]}. */
    public static void value(Collection<Parameter> parameters, double maximum) {
        Settings.positive("value", "maximum", maximum);
        change(
                parameters,
                maximum,
                (gradient, limit) -> gradient.maximum(limit.negate()).minimum(limit));
    }

    private static Map<Place, List<Tensor>> places(Collection<Parameter> parameters) {
        Map<Place, List<Tensor>> places = new LinkedHashMap<>();
        for (Parameter parameter : parameters) {
            Tensor gradient = parameter.gradient();
            if (gradient != null) {
                Place place = new Place(gradient.device(), gradient.dtype());
                places.computeIfAbsent(place, _ -> new ArrayList<>()).add(gradient);
            }
        }
        return places;
    }

    private static Tensor squares(Place place, List<Tensor> gradients) {
        var kernels = place.device().kernels(MultiTensorKernels.class, place.dtype());
        if (kernels.isPresent()) {
            DType type = place.dtype().computeType();
            Tensor sum = Tensor.zeros(place.device(), type, Shape.scalar());
            List<View> views = gradients.stream().map(g -> g.contiguous().view()).toList();
            kernels.get().sumOfSquares(views, sum.viewForUpdate());
            return sum;
        }
        return Autograd.withoutGradients(
                () -> {
                    Tensor sum = null;
                    for (Tensor gradient : gradients) {
                        Tensor squares = gradient.to(place.dtype().computeType()).square().sum();
                        sum = sum == null ? squares : sum.add(squares);
                    }
                    return sum;
                });
    }

    private interface Change {
        Expr of(Expr gradient, Expr scalar);
    }

    private static void change(Collection<Parameter> parameters, double scalar, Change definition) {
        places(parameters)
                .forEach(
                        (place, gradients) -> {
                            DType type = place.dtype();
                            Expr changed = definition.of(Expr.input(0, type), Expr.scalar(0, type));
                            List<List<View>> views =
                                    gradients.stream()
                                            .map(gradient -> List.of(gradient.viewForUpdate()))
                                            .toList();
                            MultiTensor.map(
                                    place.device(),
                                    type,
                                    Program.of(changed.cast(type)),
                                    new double[] {scalar},
                                    views,
                                    views);
                        });
    }
}
