package org.gradus.cli.data;

import java.util.List;
import java.util.Optional;
import org.gradus.cli.settings.Section;
import org.gradus.data.Dataset;
import org.gradus.data.ImageFit;
import org.gradus.data.Split;
import org.gradus.shape.Shape;

/**
 * What becomes of pictures before a model sees them. Settings: {@code mean} and {@code deviation},
 * with which each pixel (0..1) is normalized, a number for all channels or one for each; {@code
 * augmentation}.
 *
 * @param mean what is subtracted from each pixel
 * @param deviation what the difference is divided by
 * @param augmentation how the pictures to learn from are changed, if they are
 */
record PictureSettings(
        List<Double> mean, List<Double> deviation, Optional<Augmentation> augmentation) {
    static PictureSettings read(Section settings) {
        PictureSettings pictures =
                new PictureSettings(
                        settings.numbers("mean", List.of(0.0)),
                        settings.numbers("deviation", List.of(1.0)),
                        settings.optionalSection("augmentation").map(Augmentation::read));
        if (pictures.deviation.stream().anyMatch(value -> value <= 0)) {
            throw settings.wrong("deviation", "is above 0");
        }
        return pictures;
    }

    PictureFormat format(Shape shape, List<String> classes, ImageFit fit) {
        return new PictureFormat(shape, classes, array(mean), array(deviation), fit)
                .requireChannels();
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Returns the two parts, that to learn from augmented, normalized as the format says. */
    DataSplits splits(Split split, PictureFormat format) {
        Dataset train =
                augmentation.map(changed -> changed.of(split.train())).orElse(split.train());
        return new DataSplits(
                format.normalized(train), format.normalized(split.validation()), format);
    }
}
