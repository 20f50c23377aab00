package org.gradus.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.device.ReferenceDevice;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each gradient rule against central differences in {@code F64}, first and second order. */
class TensorGradientsTest {
    private static final double STEP = 1e-5;
    private final Device device = new ReferenceDevice();

    private record Case(String name, Function<Tensor[], Tensor> function, int[]... shapes) {}

    private static Case of(String name, Function<Tensor[], Tensor> function, int[]... shapes) {
        return new Case(name, function, shapes);
    }

    private static int[] s(int... sizes) {
        return sizes;
    }

    private Tensor index(Shape shape, long... values) {
        return Tensor.of(HostArray.of(values, shape), device);
    }

    private Stream<Case> cases() {
        Window w =
                new Window(new int[] {2, 3}, new int[] {2, 1}, new int[] {1, 0}, new int[] {1, 1});
        Window line = new Window(new int[] {2}, new int[] {1}, new int[] {1}, new int[] {2});
        Window pool = new Window(new int[] {2, 2}, s(1, 2), s(1, 0), s(1, 1));
        return Stream.of(
                of("add broadcast", x -> x[0].add(x[1]), s(2, 3), s(3)),
                of("mul broadcast both", x -> x[0].mul(x[1]), s(2, 1), s(1, 3)),
                of("chain", x -> x[0].mul(x[1]).sub(0.5).tanh().add(x[0]), s(2, 3), s(1, 3)),
                of("div", x -> x[0].div(x[1].square().add(1)), s(3), s(3)),
                of("pow", x -> x[0].square().add(1).pow(x[1]), s(4), s(4)),
                of("gelu", x -> x[0].gelu().mul(2), s(5)),
                of("where", x -> x[0].gt(0).where(x[0].exp(), x[1]), s(2, 3), s(3)),
                of("sum all", x -> x[0].sum(), s(2, 3)),
                of("sum axis", x -> x[0].square().sum(1).exp(), s(2, 3, 2)),
                of("mean", x -> x[0].mean(0, 2).square(), s(2, 3, 2)),
                of("amax", x -> x[0].amax(1).square(), s(3, 4)),
                of("prod", x -> x[0].prod(1).sin(), s(3, 4)),
                of("var", x -> x[0].var(1), s(3, 4)),
                of("norm", x -> x[0].norm(1), s(3, 4)),
                of("logSumExp", x -> x[0].logSumExp(0), s(3, 4)),
                of("reshape", x -> x[0].reshape(3, 2).mul(x[1]), s(2, 3), s(2)),
                of("permute", x -> x[0].permute(2, 0, 1).mul(x[1]), s(2, 3, 4), s(3)),
                of("expand", x -> x[0].expand(3, 2, 4).square(), s(2, 1)),
                of("slice", x -> x[0].slice(1, 1, 5, 2).square(), s(2, 5)),
                of("select", x -> x[0].select(0, -1).square(), s(2, 5)),
                of("flip", x -> x[0].flip(0).mul(x[0]), s(3, 2)),
                of("pad", x -> x[0].pad(2, 1, 0, 0, 2).square(), s(2, 3)),
                of("cat", x -> Tensor.cat(1, x[0], x[1], x[0]).square(), s(2, 3), s(2, 1)),
                of("stack", x -> Tensor.stack(1, x[0], x[1]).square(), s(2, 3), s(2, 3)),
                of("cumsum", x -> x[0].cumsum(1).square(), s(2, 4)),
                of("cumprod", x -> x[0].cumprod(1), s(2, 4)),
                of("sort", x -> x[0].sort(1, true).values().cumsum(1).square(), s(2, 4)),
                of("triu", x -> x[0].triu(1).square(), s(3, 3)),
                of(
                        "gather",
                        x -> x[0].gather(1, index(Shape.of(2, 2), 0, 2, 1, 1)).square(),
                        s(2, 3)),
                of(
                        "scatterAdd",
                        x ->
                                x[0].scatterAdd(0, index(Shape.of(2, 3), 1, 1, 0, 1, 0, 0), x[1])
                                        .square(),
                        s(2, 3),
                        s(2, 3)),
                of(
                        "indexSelect",
                        x -> x[0].indexSelect(0, index(Shape.of(2, 2), 3, 0, 0, 1)).square(),
                        s(4, 2)),
                of("matmul", x -> x[0].matmul(x[1]).square(), s(2, 3), s(3, 4)),
                of("matmul batched", x -> x[0].matmul(x[1]), s(2, 1, 2, 3), s(3, 3, 2)),
                of("matmul vector", x -> x[0].matmul(x[1]).square(), s(2, 2, 3), s(3)),
                of("matmul transposed", x -> x[0].mT().matmul(x[1].mT()), s(3, 2), s(4, 3)),
                of("linear", x -> x[0].linear(x[1], x[2]).square(), s(2, 2, 3), s(4, 3), s(4)),
                of("einsum", x -> Tensor.einsum("bik,kjb->ij", x[0], x[1]), s(2, 3, 2), s(2, 3, 2)),
                of("einsum diagonal", x -> Tensor.einsum("iij,j->i", x[0], x[1]), s(3, 3, 2), s(2)),
                of(
                        "convolve",
                        x -> x[0].convolve(x[1], x[2], w, 2).square(),
                        s(2, 4, 4, 3),
                        s(4, 2, 2, 3),
                        s(4)),
                of("convolve 1d", x -> x[0].convolve(x[1], null, line, 1), s(1, 2, 5), s(3, 2, 2)),
                of(
                        "convolveTransposed",
                        x -> x[0].convolveTransposed(x[1], x[2], w, s(1, 0), 2).square(),
                        s(1, 4, 2, 2),
                        s(4, 1, 2, 3),
                        s(2)),
                of("maxPool", x -> x[0].maxPool(pool).square(), s(1, 2, 3, 4)),
                of("averagePool", x -> x[0].averagePool(pool, true).square(), s(1, 2, 3, 4)),
                of("averagePool inside", x -> x[0].averagePool(pool, false), s(1, 2, 3, 4)),
                of("adaptive", x -> x[0].adaptiveAveragePool(2, 3).square(), s(1, 2, 5, 4)),
                of("unfold", x -> x[0].unfold(w).square(), s(1, 2, 4, 3)),
                of("softmax", x -> x[0].softmax(1).square(), s(2, 3, 2)),
                of("logSoftmax", x -> x[0].logSoftmax(-1).mul(x[0]), s(2, 3)),
                of("crossEntropy", x -> x[0].crossEntropy(index(Shape.of(2), 2, 0)), s(2, 3)),
                of("layerNorm", x -> norm(x, 0), s(3, 4), s(4), s(4)),
                of("groupNorm", x -> norm(x, 1), s(2, 4, 3), s(4), s(4)),
                of("batchNorm", x -> norm(x, 2), s(3, 2, 2), s(2), s(2)),
                of("rmsNorm", x -> x[0].rmsNorm(x[1], 1e-3).square(), s(3, 4), s(4)));
    }

    private static Tensor norm(Tensor[] x, int kind) {
        return switch (kind) {
            case 0 -> x[0].layerNorm(1, x[1], x[2], 1e-3).square();
            case 1 -> x[0].groupNorm(2, x[1], x[2], 1e-3).square();
            default -> x[0].batchNorm(x[1], x[2], 1e-3).output().square();
        };
    }

    @TestFactory
    Stream<DynamicTest> firstOrderMatchesFiniteDifferences() {
        return cases().map(c -> DynamicTest.dynamicTest(c.name, () -> check(c, false)));
    }

    @TestFactory
    Stream<DynamicTest> secondOrderMatchesFiniteDifferences() {
        return cases().map(c -> DynamicTest.dynamicTest(c.name, () -> check(c, true)));
    }

    private void check(Case c, boolean second) {
        int live = Tensor.liveStorages();
        Random random = new Random(c.name.hashCode());
        List<double[]> points = new ArrayList<>();
        for (int[] shape : c.shapes) {
            points.add(random.doubles(Shape.of(shape).elements(), -1, 1).toArray());
        }
        List<double[]> actual = new ArrayList<>();
        try (var _ = Scope.open()) {
            Tensor[] inputs = inputs(c, points);
            Tensor value = second ? projected(c, inputs, true) : weighed(c.function.apply(inputs));
            Autograd.gradients(value, List.of(inputs)).forEach(g -> actual.add(doubles(g)));
        }
        for (int i = 0; i < points.size(); i++) {
            for (int k = 0; k < points.get(i).length; k++) {
                double x = points.get(i)[k];
                points.get(i)[k] = x + STEP;
                double above = value(c, points, second);
                points.get(i)[k] = x - STEP;
                double below = value(c, points, second);
                points.get(i)[k] = x;
                double expected = (above - below) / (2 * STEP);
                assertEquals(
                        expected,
                        actual.get(i)[k],
                        1e-6 * (1 + Math.abs(expected)),
                        "input " + i + " element " + k);
            }
        }
        // fewer are no mistake: the collector may find what earlier tests left
        assertTrue(Tensor.liveStorages() <= live, "storages left");
    }

    private Tensor[] inputs(Case c, List<double[]> points) {
        Tensor[] inputs = new Tensor[points.size()];
        for (int i = 0; i < inputs.length; i++) {
            HostArray host = HostArray.of(points.get(i).clone(), Shape.of(c.shapes[i]));
            inputs[i] = Tensor.of(host, device).requireGradient();
        }
        return inputs;
    }

    private double value(Case c, List<double[]> points, boolean second) {
        try (var _ = Scope.open()) {
            Tensor[] inputs = inputs(c, points);
            Tensor value = second ? projected(c, inputs, false) : weighed(c.function.apply(inputs));
            return value.item();
        }
    }

    /** A scalar that depends on the first-order gradients of all inputs. */
    private Tensor projected(Case c, Tensor[] inputs, boolean createGraph) {
        Tensor first = weighed(c.function.apply(inputs));
        Tensor total = null;
        // the sum of the inputs' squares keeps functions with constant gradients on the tape
        for (Tensor input : inputs) {
            first = first.add(input.square().sum());
        }
        for (Tensor g : Autograd.gradients(first, null, List.of(inputs), createGraph)) {
            Tensor part = weighed(g.mul(g));
            total = total == null ? part : total.add(part);
        }
        return total;
    }

    private Tensor weighed(Tensor y) {
        double[] weights = new Random(7).doubles(y.shape().elements(), 0.5, 1.5).toArray();
        return y.mul(Tensor.of(HostArray.of(weights, y.shape()), device)).sum();
    }

    private static double[] doubles(Tensor tensor) {
        assertEquals(DType.F64, tensor.dtype());
        return tensor.toHost().toDoubles();
    }
}
