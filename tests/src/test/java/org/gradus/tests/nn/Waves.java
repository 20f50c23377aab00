package org.gradus.tests.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Tensor;

/** The inputs of the stored PyTorch results, and the comparison with those. */
final class Waves {
    private Waves() {}

    /** Returns {@code sin(0.7 * i + k)}, as the scripts in tests/goldens make it. */
    static HostArray wave(int k, DType dtype, Shape shape) {
        double[] values =
                IntStream.range(0, Math.toIntExact(shape.elements()))
                        .mapToDouble(i -> Math.sin(0.7 * i + k))
                        .toArray();
        if (dtype == DType.F64) {
            return HostArray.of(values, shape);
        }
        float[] rounded = new float[values.length];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = (float) values[i];
        }
        return HostArray.of(rounded, shape);
    }

    static Tensor wave(Device device, DType dtype, int k, int... sizes) {
        return Tensor.of(wave(k, dtype, Shape.of(sizes)), device);
    }

    static JsonNode read(String resource) {
        try (var stream = Waves.class.getResourceAsStream(resource)) {
            return new JsonMapper().readTree(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Integer> sizes(JsonNode array) {
        List<Integer> sizes = new ArrayList<>();
        array.forEach(size -> sizes.add(size.asInt()));
        return sizes;
    }

    /** Asserts that values agree, relative to their size or to 1; a text stands for infinity. */
    static void assertClose(JsonNode expected, HostArray actual, double limit, String what) {
        assertEquals(expected.size(), actual.shape().elements(), what + ": number of elements");
        for (int i = 0; i < expected.size(); i++) {
            JsonNode number = expected.get(i);
            double value = number.isTextual() ? Double.POSITIVE_INFINITY : number.asDouble();
            double tolerance = limit * Math.max(1, Math.abs(value));
            assertEquals(value, actual.get(i), tolerance, what + " element " + i);
        }
    }
}
