package org.gradus.models;

import org.gradus.nn.Conv2d;
import org.gradus.nn.Dropout;
import org.gradus.nn.Initializer;
import org.gradus.nn.Layer;
import org.gradus.nn.LearnedPositions;
import org.gradus.nn.Linear;
import org.gradus.nn.Parameter;
import org.gradus.nn.TransformerEncoder;
import org.gradus.nn.TransformerSettings;
import org.gradus.shape.Shape;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * A vision Transformer (Dosovitskiy et al., 2021): images {@code [batch, channels, height, width]}
 * to logits {@code [batch, classes]}. Square patches become steps; a learned step before them
 * gathers what the head classifies.
 *
 * <p>Parameters: {@code class_token [1, 1, size]}, {@code patches.weight}, {@code patches.bias} (a
 * convolution), {@code positions.weight}, {@code encoder...} with the names of {@code
 * torch.nn.TransformerEncoder} with a normalization, {@code head.weight}, {@code head.bias}.
 */
public final class ViT extends Layer {
    private static final double DEVIATION = 0.02;

    /**
     * The sizes of a model.
     *
     * @param channels of the images
     * @param imageSize height and width, a multiple of {@code patchSize}
     * @param patchSize height and width of a patch
     * @param classes how many
     * @param layers of the encoder
     * @param transformer the layers; the paper has GELU and normalized inputs
     */
    public record Settings(
            int channels,
            int imageSize,
            int patchSize,
            int classes,
            int layers,
            TransformerSettings transformer) {
        /** Checks the sizes. */
        public Settings {
            if (patchSize < 1 || imageSize % patchSize != 0) {
                throw new IllegalArgumentException(
                        "ViT: images of size %d do not divide into patches of size %d"
                                .formatted(imageSize, patchSize));
            }
        }

        int patches() {
            return imageSize / patchSize * (imageSize / patchSize);
        }
    }

    private final Settings settings;
    private final Parameter classToken;
    private final Conv2d patches;
    private final LearnedPositions positions;
    private final Dropout dropout;
    private final TransformerEncoder encoder;
    private final Linear head;

    /** Makes a model. */
    public ViT(Settings settings) {
        this.settings = settings;
        int size = settings.transformer().size();
        int patch = settings.patchSize();
        classToken = parameter("class_token", Shape.of(1, 1, size), Initializer.normal(DEVIATION));
        patches = module("patches", new Conv2d(settings.channels(), size, patch).stride(patch));
        positions = module("positions", new LearnedPositions(settings.patches() + 1, size));
        dropout = module("dropout", new Dropout(settings.transformer().dropout()));
        encoder =
                module(
                        "encoder",
                        new TransformerEncoder(settings.transformer(), settings.layers())
                                .normalized());
        head = module("head", new Linear(size, settings.classes()));
    }

    @Override
    protected Tensor forward(Tensor x) {
        Shape expected = Shape.of(settings.channels(), settings.imageSize(), settings.imageSize());
        if (x.rank() != 4 || !x.shape().last(3).equals(expected)) {
            throw new TensorException(
                    "ViT: images of shape %s are not [batch, %d, %d, %d]"
                            .formatted(
                                    x.shape(),
                                    expected.size(0),
                                    expected.size(1),
                                    expected.size(2)));
        }
        Tensor steps = patches.apply(x).flatten(2, 3).mT();
        Tensor first = classToken.value().expand(x.size(0), 1, steps.size(2));
        Tensor sequence = dropout.apply(positions.apply(Tensor.cat(1, first, steps)));
        return head.apply(encoder.apply(sequence).select(1, 0));
    }
}
