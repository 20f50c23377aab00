package org.gradus.cli.data;

import org.gradus.cli.settings.Section;
import org.gradus.data.Dataset;
import org.gradus.data.RandomCrop;
import org.gradus.data.RandomErasing;
import org.gradus.data.RandomFlip;
import org.gradus.shape.Shape;

/**
 * Random changes of the pictures of a training set, other ones in each epoch.
 *
 * @param crop the pixels that a picture is padded by on each side before it is cut to its size at a
 *     random place; 0 for not at all
 * @param flip whether left and right are exchanged in half of all cases
 * @param erase the probability that a random rectangle is made black
 */
record Augmentation(int crop, boolean flip, double erase) {
    static Augmentation read(Section settings) {
        Augmentation augmentation =
                new Augmentation(
                        settings.count("crop", 0, 0),
                        settings.flag("flip", false),
                        settings.between("erase", 0, 0, 1));
        settings.end();
        return augmentation;
    }

    /** Returns a data set of pictures, augmented. */
    Dataset of(Dataset pictures) {
        Shape shape = pictures.inputShapes().getFirst();
        Dataset result = pictures;
        // Each transform has a seed of its own, so that they draw independently of each other.
        if (crop > 0) {
            result = result.map(new RandomCrop(shape.size(1), shape.size(2)).padding(crop), 1);
        }
        if (flip) {
            result = result.map(RandomFlip.horizontal(), 2);
        }
        if (erase > 0) {
            result = result.map(new RandomErasing().withProbability(erase), 3);
        }
        return result;
    }
}
