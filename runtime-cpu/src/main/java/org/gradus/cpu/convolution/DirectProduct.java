package org.gradus.cpu.convolution;

import org.gradus.cpu.threads.Scratch;
import org.gradus.cpu.threads.WorkerPool;

/**
 * A {@link WindowProduct} with few rows, as of depthwise convolutions: panels would have more to
 * pack than to multiply. Instead each weight is multiplied with a whole plane.
 *
 * <p>Cost: {@code 2 * batch * groups * rows * depth * positions} flops at the speed of the
 * first-level cache, and copying each image once.
 */
final class DirectProduct {
    private static final int SLOT_IMAGE = 0;
    private static final int SLOT_WEIGHTS = 1;
    private static final int SLOT_SUMS = 2;
    private static final int SLOT_RESULTS = 3;
    private static final int SCRATCH_SLOTS = 4;

    private static final int MOST_ROWS = 4;

    /** The multiplications of a task, or those of one group of an image if they are more. */
    private static final long TASK_WORK = 100_000;

    private final WorkerPool pool;
    private final Scratch scratch = new Scratch(SCRATCH_SLOTS);

    DirectProduct(WorkerPool pool) {
        this.pool = pool;
    }

    /** Returns whether a product has few rows. */
    static boolean suits(WindowProduct product) {
        return product.rows() <= MOST_ROWS;
    }

    /** Computes a product with all threads. */
    void multiply(WindowProduct product) {
        int count = product.batch() * product.groups();
        long work = (long) product.rows() * product.positions();
        work *= product.parts().stream().mapToInt(WindowProduct.Part::depth).sum();
        int together = Math.clamp(TASK_WORK / Math.max(work, 1), 1, count);
        pool.run(
                (count + together - 1) / together,
                (task, worker) -> {
                    int end = Math.min(count, (task + 1) * together);
                    for (int i = task * together; i < end; i++) {
                        multiply(product, i / product.groups(), i % product.groups());
                    }
                });
    }

    /** Computes one group of one image. */
    private void multiply(WindowProduct product, int image, int group) {
        int size = product.groupSize();
        float[] padded = scratch.floats(SLOT_IMAGE, size + PaddedImage.SLACK);
        int sourceGroup = product.sourceImageSize() / product.groups();
        int from = (image * product.groups() + group) * sourceGroup;
        product.image()
                .fill(
                        RowCopy.best(),
                        product.source().data(),
                        product.source().offset() + from,
                        product.channels(),
                        padded,
                        0);
        int[] positions = product.parts().getFirst().grid().sizes();
        int length = product.image().cell(positions[0] - 1, positions[1] - 1, positions[2]);
        float[] sums = scratch.floats(SLOT_SUMS, length + Correlation.SLACK);
        int count = product.positions();
        float[] results = scratch.floats(SLOT_RESULTS, product.parts().size() * count);
        int channel = product.targetChannel(image, group);
        for (int row = 0; row < product.rows(); row++) {
            Dense bias = product.bias();
            int number = group * product.rows() + row;
            float start = bias == null ? 0 : bias.data()[bias.offset() + number];
            for (int i = 0; i < product.parts().size(); i++) {
                var part = product.parts().get(i);
                float[] weights = weights(part, group, row);
                Correlation.best()
                        .weigh(padded, part.taps(), weights, part.depth(), start, length, sums);
                gather(product.image(), positions, sums, results, i * count);
            }
            store(product, results, channel + row * product.targetSize());
        }
    }

    private float[] weights(WindowProduct.Part part, int group, int row) {
        var weights = part.weights();
        float[] result = scratch.floats(SLOT_WEIGHTS, part.depth());
        float[] data = weights.data().data();
        int from = weights.group(group) + row * weights.rowStride();
        for (int k = 0; k < part.depth(); k++) {
            result[k] = data[from + (weights.columns() == null ? k : weights.columns()[k])];
        }
        return result;
    }

    /** Copies the sums of positions, without those of the ends of rows. */
    private void gather(PaddedImage image, int[] positions, float[] sums, float[] results, int to) {
        int width = positions[2];
        for (int z = 0; z < positions[0]; z++) {
            RowCopy.best()
                    .copy(
                            sums,
                            image.cell(z, 0, 0),
                            image.cells()[2],
                            positions[1],
                            width,
                            results,
                            to + z * positions[1] * width,
                            width);
        }
    }

    /** Copies the results of all parts to a channel of the target. */
    private void store(WindowProduct product, float[] results, int channel) {
        float[] target = product.target().data();
        int count = product.positions();
        for (int i = 0; i < product.parts().size(); i++) {
            Grid grid = product.parts().get(i).grid();
            int at = i * count;
            boolean last = i + 1 == product.parts().size();
            if (!last && grid.alternatesWith(product.parts().get(i + 1).grid())) {
                i++;
                grid.storeBoth(RowCopy.best(), results, at, i * count, 0, count, target, channel);
            } else {
                grid.store(RowCopy.best(), results, at, 0, count, target, channel);
            }
        }
    }
}
