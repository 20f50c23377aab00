package org.gradus.tests.conformance;

import static org.gradus.tests.conformance.Mistake.of;
import static org.gradus.tests.conformance.Mistake.ones;
import static org.gradus.tests.conformance.Mistake.tests;
import static org.gradus.tests.conformance.Mistake.whole;
import static org.gradus.tests.conformance.Mistake.window;

import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.tensor.AttentionOptions;
import org.gradus.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Shapes that do not fit are refused by a sentence that names the operation and the shapes. */
class ShapeErrorTest {
    private static Tensor recurrence(Device d, Tensor inputs, Tensor weight, Tensor lengths) {
        return inputs.recurrence(Cell.LSTM, weight, null, ones(d, 2, 3, 5), lengths, false);
    }

    private static Stream<Mistake> shapes() {
        return Stream.of(
                of(
                        "add of shapes that do not broadcast",
                        d -> ones(d, 2, 3).add(ones(d, 4)),
                        "add",
                        "[2, 3]",
                        "[4]"),
                of(
                        "where of shapes that do not broadcast",
                        d -> ones(d, 2).gt(0).where(ones(d, 2), ones(d, 3)),
                        "where",
                        "[2]",
                        "[3]"),
                of(
                        "matmul with different inner sizes",
                        d -> ones(d, 2, 3).matmul(ones(d, 4, 5)),
                        "matmul",
                        "[2, 3]",
                        "[4, 5]",
                        "3",
                        "4"),
                of(
                        "matmul with different batches",
                        d -> ones(d, 2, 3, 4).matmul(ones(d, 3, 4, 5)),
                        "matmul",
                        "[2, 3, 4]",
                        "[3, 4, 5]"),
                of("matmul of a scalar", d -> ones(d).matmul(ones(d, 3)), "matmul", "scalar"),
                of(
                        "linear with another weight",
                        d -> ones(d, 2, 3).linear(ones(d, 5, 4), null),
                        "linear",
                        "[2, 3]",
                        "[5, 4]"),
                of(
                        "linear with another bias",
                        d -> ones(d, 2, 3).linear(ones(d, 5, 3), ones(d, 4)),
                        "linear",
                        "[4]",
                        "[5, 3]"),
                of(
                        "recurrence with a weight of another cell",
                        d -> recurrence(d, ones(d, 2, 3, 20), ones(d, 15, 5), null),
                        "recurrence",
                        "[15, 5]",
                        "LSTM"),
                of(
                        "recurrence of other inputs",
                        d -> recurrence(d, ones(d, 2, 3, 16), ones(d, 20, 5), null),
                        "recurrence",
                        "[2, 3, 16]",
                        "[20, 5]"),
                of(
                        "recurrence from other states",
                        d -> recurrence(d, ones(d, 2, 4, 20), ones(d, 20, 5), null),
                        "recurrence",
                        "[2, 3, 5]",
                        "[2, 4, 20]"),
                of(
                        "recurrence with lengths for another batch",
                        d -> recurrence(d, ones(d, 2, 3, 20), ones(d, 20, 5), whole(d, 4)),
                        "recurrence",
                        "[4]",
                        "[2, 3, 20]"),
                of(
                        "recurrence with lengths that are not whole",
                        d -> recurrence(d, ones(d, 2, 3, 20), ones(d, 20, 5), ones(d, 3)),
                        "recurrence",
                        "f32"),
                of("dot of matrices", d -> ones(d, 2, 2).dot(ones(d, 2, 2)), "dot", "[2, 2]"),
                of("reshape", d -> ones(d, 2, 3).reshape(4, 2), "reshape", "[2, 3]", "[4, 2]"),
                of("reshape to any", d -> ones(d, 2, 3).reshape(4, -1), "reshape", "[2, 3]"),
                of("permute", d -> ones(d, 2, 3).permute(0, 0), "permute", "[0, 0]", "[2, 3]"),
                of("an axis too far", d -> ones(d, 2, 3).sum(2), "sum", "2", "[2, 3]"),
                of("an axis named twice", d -> ones(d, 2, 3).sum(0, -2), "sum", "[0, -2]"),
                of(
                        "attention to keys of another size",
                        d ->
                                ones(d, 2, 3, 5, 8)
                                        .attention(ones(d, 2, 3, 7, 4), ones(d, 2, 3, 7, 8)),
                        "attention",
                        "[2, 3, 5, 8]",
                        "[2, 3, 7, 4]"),
                of(
                        "attention of heads that do not share evenly",
                        d ->
                                ones(d, 2, 3, 5, 8)
                                        .attention(ones(d, 2, 2, 5, 8), ones(d, 2, 2, 5, 8)),
                        "attention",
                        "[2, 2, 5, 8]",
                        "multiple"),
                of(
                        "attention with a mask of another size",
                        d ->
                                ones(d, 2, 3, 5, 8)
                                        .attention(
                                                ones(d, 2, 3, 7, 8),
                                                ones(d, 2, 3, 7, 8),
                                                AttentionOptions.DEFAULT.withMask(ones(d, 5, 6))),
                        "attention",
                        "[5, 6]",
                        "[2, 3, 5, 7]"),
                of(
                        "packed attention of a size that does not divide",
                        d -> ones(d, 2, 5, 20).packedAttention(2, 2, AttentionOptions.DEFAULT),
                        "packedAttention",
                        "[2, 5, 20]"),
                of("softmax of an axis", d -> ones(d, 2, 3).softmax(5), "softmax", "5", "[2, 3]"),
                of("cumsum of an axis", d -> ones(d, 2, 3).cumsum(5), "cumsum", "5", "[2, 3]"),
                of("flip of an axis", d -> ones(d, 2, 3).flip(4), "flip", "4", "[2, 3]"),
                of("squeeze of an axis", d -> ones(d, 2).squeeze(3), "squeeze", "3", "[2]"),
                of("expand", d -> ones(d, 2, 3).expand(2, 4), "expand", "[2, 3]", "[2, 4]"),
                of("select", d -> ones(d, 2, 3).select(0, 2), "select", "2", "[2, 3]"),
                of("narrow", d -> ones(d, 2, 3).narrow(1, 2, 2), "narrow", "2", "4", "[2, 3]"),
                of("slice by steps of 0", d -> ones(d, 4).slice(0, 0, 4, 0), "slice", "0"),
                of("split into parts of 0", d -> ones(d, 4).split(0, 0), "split", "0"),
                of("pad with an odd width", d -> ones(d, 4).pad(0, 1), "pad", "[4]"),
                of("pad with less than 0", d -> ones(d, 4).pad(0, -1, 0), "pad", "-1"),
                of(
                        "cat of other sizes",
                        d -> Tensor.cat(0, ones(d, 2, 3), ones(d, 2, 4)),
                        "cat",
                        "[2, 3]",
                        "[2, 4]"),
                of("cat of nothing", _ -> Tensor.cat(0), "cat"),
                of(
                        "stack of other sizes",
                        d -> Tensor.stack(0, ones(d, 2), ones(d, 3)),
                        "stack",
                        "[2]",
                        "[3]"),
                of(
                        "gather of another rank",
                        d -> ones(d, 2, 3).gather(0, whole(d, 3)),
                        "gather",
                        "[3]",
                        "[2, 3]"),
                of(
                        "scatterAdd of another source",
                        d -> ones(d, 2, 3).scatterAdd(0, whole(d, 1, 3), ones(d, 2, 3)),
                        "scatterAdd",
                        "[2, 3]",
                        "[1, 3]"),
                of("topk of too many", d -> ones(d, 3).topk(4, 0), "topk", "4", "[3]"),
                of("amax of nothing", d -> ones(d, 0, 3).amax(0), "max", "[0, 3]"),
                of("item of several", d -> ones(d, 2).item(), "item", "[2]"),
                of(
                        "einsum with other sizes",
                        d -> Tensor.einsum("ij,jk->ik", ones(d, 2, 3), ones(d, 4, 5)),
                        "einsum",
                        "'j'",
                        "3",
                        "4"),
                of(
                        "einsum with other ranks",
                        d -> Tensor.einsum("ij->i", ones(d, 2)),
                        "einsum",
                        "ij",
                        "[2]"),
                of(
                        "einsum with an unknown result",
                        d -> Tensor.einsum("ij->k", ones(d, 2, 2)),
                        "einsum",
                        "'k'"),
                of(
                        "convolution with other channels",
                        d -> ones(d, 1, 3, 5, 5).convolve(ones(d, 4, 2, 3, 3), null, window(3), 1),
                        "convolution",
                        "[1, 3, 5, 5]",
                        "[4, 2, 3, 3]",
                        "groups=1"),
                of(
                        "convolution with another bias",
                        d ->
                                ones(d, 1, 2, 5, 5)
                                        .convolve(ones(d, 4, 2, 3, 3), ones(d, 3), window(3), 1),
                        "convolution",
                        "[3]",
                        "4"),
                of(
                        "transposed convolution with another bias",
                        d ->
                                ones(d, 1, 2, 5, 5)
                                        .convolveTransposed(
                                                ones(d, 2, 4, 3, 3),
                                                ones(d, 1),
                                                window(3),
                                                new int[] {0, 0},
                                                1),
                        "transposed convolution",
                        "[1]",
                        "4"),
                of(
                        "convolution of a matrix",
                        d -> ones(d, 5, 5).convolve(ones(d, 4, 2, 3, 3), null, window(3), 1),
                        "convolution",
                        "[5, 5]"),
                of(
                        "a window larger than the image",
                        d -> ones(d, 1, 1, 2, 2).maxPool(window(3)),
                        "maxPool",
                        "[1, 1, 2, 2]",
                        "kernel=[3, 3]"),
                of(
                        "layerNorm with another weight",
                        d -> ones(d, 2, 3).layerNorm(1, ones(d, 2), null, 1e-5),
                        "layerNorm",
                        "[2]",
                        "[3]"),
                of(
                        "groupNorm with a remainder",
                        d -> ones(d, 2, 5).groupNorm(2, null, null, 1e-5),
                        "groupNorm",
                        "[2, 5]",
                        "2"),
                of(
                        "batchNorm with another bias",
                        d -> ones(d, 4, 3).batchNorm(null, ones(d, 4), 1e-5),
                        "batchNorm",
                        "[4]",
                        "[3]"),
                of(
                        "crossEntropy with other labels",
                        d -> ones(d, 2, 3).crossEntropy(whole(d, 3)),
                        "crossEntropy",
                        "[2, 3]",
                        "[3]"),
                of("assign", d -> ones(d, 3).assign(ones(d, 2)), "assign", "[2]", "[3]"),
                of(
                        "values that do not fill a shape",
                        _ -> Tensor.of(new float[] {1, 2, 3}, 2, 2),
                        "3",
                        "[2, 2]"));
    }

    @TestFactory
    Stream<DynamicTest> shapesThatDoNotFit() {
        return tests(shapes());
    }
}
