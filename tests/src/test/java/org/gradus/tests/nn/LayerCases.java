package org.gradus.tests.nn;

import java.util.function.Supplier;
import java.util.stream.Stream;
import org.gradus.nn.AdaptiveAvgPool1d;
import org.gradus.nn.AdaptiveAvgPool2d;
import org.gradus.nn.AdaptiveAvgPool3d;
import org.gradus.nn.AdaptiveMaxPool1d;
import org.gradus.nn.AdaptiveMaxPool2d;
import org.gradus.nn.AdaptiveMaxPool3d;
import org.gradus.nn.AvgPool1d;
import org.gradus.nn.AvgPool2d;
import org.gradus.nn.AvgPool3d;
import org.gradus.nn.BatchNorm1d;
import org.gradus.nn.BatchNorm2d;
import org.gradus.nn.BatchNorm3d;
import org.gradus.nn.Bilinear;
import org.gradus.nn.Conv1d;
import org.gradus.nn.Conv2d;
import org.gradus.nn.Conv3d;
import org.gradus.nn.ConvTranspose1d;
import org.gradus.nn.ConvTranspose2d;
import org.gradus.nn.ConvTranspose3d;
import org.gradus.nn.DenseBlock;
import org.gradus.nn.ELU;
import org.gradus.nn.Embedding;
import org.gradus.nn.GELU;
import org.gradus.nn.GroupNorm;
import org.gradus.nn.InstanceNorm1d;
import org.gradus.nn.InstanceNorm2d;
import org.gradus.nn.Layer;
import org.gradus.nn.LayerNorm;
import org.gradus.nn.LeakyReLU;
import org.gradus.nn.Linear;
import org.gradus.nn.LogSoftmax;
import org.gradus.nn.MaxPool1d;
import org.gradus.nn.MaxPool2d;
import org.gradus.nn.MaxPool3d;
import org.gradus.nn.PReLU;
import org.gradus.nn.Pad;
import org.gradus.nn.PaddingMode;
import org.gradus.nn.PixelShuffle;
import org.gradus.nn.PixelUnshuffle;
import org.gradus.nn.RMSNorm;
import org.gradus.nn.SiLU;
import org.gradus.nn.Sigmoid;
import org.gradus.nn.Softmax;
import org.gradus.nn.Softplus;
import org.gradus.nn.Tanh;
import org.gradus.nn.Upsample;
import org.gradus.tensor.Tensor;

/** Layers with the shapes of their inputs, by the names that tests/goldens/layers.py gives them. */
final class LayerCases {
    record Case(String name, Supplier<Layer> layer, int... input) {}

    private LayerCases() {}

    static Stream<Case> all() {
        return Stream.concat(layers(), moreLayers());
    }

    private static Stream<Case> layers() {
        return Stream.of(
                new Case("linear", () -> new Linear(3, 2), 4, 3),
                new Case("linear.noBias", () -> new Linear(3, 2).withoutBias(), 2, 2, 3),
                new Case("linear.spectral", () -> new Linear(3, 4).spectralNorm(), 4, 3),
                new Case("conv1d", () -> new Conv1d(2, 3, 3).stride(2).padding(1), 2, 2, 7),
                new Case(
                        "conv2d",
                        () -> new Conv2d(2, 3, 2, 3).padding(1, 0).dilation(1, 2),
                        1,
                        2,
                        4,
                        6),
                new Case(
                        "conv2d.groups",
                        () -> new Conv2d(4, 4, 3).groups(2).withoutBias(),
                        1,
                        4,
                        4,
                        4),
                new Case("conv2d.reflect", () -> padded(PaddingMode.REFLECT), 1, 1, 3, 4),
                new Case("conv2d.replicate", () -> padded(PaddingMode.REPLICATE), 1, 1, 3, 4),
                new Case("conv2d.circular", () -> padded(PaddingMode.CIRCULAR), 1, 1, 3, 4),
                new Case("conv2d.spectral", () -> new Conv2d(2, 3, 3).spectralNorm(), 1, 2, 4, 5),
                new Case(
                        "conv2d.spectral.evaluate",
                        () -> new Conv2d(2, 3, 3).spectralNorm().withoutBias(),
                        1,
                        2,
                        4,
                        5),
                new Case("conv3d", () -> new Conv3d(1, 2, 2).stride(1, 2, 1), 1, 1, 3, 4, 3),
                new Case("convTranspose1d", () -> new ConvTranspose1d(2, 3, 3).stride(2), 2, 2, 4),
                new Case("convTranspose2d", LayerCases::transposed, 1, 2, 3, 3),
                new Case(
                        "convTranspose2d.spectral",
                        () -> new ConvTranspose2d(2, 3, 3).stride(2).spectralNorm(),
                        1,
                        2,
                        3,
                        3),
                new Case(
                        "convTranspose3d",
                        () -> new ConvTranspose3d(1, 2, 2).withoutBias(),
                        1,
                        1,
                        2,
                        3,
                        2),
                new Case("maxPool1d", () -> new MaxPool1d(2), 1, 2, 7),
                new Case("maxPool2d", () -> new MaxPool2d(3).stride(2).padding(1), 1, 2, 5, 6),
                new Case("maxPool3d", () -> new MaxPool3d(2), 1, 1, 4, 4, 2),
                new Case("avgPool1d", () -> new AvgPool1d(2).stride(1), 1, 2, 5),
                new Case(
                        "avgPool2d",
                        () -> new AvgPool2d(2).padding(1).withoutCountingPadding(),
                        1,
                        2,
                        4,
                        4),
                new Case(
                        "avgPool1d.ceil",
                        () -> new AvgPool1d(3).stride(2).padding(1).roundingUp(),
                        1,
                        2,
                        6),
                new Case(
                        "avgPool2d.ceil",
                        () -> new AvgPool2d(3, 2).stride(2, 3).padding(1).roundingUp(),
                        1,
                        2,
                        6,
                        8),
                new Case(
                        "avgPool2d.ceil.inside",
                        () ->
                                new AvgPool2d(3, 2)
                                        .stride(2, 3)
                                        .padding(1)
                                        .withoutCountingPadding()
                                        .roundingUp(),
                        1,
                        2,
                        6,
                        8),
                new Case(
                        "avgPool2d.ceil.padding",
                        () -> new AvgPool2d(2).stride(2).padding(1).roundingUp(),
                        1,
                        1,
                        3,
                        4),
                new Case(
                        "avgPool3d.ceil",
                        () -> new AvgPool3d(2).withoutCountingPadding().roundingUp(),
                        1,
                        1,
                        3,
                        4,
                        5),
                new Case("avgPool3d", () -> new AvgPool3d(2), 1, 1, 4, 4, 2),
                new Case("adaptiveAvgPool1d", () -> new AdaptiveAvgPool1d(3), 1, 2, 7),
                new Case("adaptiveAvgPool2d", () -> new AdaptiveAvgPool2d(2, 3), 1, 2, 5, 7),
                new Case("adaptiveAvgPool3d", () -> new AdaptiveAvgPool3d(1), 1, 2, 2, 3, 2),
                new Case("batchNorm1d", () -> new BatchNorm1d(3), 4, 3),
                new Case("batchNorm2d", () -> new BatchNorm2d(2), 2, 2, 3, 2),
                new Case(
                        "batchNorm2d.evaluate", () -> new BatchNorm2d(2).momentum(0.3), 2, 2, 3, 2),
                new Case("batchNorm3d", () -> new BatchNorm3d(2).withoutAffine(), 2, 2, 2, 2, 2),
                new Case("layerNorm", () -> new LayerNorm(3, 4), 2, 3, 4),
                new Case("layerNorm.noBias", () -> new LayerNorm(5).withoutBias(), 2, 5),
                new Case("groupNorm", () -> new GroupNorm(2, 4), 2, 4, 3),
                new Case("instanceNorm2d", () -> new InstanceNorm2d(2), 2, 2, 3, 3),
                new Case("instanceNorm1d.affine", () -> new InstanceNorm1d(2).affine(), 2, 2, 5),
                new Case("rmsNorm", () -> new RMSNorm(4), 2, 3, 4),
                new Case("embedding", () -> new Embedding(5, 3), 2, 4),
                new Case("embedding.padding", () -> new Embedding(5, 3).paddingIndex(1), 2, 4),
                new Case("upsample", () -> new Upsample(2, 3), 1, 2, 2, 2),
                new Case("gelu", GELU::new, 2, 5),
                new Case("gelu.tanh", GELU::tanh, 2, 5),
                new Case("silu", SiLU::new, 2, 5),
                new Case("tanh", Tanh::new, 2, 5),
                new Case("sigmoid", Sigmoid::new, 2, 5),
                new Case("softplus", Softplus::new, 2, 5),
                new Case("leakyRelu", () -> new LeakyReLU(0.2), 2, 5),
                new Case("elu", () -> new ELU(0.5), 2, 5),
                new Case("prelu", () -> new PReLU(2, 0.25), 1, 2, 3),
                new Case("softmax", () -> new Softmax(1), 2, 5),
                new Case("logSoftmax", () -> new LogSoftmax(1), 2, 5));
    }

    private static Stream<Case> moreLayers() {
        return Stream.of(
                new Case("conv1d.same", () -> new Conv1d(1, 2, 4).samePadding(), 1, 1, 5),
                new Case(
                        "conv2d.same",
                        () ->
                                new Conv2d(1, 2, 3, 2)
                                        .dilation(2)
                                        .samePadding()
                                        .paddingMode(PaddingMode.REFLECT),
                        1,
                        1,
                        4,
                        5),
                new Case(
                        "conv2d.depthwise",
                        () -> new Conv2d(3, 6, 3).groups(3).dilation(2).padding(2),
                        1,
                        3,
                        5,
                        4),
                new Case(
                        "conv3d.groups",
                        () -> new Conv3d(2, 2, 2).groups(2).dilation(1, 2, 1).padding(1),
                        1,
                        2,
                        2,
                        3,
                        2),
                new Case(
                        "conv3d.circular",
                        () -> new Conv3d(1, 1, 2).padding(1).paddingMode(PaddingMode.CIRCULAR),
                        1,
                        1,
                        2,
                        3,
                        2),
                new Case(
                        "convTranspose1d.dilation",
                        () ->
                                new ConvTranspose1d(4, 2, 3)
                                        .stride(2)
                                        .dilation(2)
                                        .outputPadding(1)
                                        .groups(2),
                        1,
                        4,
                        3),
                new Case(
                        "convTranspose3d.padding",
                        () ->
                                new ConvTranspose3d(2, 2, 3)
                                        .stride(2)
                                        .padding(1)
                                        .outputPadding(0, 1, 1)
                                        .groups(2),
                        1,
                        2,
                        2,
                        2,
                        1),
                new Case(
                        "maxPool1d.dilation",
                        () -> new MaxPool1d(3).stride(2).dilation(2),
                        1,
                        2,
                        9),
                new Case(
                        "maxPool2d.ceil",
                        () -> new MaxPool2d(3, 2).stride(2, 3).padding(1).roundingUp(),
                        1,
                        2,
                        6,
                        8),
                new Case(
                        "maxPool2d.ceil.padding",
                        () -> new MaxPool2d(2).stride(2).padding(1).roundingUp(),
                        1,
                        1,
                        3,
                        4),
                new Case("adaptiveMaxPool1d", () -> new AdaptiveMaxPool1d(3), 1, 2, 7),
                new Case("adaptiveMaxPool2d", () -> new AdaptiveMaxPool2d(2, 3), 1, 2, 5, 7),
                new Case("adaptiveMaxPool3d", () -> new AdaptiveMaxPool3d(1), 1, 2, 2, 3, 2),
                new Case(
                        "instanceNorm2d.running",
                        () -> new InstanceNorm2d(2).affine().runningStatistics(0.3),
                        3,
                        2,
                        2,
                        3),
                new Case(
                        "instanceNorm2d.evaluate",
                        () -> new InstanceNorm2d(2).affine().runningStatistics(),
                        3,
                        2,
                        2,
                        3),
                new Case("upsample.size", () -> Upsample.toSize(3, 5), 1, 2, 2, 4),
                new Case("upsample.linear", () -> new Upsample(3).linear(), 1, 2, 4),
                new Case("upsample.bilinear", () -> Upsample.toSize(5, 3).linear(), 1, 2, 3, 4),
                new Case("upsample.corners", () -> new Upsample(2).linearWithCorners(), 1, 2, 3, 2),
                new Case(
                        "upsample.trilinear",
                        () -> Upsample.toSize(3, 1, 4).linear(),
                        1,
                        1,
                        2,
                        3,
                        2),
                new Case("pixelShuffle", () -> new PixelShuffle(2), 1, 8, 2, 3),
                new Case("pixelUnshuffle", () -> new PixelUnshuffle(3), 1, 1, 3, 6),
                new Case("pad.zeros", () -> Pad.zeros(1, 0, 2, 1), 1, 2, 3, 2),
                new Case("pad.constant", () -> Pad.constant(0.5, 2, 1), 1, 2, 3),
                new Case("pad.reflect", () -> Pad.reflect(1, 2, 0, 1), 1, 2, 3, 3),
                new Case("pad.replicate", () -> Pad.replicate(1, 0, 2, 1, 0, 1), 1, 1, 2, 2, 3),
                new Case("pad.circular", () -> Pad.circular(2, 1, 0, 3), 1, 1, 3, 2),
                new Case(
                        "denseBlock",
                        () -> new DenseBlock(new Conv1d(2, 1, 1), new Conv1d(3, 2, 3).padding(1)),
                        1,
                        2,
                        3),
                new Case("bilinear", LayerCases::bilinear, 3, 2));
    }

    /** Of an input and its square. */
    private static Layer bilinear() {
        return new Layer() {
            private final Bilinear form = module("form", new Bilinear(2, 2, 3));

            @Override
            protected Tensor forward(Tensor x) {
                return form.apply(x, x.square());
            }
        };
    }

    private static Layer padded(PaddingMode mode) {
        return new Conv2d(1, 2, 3).padding(2).paddingMode(mode);
    }

    private static Layer transposed() {
        return new ConvTranspose2d(2, 4, 3).stride(2).padding(1).outputPadding(1).groups(2);
    }
}
