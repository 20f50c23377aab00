package org.gradus.data;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.gradus.tensor.HostArray;

/**
 * 1,797 handwritten digits, 8 by 8 pixels in 17 shades of gray, small enough to be part of this
 * library: what first experiments and tests run on.
 *
 * <p>Samples are {@code F32 [1, 8, 8]} from 0 to 1; targets are {@code I64} scalars from 0 to 9.
 *
 * <p>Source: E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine
 * Learning Repository, 1998, DOI 10.24432/C50P49, licensed CC BY 4.0; the part that scikit-learn
 * also carries as {@code load_digits}, in the same order.
 */
public final class Digits {
    /** The shade of a fully inked pixel. */
    private static final int MAXIMUM = 16;

    private static final double TRAINING_SHARE = 0.8;
    private static final List<String> CLASSES =
            List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    private Digits() {}

    /** Returns all 1,797 samples, in the order of the source. */
    public static Dataset all() {
        HostArray images = resource("digits-images-idx3-ubyte.gz");
        float[] shades = images.toFloats();
        for (int i = 0; i < shades.length; i++) {
            shades[i] /= MAXIMUM;
        }
        return InMemoryDataset.of(
                HostArray.of(shades, images.shape().insert(1, 1)), labels(), CLASSES, "Digits");
    }

    /**
     * Returns the 1,438 samples of the training part: four fifths of each class, always the same.
     */
    public static Dataset train() {
        return all().stratifiedSplit(TRAINING_SHARE, 0).train();
    }

    /** Returns the 359 samples of the validation part: one fifth of each class, always the same. */
    public static Dataset validation() {
        return all().stratifiedSplit(TRAINING_SHARE, 0).validation();
    }

    private static HostArray labels() {
        HostArray labels = resource("digits-labels-idx1-ubyte.gz");
        return HostArray.of(labels.toLongs(), labels.shape());
    }

    private static HostArray resource(String name) {
        try (InputStream in = Digits.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new DataException(
                        name + ": missing from the library's jar; build or install Gradus again");
            }
            return Idx.read(in, name);
        } catch (IOException problem) {
            throw new DataException(
                    name + ": cannot be read from the library's jar (" + problem + ")", problem);
        }
    }
}
