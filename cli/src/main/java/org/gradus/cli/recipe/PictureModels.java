package org.gradus.cli.recipe;

import java.util.List;
import org.gradus.cli.data.ArrayFormat;
import org.gradus.cli.data.DataFormat;
import org.gradus.cli.data.PictureFormat;
import org.gradus.cli.input.InputException;
import org.gradus.cli.recipe.ModelChoice.Builder;
import org.gradus.cli.settings.Section;
import org.gradus.models.Autoencoder;
import org.gradus.models.Dcgan;
import org.gradus.models.DigitsCnn;
import org.gradus.models.Gan;
import org.gradus.models.LeNet;
import org.gradus.models.Mlp;
import org.gradus.models.ResNet;
import org.gradus.models.Vae;
import org.gradus.models.ViT;
import org.gradus.models.WganGp;
import org.gradus.nn.TransformerSettings;
import org.gradus.shape.Shape;
import org.gradus.tensor.Tensor;

/** The models of pictures and of rows of numbers, with their settings. */
final class PictureModels {
    private static final int FEATURES = 16;
    private static final int LATENT = 32;
    private static final int PATCH = 4;
    private static final int VIT_SIZE = 64;
    private static final int HEADS = 4;
    private static final int VIT_LAYERS = 4;
    private static final int GAN_FEATURES = 32;
    private static final int GAN_LATENT = 64;

    private PictureModels() {}

    static Builder mlp(Section settings) {
        List<Integer> hidden = settings.counts("hidden", List.of(128));
        double dropout = settings.between("dropout", 0, 0, 1);
        return format -> {
            ArrayFormat samples =
                    format.as(ArrayFormat.class, "the model mlp", "pictures or a table");
            int inputs = Math.toIntExact(samples.shape().elements());
            return new Mlp(inputs, hidden, samples.outputs(), dropout);
        };
    }

    static Builder leNet(Section settings) {
        return format -> {
            PictureFormat pictures = pictures(format, "lenet");
            Shape shape = pictures.shape();
            return new LeNet(shape.size(0), shape.size(1), shape.size(2), pictures.outputs());
        };
    }

    static Builder digitsCnn(Section settings) {
        return _ -> new DigitsCnn();
    }

    static Builder resNet(Section settings) {
        int stride = settings.count("stride", 1, 1);
        int width = settings.count("width", 16, 1);
        List<Integer> blocks = settings.counts("blocks", List.of(1, 1, 1));
        boolean zeroInit = settings.flag("zero_init", true);
        return format -> {
            PictureFormat pictures = pictures(format, "resnet");
            int channels = pictures.shape().size(0);
            return new ResNet(channels, stride, width, blocks, pictures.outputs(), zeroInit);
        };
    }

    static Builder vit(Section settings) {
        int patch = settings.count("patch", PATCH, 1);
        int size = settings.count("size", VIT_SIZE, 1);
        int heads = settings.count("heads", HEADS, 1);
        int layers = settings.count("layers", VIT_LAYERS, 1);
        if (size % heads != 0) {
            throw settings.wrong("heads", "divides the size, " + size);
        }
        TransformerSettings transformer =
                TransformerSettings.of(size, heads)
                        .withFeedforward(settings.count("feedforward", 4 * size, 1))
                        .withDropout(settings.between("dropout", 0, 0, 1))
                        .withActivation(Tensor::gelu)
                        .withNormFirst();
        return format -> {
            PictureFormat pictures = pictures(format, "vit");
            Shape shape = pictures.shape();
            if (shape.size(1) != shape.size(2)) {
                throw new InputException(
                        "the model vit takes square pictures, not " + shape + "; choose another");
            }
            return new ViT(
                    new ViT.Settings(
                            shape.size(0),
                            shape.size(1),
                            patch,
                            pictures.outputs(),
                            layers,
                            transformer));
        };
    }

    static Builder autoencoder(Section settings) {
        int features = settings.count("features", FEATURES, 1);
        int latent = settings.count("latent", LATENT, 1);
        return format -> {
            Shape shape = pictures(format, "autoencoder").shape();
            return new Autoencoder(shape.size(0), shape.size(1), shape.size(2), features, latent);
        };
    }

    static Builder vae(Section settings) {
        int features = settings.count("features", FEATURES, 1);
        int latent = settings.count("latent", LATENT, 1);
        return format -> {
            Shape shape = pictures(format, "vae").shape();
            return new Vae(shape.size(0), shape.size(1), shape.size(2), features, latent);
        };
    }

    /** Makes the two networks of a game. */
    @FunctionalInterface
    private interface Networks {
        Gan of(int channels, int side, int features, int latent);
    }

    static Builder dcgan(Section settings) {
        return gan("dcgan", settings, Dcgan::of);
    }

    static Builder wganGp(Section settings) {
        return gan("wgan-gp", settings, WganGp::of);
    }

    private static Builder gan(String name, Section settings, Networks networks) {
        int features = settings.count("features", GAN_FEATURES, 1);
        int latent = settings.count("latent", GAN_LATENT, 1);
        return format -> {
            Shape shape = pictures(format, name).shape();
            if (shape.size(1) != shape.size(2)) {
                throw new InputException(
                        "the model " + name + " makes square pictures, not " + shape);
            }
            return networks.of(shape.size(0), shape.size(1), features, latent);
        };
    }

    private static PictureFormat pictures(DataFormat format, String model) {
        return format.as(PictureFormat.class, "the model " + model, "pictures");
    }
}
