package org.gradus.optim;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.gradus.device.Device;
import org.gradus.device.Devices;
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
     * maximum (Pascanu et al., 2013). Gradients whose norm is not finite are set to 0, so that they
     * cannot spoil parameters before someone looks at the norm. Does not wait for the device.
     *
     * @return the norm before, a scalar; infinite or NaN if a gradient is
     */
    public static Tensor norm(Collection<Parameter> parameters, double maximum) {
        Settings.positive("norm", "maximum", maximum);
        return Autograd.withoutGradients(
                () -> {
                    Tensor norm = norm(parameters).compute();
                    places(parameters)
                            .forEach((place, gradients) -> scale(place, gradients, norm, maximum));
                    return norm;
                });
    }

    /** Returns the norm of all gradients together, a scalar; 0 if there are none. */
    public static Tensor norm(Collection<Parameter> parameters) {
        return Scope.compute(
                () -> {
                    Tensor sum = null;
                    for (var place : places(parameters).entrySet()) {
                        Tensor part = squares(place.getKey(), place.getValue());
                        // of several devices: this one waits, for the others
                        sum = sum == null ? part : sum.add(part.to(sum.device()).to(sum.dtype()));
                    }
                    return sum == null ? Tensor.scalar(0, Devices.getDefault()) : sum.sqrt();
                });
    }

    /** Limits each element of the gradients to {@code [-maximum, maximum]}. */
    public static void value(Collection<Parameter> parameters, double maximum) {
        Settings.positive("value", "maximum", maximum);
        places(parameters).forEach((place, gradients) -> limit(place, gradients, maximum));
    }

    /** Multiplies all gradients by a scalar on a device. */
    static void scale(Collection<Parameter> parameters, Tensor factor) {
        try (var _ = Scope.open()) {
            places(parameters)
                    .forEach(
                            (place, gradients) -> {
                                DType type = place.dtype();
                                DType compute = type.computeType();
                                Tensor here = factor.to(compute).to(place.device());
                                Expr scaled = Expr.input(0, type).multiply(Expr.input(1, compute));
                                run(
                                        place,
                                        scaled,
                                        gradients,
                                        g ->
                                                List.of(
                                                        g.viewForUpdate(),
                                                        here.expand(g.shape()).view()));
                            });
        }
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

    private static void scale(Place place, List<Tensor> gradients, Tensor norm, double maximum) {
        DType type = place.dtype();
        DType compute = type.computeType();
        Expr gradient = Expr.input(0, type);
        Expr size = Expr.input(1, compute);
        Expr factor = Expr.scalar(0, compute).divide(size.add(EPSILON)).minimum(1);
        Expr isFinite = size.lessThan(Double.POSITIVE_INFINITY);
        Expr scaled = isFinite.select(gradient.multiply(factor), 0);
        try (var _ = Scope.open()) {
            Tensor here = norm.to(compute).to(place.device());
            run(
                    place,
                    scaled,
                    gradients,
                    g -> List.of(g.viewForUpdate(), here.expand(g.shape()).view()),
                    maximum);
        }
    }

    private static void limit(Place place, List<Tensor> gradients, double maximum) {
        Expr limit = Expr.scalar(0, place.dtype());
        Expr limited = Expr.input(0, place.dtype()).maximum(limit.negate()).minimum(limit);
        run(place, limited, gradients, g -> List.of(g.viewForUpdate()), maximum);
    }

    private static void run(
            Place place,
            Expr changed,
            List<Tensor> gradients,
            Function<Tensor, List<View>> inputs,
            double... scalars) {
        List<List<View>> outputs =
                gradients.stream().map(gradient -> List.of(gradient.viewForUpdate())).toList();
        MultiTensor.map(
                place.device(),
                place.dtype(),
                Program.of(changed.cast(place.dtype())),
                () -> scalars,
                gradients.stream().map(inputs).toList(),
                outputs);
    }
}
