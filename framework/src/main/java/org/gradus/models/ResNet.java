package org.gradus.models;

import java.util.ArrayList;
import java.util.List;
import org.gradus.nn.BatchNorm2d;
import org.gradus.nn.Conv2d;
import org.gradus.nn.Initializer;
import org.gradus.nn.Layer;
import org.gradus.nn.Linear;
import org.gradus.nn.MaxPool2d;
import org.gradus.nn.Sequential;
import org.gradus.tensor.Tensor;

/**
 * A residual network (He et al., 2016): {@code [batch, channels, height, width]} to logits {@code
 * [batch, classes]}.
 *
 * <p>For small images, as in section 4.2, a convolution of 3 by 3, then stages of {@linkplain
 * BasicBlock basic blocks}, each stage after the first with twice the channels at half the height
 * and width, then the mean over the image and a linear layer. For large ones ({@link #resnet50}) a
 * convolution of 7 by 7 and a maximum make a quarter of height and width at once, and the blocks
 * are {@linkplain Bottleneck bottlenecks}. Names in the state dict are torchvision's.
 */
public final class ResNet extends Layer {
    private final Conv2d conv1;
    private final BatchNorm2d bn1;
    private final Layer reduction;
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
        this(
                convolution(channels, width, 3, stride),
                null,
                width,
                blocks,
                1,
                (in, out, step) -> new BasicBlock(in, out, step, zeroInit),
                classes);
    }

    /**
     * Makes a network of any blocks.
     *
     * @param reduction what follows the first normalization and activation; null for nothing
     * @param expansion how many times the channels of its stage a block gives
     */
    private ResNet(
            Conv2d first,
            Layer reduction,
            int width,
            List<Integer> blocks,
            int expansion,
            Block kind,
            int classes) {
        conv1 = module("conv1", first);
        bn1 = module("bn1", new BatchNorm2d(width));
        this.reduction = reduction == null ? null : module("maxpool", reduction);
        int in = width;
        for (int stage = 0; stage < blocks.size(); stage++) {
            int out = width << stage;
            List<Layer> layers = new ArrayList<>();
            for (int block = 0; block < blocks.get(stage); block++) {
                int step = stage > 0 && block == 0 ? 2 : 1;
                layers.add(kind.of(in, out, step));
                in = out * expansion;
            }
            stages.add(module("layer" + (stage + 1), new Sequential(layers)));
        }
        fc = module("fc", new Linear(in, classes));
    }

    /** Returns ResNet-18 for images of 32 by 32 pixels: 64 to 512 channels, 2 blocks a stage. */
    public static ResNet resnet18(int channels, int classes) {
        return new ResNet(channels, 1, 64, List.of(2, 2, 2, 2), classes, false);
    }

    /**
     * Returns ResNet-50 for images of 224 by 224 pixels, or others that are not much smaller: 3, 4,
     * 6 and 3 bottlenecks of 64 to 512 channels, which give 256 to 2048. The stride is in the
     * convolution of 3 by 3, as torchvision has it.
     */
    public static ResNet resnet50(int channels, int classes) {
        return new ResNet(
                convolution(channels, 64, 7, 2),
                new MaxPool2d(3).stride(2).padding(1),
                64,
                List.of(3, 4, 6, 3),
                Bottleneck.EXPANSION,
                Bottleneck::new,
                classes);
    }

    /** Returns ResNet-8, the smallest of He et al.'s kind: 16 to 64 channels, a block a stage. */
    public static ResNet resnet8(int channels, int classes) {
        return new ResNet(channels, 16, List.of(1, 1, 1), classes);
    }

    @Override
    protected Tensor forward(Tensor x) {
        Tensor y = bn1.apply(conv1.apply(x)).relu();
        y = reduction == null ? y : reduction.apply(y);
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

    /** Makes a block. */
    private interface Block {
        /**
         * Makes a block.
         *
         * @param in the channels of its input
         * @param out the channels of its stage
         */
        Layer of(int in, int out, int stride);
    }

    /** Returns a convolution of 1 by 1 where the shapes differ, else null for the input itself. */
    private static Sequential shortcut(int in, int out, int stride) {
        return stride == 1 && in == out
                ? null
                : new Sequential(convolution(in, out, 1, stride), new BatchNorm2d(out));
    }

    /**
     * Three convolutions beside a shortcut: of 1 by 1 to fewer channels, of 3 by 3, and of 1 by 1
     * to four times as many.
     */
    static final class Bottleneck extends Layer {
        static final int EXPANSION = 4;

        private final Conv2d conv1;
        private final BatchNorm2d bn1;
        private final Conv2d conv2;
        private final BatchNorm2d bn2;
        private final Conv2d conv3;
        private final BatchNorm2d bn3;
        private final Sequential downsample;

        Bottleneck(int in, int width, int stride) {
            int out = EXPANSION * width;
            conv1 = module("conv1", convolution(in, width, 1, 1));
            bn1 = module("bn1", new BatchNorm2d(width));
            conv2 = module("conv2", convolution(width, width, 3, stride));
            bn2 = module("bn2", new BatchNorm2d(width));
            conv3 = module("conv3", convolution(width, out, 1, 1));
            bn3 = module("bn3", new BatchNorm2d(out));
            Sequential shortcut = shortcut(in, out, stride);
            downsample = shortcut == null ? null : module("downsample", shortcut);
        }

        @Override
        protected Tensor forward(Tensor x) {
            Tensor y = bn1.apply(conv1.apply(x)).relu();
            y = bn2.apply(conv2.apply(y)).relu();
            y = bn3.apply(conv3.apply(y));
            return y.add(downsample == null ? x : downsample.apply(x)).relu();
        }
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
            Sequential shortcut = shortcut(in, out, stride);
            downsample = shortcut == null ? null : module("downsample", shortcut);
        }

        @Override
        protected Tensor forward(Tensor x) {
            Tensor y = bn1.apply(conv1.apply(x)).relu();
            y = bn2.apply(conv2.apply(y));
            return y.add(downsample == null ? x : downsample.apply(x)).relu();
        }
    }
}
