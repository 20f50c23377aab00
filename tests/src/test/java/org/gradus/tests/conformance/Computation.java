package org.gradus.tests.conformance;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/**
 * What a golden case gave on a device.
 *
 * @param gradients by the position of the input
 */
record Computation(List<HostArray> outputs, Map<Integer, HostArray> gradients) {
    /**
     * Runs a case, forward and backward.
     *
     * @param floating the type in which the floating inputs are given; what a 16-bit one cannot
     *     hold is rounded
     * @param layout how inputs, and the gradient of the output, lie in memory
     */
    static Computation of(
            Operations operations, Golden golden, Device device, DType floating, Layout layout) {
        try (var _ = Scope.open()) {
            List<Tensor> inputs = new ArrayList<>();
            for (int i = 0; i < golden.inputs().size(); i++) {
                Tensor input = layout.place(converted(golden.inputs().get(i), floating), device);
                inputs.add(golden.gradients().containsKey(i) ? input.requireGradient() : input);
            }
            var call = new Call(inputs, golden.arguments(), golden.parameters());
            List<Tensor> outputs = operations.apply(golden.op(), call);
            List<HostArray> values = outputs.stream().map(Tensor::toHost).toList();
            return new Computation(values, gradients(golden, inputs, outputs, device, layout));
        }
    }

    /** Returns an F32 array as one of another floating type; others as they are. */
    static HostArray converted(HostArray array, DType floating) {
        if (array.dtype() != DType.F32 || floating == DType.F32) {
            return array;
        }
        if (floating == DType.F64) {
            return HostArray.of(array.toDoubles(), array.shape());
        }
        HostArray result = HostArray.zeros(floating, array.shape());
        for (int i = 0; i < array.shape().elements(); i++) {
            result.data().setAtIndex(ValueLayout.JAVA_SHORT, i, rounded(array.get(i), floating));
        }
        return result;
    }

    /** Returns the bits of a number in a 16-bit type; BF16 is cut off, to a number that it has. */
    private static short rounded(double number, DType type) {
        float single = (float) number;
        return type == DType.F16
                ? Float.floatToFloat16(single)
                : (short) (Float.floatToRawIntBits(single) >>> 16);
    }

    private static Map<Integer, HostArray> gradients(
            Golden golden,
            List<Tensor> inputs,
            List<Tensor> outputs,
            Device device,
            Layout layout) {
        List<Tensor> sources = golden.gradients().keySet().stream().map(inputs::get).toList();
        List<Tensor> results = outputs.stream().filter(Tensor::requiresGradient).toList();
        Map<Integer, HostArray> gradients = new LinkedHashMap<>();
        if (sources.isEmpty() || results.isEmpty()) {
            return gradients;
        }
        List<Tensor> found;
        if (results.size() == 1) {
            Tensor result = results.getFirst();
            Tensor seed = layout.place(weights(result.shape(), result.dtype()), device);
            found = Autograd.gradients(result, seed, sources, false);
        } else {
            Tensor total = Tensor.zeros(device, results.getFirst().dtype(), Shape.scalar());
            for (Tensor result : results) {
                Tensor weights = Tensor.of(weights(result.shape(), result.dtype()), device);
                total = total.add(result.mul(weights).sum());
            }
            found = Autograd.gradients(total, sources);
        }
        int next = 0;
        for (int position : golden.gradients().keySet()) {
            gradients.put(position, found.get(next++).toHost());
        }
        return gradients;
    }

    private static HostArray weights(Shape shape, DType dtype) {
        int count = Math.toIntExact(shape.elements());
        if (dtype == DType.F64) {
            double[] weights = new double[count];
            Arrays.setAll(weights, Golden::weight);
            return HostArray.of(weights, shape);
        }
        float[] weights = new float[count];
        for (int i = 0; i < count; i++) {
            weights[i] = (float) Golden.weight(i);
        }
        return converted(HostArray.of(weights, shape), dtype);
    }

    /** Fails where an output or a gradient is too far from the golden one. */
    void check(String where, Golden golden, Tolerance tolerance) {
        for (int i = 0; i < golden.outputs().size(); i++) {
            tolerance.check(where + ", output " + i, golden.outputs().get(i), outputs.get(i));
        }
        golden.gradients()
                .forEach(
                        (i, expected) -> {
                            HostArray actual = gradients.get(i);
                            if (actual == null) {
                                actual = HostArray.zeros(expected.dtype(), expected.shape());
                            }
                            String what = where + ", gradient of input " + i;
                            tolerance.check(what, expected, actual);
                        });
    }
}
