package org.gradus.models;

import java.util.ArrayList;
import java.util.List;
import org.gradus.nn.BatchNorm2d;
import org.gradus.nn.Conv2d;
import org.gradus.nn.Initializer;
import org.gradus.nn.Layer;
import org.gradus.nn.Linear;
import org.gradus.nn.Sequential;
import org.gradus.tensor.Tensor;

/**
 * A residual network for small images, as He et al. (2016, section 4.2) built them for CIFAR-10:
 * {@code [batch, channels, height, width]} to logits {@code [batch, classes]}.
 *
 * <p>A convolution of 3 by 3, then stages of {@linkplain BasicBlock basic blocks}, each stage after
 * the first with twice the channels at half the height and width, then the mean over the image and
 * a linear layer. Names in the state dict are torchvision's.
 */
public final class ResNet extends Layer {
    private final Conv2d conv1;
    private final BatchNorm2d bn1;
    private final List<Sequential> stages = new ArrayList<>();
    private final Linear fc;

    /**
     * Makes a network whose first convolution keeps the size of the image, and whose blocks add
     * nothing at first.
     *
     * @param channels the channels of an image: 1 for gray
     * @param width the channels of the first stage
     * @param blocks the number of blocks of each stage
     * @param classes the number of classes
     */
    public ResNet(int channels, int width, List<Integer> blocks, int classes) {
        this(channels, 1, width, blocks, classes, true);
    }

    /**
     * Makes a network.
     *
     * @param channels the channels of an image: 1 for gray
     * @param stride the stride of the first convolution: 1, or 2 to halve height and width at once,
     *     which makes the rest four times as fast
     * @param width the channels of the first stage
     * @param blocks the number of blocks of each stage
     * @param classes the number of classes
     * @param zeroInit whether each block adds nothing at first, as the weights of its last
     *     normalization are 0 (Goyal et al., 2017, section 5.1); else they are 1
     */
    public ResNet(
            int channels,
            int stride,
            int width,
            List<Integer> blocks,
            int classes,
            boolean zeroInit) {
        conv1 = module("conv1", convolution(channels, width, 3, stride));
        bn1 = module("bn1", new BatchNorm2d(width));
        int in = width;
        for (int stage = 0; stage < blocks.size(); stage++) {
            int out = width << stage;
            List<Layer> layers = new ArrayList<>();
            for (int block = 0; block < blocks.get(stage); block++) {
                int step = stage > 0 && block == 0 ? 2 : 1;
                layers.add(new BasicBlock(in, out, step, zeroInit));
                in = out;
            }
            stages.add(module("layer" + (stage + 1), new Sequential(layers)));
        }
        fc = module("fc", new Linear(in, classes));
    }

    /** Returns ResNet-18 for images of 32 by 32 pixels: 64 to 512 channels, 2 blocks a stage. */
    public static ResNet resnet18(int channels, int classes) {
        return new ResNet(channels, 1, 64, List.of(2, 2, 2, 2), classes, false);
    }

    /** Returns ResNet-8, the smallest of He et al.'s kind: 16 to 64 channels, a block a stage. */
    public static ResNet resnet8(int channels, int classes) {
        return new ResNet(channels, 16, List.of(1, 1, 1), classes);
    }

    @Override
    protected Tensor forward(Tensor x) {
        Tensor y = bn1.apply(conv1.apply(x)).relu();
        for (Sequential stage : stages) {
            y = stage.apply(y);
        }
        return fc.apply(y.mean(2, 3));
    }

    private static Conv2d convolution(int in, int out, int kernel, int stride) {
        Conv2d layer = new Conv2d(in, out, kernel).stride(stride).padding(kernel / 2).withoutBias();
        layer.weight().initializeWith(Initializer.kaimingNormal(0));
        return layer;
    }

    /**
     * Two convolutions of 3 by 3 beside a shortcut: the input as it is, or by a convolution of 1 by
     * 1 where the shapes differ.
     */
    static final class BasicBlock extends Layer {
        private final Conv2d conv1;
        private final BatchNorm2d bn1;
        private final Conv2d conv2;
        private final BatchNorm2d bn2;
        private final Sequential downsample;

        BasicBlock(int in, int out, int stride, boolean zeroInit) {
            conv1 = module("conv1", convolution(in, out, 3, stride));
            bn1 = module("bn1", new BatchNorm2d(out));
            conv2 = module("conv2", convolution(out, out, 3, 1));
            bn2 = module("bn2", new BatchNorm2d(out));
            if (zeroInit) {
                bn2.parameters().get("weight").initializeWith(Initializer.zeros());
            }
            downsample =
                    stride == 1 && in == out
                            ? null
                            : module(
                                    "downsample",
                                    new Sequential(
                                            convolution(in, out, 1, stride), new BatchNorm2d(out)));
        }

        @Override
        protected Tensor forward(Tensor x) {
            Tensor y = bn1.apply(conv1.apply(x)).relu();
            y = bn2.apply(conv2.apply(y));
            return y.add(downsample == null ? x : downsample.apply(x)).relu();
        }
    }
}
