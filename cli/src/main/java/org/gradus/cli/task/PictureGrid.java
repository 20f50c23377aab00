package org.gradus.cli.task;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.gradus.cli.data.PictureFormat;
import org.gradus.data.Dataset;
import org.gradus.device.Device;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/** Pictures that models made, arranged to be looked at. */
final class PictureGrid {
    /** How many pictures are made at a time. */
    private static final int BATCH = 256;

    private PictureGrid() {}

    /**
     * Makes pictures, arranged in a square as far as possible.
     *
     * @param count how many
     * @param maker makes some pictures, scaled as those of the data
     */
    static Samples.Pictures of(int count, PictureFormat format, IntFunction<Tensor> maker) {
        List<HostArray> pictures = new ArrayList<>();
        for (int done = 0; done < count; done += BATCH) {
            try (var _ = Scope.open()) {
                Tensor made = maker.apply(Math.min(BATCH, count - done));
                HostArray pixels = format.unscaled(made).toHost();
                for (int row = 0; row < pixels.shape().size(0); row++) {
                    pictures.add(pixels.row(row));
                }
            }
        }
        return new Samples.Pictures(HostArray.stack(pictures), (int) Math.ceil(Math.sqrt(count)));
    }

    /**
     * Returns rows of pictures and, below each row, what a model made of them.
     *
     * @param columns the number of pictures in a row, a divisor of their number
     */
    static Tensor pairs(Tensor originals, Tensor made, int columns) {
        Shape shape = originals.shape();
        int rows = shape.size(0) / columns;
        Shape row = Shape.of(rows, 1, columns, shape.size(1), shape.size(2), shape.size(3));
        Tensor pairs = Tensor.cat(1, originals.reshape(row), made.reshape(row));
        return pairs.reshape(shape.with(0, 2 * shape.size(0)));
    }

    /** Returns the first pictures of a data set on a device; from the start again if need be. */
    static Tensor first(Dataset dataset, int count, Device device) {
        int[] indices = new int[count];
        for (int i = 0; i < count; i++) {
            indices[i] = i % dataset.size();
        }
        return Tensor.of(dataset.batch(indices).input(), device);
    }
}
