package org.gradus.cpu.convolution;

import java.util.Arrays;
import java.util.List;
import org.gradus.cpu.matmul.Epilogue;
import org.gradus.cpu.matmul.Matrix;
import org.gradus.cpu.matmul.MicroKernel;
import org.gradus.cpu.matmul.MicroKernels;
import org.gradus.cpu.matmul.PackedBlock;
import org.gradus.cpu.matmul.Packing;
import org.gradus.cpu.threads.Scratch;
import org.gradus.cpu.threads.WorkerPool;

/**
 * For each image the product of a weight matrix {@code [rows, depth]} and the matrix of what a
 * window sees, {@code [depth, positions]}, of which only a block at a time exists, in panels.
 *
 * <p>A task takes some whole images, or part of one where there are few. It copies them with zeros
 * around and packs panels from the copies, which stay in the second-level cache. The positions of
 * several small images are counted on from one to the next, so that few panels are not whole; their
 * results are computed beside each other and then copied to each image. Cost: {@code 2 * batch *
 * rows * depth * positions} flops, and packing each panel once.
 */
final class ImplicitProduct {
    private static final int SLOT_WEIGHTS = 0;
    private static final int SLOT_IMAGES = 1;
    private static final int SLOT_PANELS = 2;
    private static final int SLOT_TILE = 3;
    private static final int SLOT_RESULTS = 4;
    private static final int SLOT_BIAS = 5;
    private static final int SCRATCH_SLOTS = 6;

    private static final int WIDTH = MicroKernel.WIDTH;

    /** Panels of positions that are packed at once at most. */
    private static final int MOST_PANELS = 16;

    /** Panels of an image whose results are kept at most before they are copied. */
    private static final int KEPT_PANELS = 32;

    /** Images are not put together, and single ones cut, below so many tasks. */
    private static final int ENOUGH_TASKS = 8;

    /** Images of so many panels are left alone: one that is not whole does not matter. */
    private static final int MANY_PANELS = 32;

    /** The elements of padded images that are put together at most. */
    private static final int TOGETHER_ELEMENTS = 1 << 18;

    private final WorkerPool pool;
    private final MicroKernels kernels;
    private final DirectProduct direct;
    private final Packing packing = Packing.fastest();
    private final Scratch scratch = new Scratch(SCRATCH_SLOTS);

    ImplicitProduct(WorkerPool pool, MicroKernels kernels) {
        this.pool = pool;
        this.kernels = kernels;
        direct = new DirectProduct(pool);
    }

    /** Computes the output of a convolution; {@code bias} may be null. */
    void forward(Geometry geometry, Dense input, Dense weight, Dense bias, Dense output) {
        var image = PaddedImage.ofInput(geometry);
        int filterSize = geometry.filterSize();
        var weights =
                new WindowProduct.Weights(
                        weight, geometry.groupFilters() * filterSize, filterSize, null);
        int[] taps = image.taps(geometry, geometry.groupChannels());
        var part = new WindowProduct.Part(taps, weights, Grid.dense(geometry.output()));
        multiply(
                new WindowProduct(
                        geometry.batch(),
                        geometry.groups(),
                        input,
                        image,
                        geometry.groupChannels(),
                        geometry.groupFilters(),
                        bias,
                        output,
                        geometry.outputSize(),
                        List.of(part)));
    }

    /** Computes a product with all threads. */
    void multiply(WindowProduct product) {
        int positions = product.positions();
        if (positions == 0 || product.batch() == 0) {
            return;
        }
        if (DirectProduct.suits(product)) {
            direct.multiply(product);
            return;
        }
        var weights =
                PackedWeights.pack(
                        product,
                        kernels.forRows(product.rows()),
                        packing,
                        pool,
                        scratch,
                        SLOT_WEIGHTS);
        float[] bias = paddedBias(product, weights.paddedRows());
        int together = imagesTogether(product);
        int imageTasks = PackedBlock.panels(product.batch(), together);
        int panels = PackedBlock.panels(together * positions, WIDTH);
        int cuts = Math.clamp(ENOUGH_TASKS / imageTasks, 1, (panels + 3) / 4);
        int cut = (PackedBlock.panels(panels, cuts) + 1) / 2 * 2;
        int panelTasks = together == 1 ? PackedBlock.panels(panels, cut) : 1;
        pool.run(
                imageTasks * panelTasks,
                (task, worker) -> {
                    int first = task / panelTasks * together;
                    int count = Math.min(together, product.batch() - first);
                    int end = PackedBlock.panels(count * positions, WIDTH);
                    int panel = task % panelTasks * cut;
                    int lastPanel = panelTasks == 1 ? end : Math.min(end, panel + cut);
                    var images = copyImages(product, first, count, lastPanel);
                    var job = new Task(product, weights, bias, images, first);
                    multiply(job, panel, lastPanel);
                });
    }

    /** What a task knows. */
    private record Task(
            WindowProduct product,
            PackedWeights weights,
            float[] bias,
            PositionPacking.Images images,
            int firstImage) {}

    /** Returns how many images to put together such that the fewest panels are needed. */
    private static int imagesTogether(WindowProduct product) {
        int positions = product.positions();
        if (positions >= MANY_PANELS * WIDTH) {
            return 1;
        }
        int room = TOGETHER_ELEMENTS / Math.max(1, product.imageSize());
        int most = Math.clamp(product.batch() / ENOUGH_TASKS, 1, Math.max(1, room));
        // Tasks of few panels read the weights too often.
        int least = Math.min(most, PackedBlock.panels(MOST_PANELS * WIDTH, positions));
        int best = least;
        int fewest = Integer.MAX_VALUE;
        for (int together = least; together <= most; together++) {
            int whole = product.batch() / together;
            int rest = product.batch() % together;
            int pairs = whole * pairs(together * positions) + pairs(rest * positions);
            if (pairs < fewest) {
                best = together;
                fewest = pairs;
            }
        }
        return best;
    }

    /** Returns how many pairs of panels hold so many positions: kernels compute two at a time. */
    private static int pairs(int positions) {
        return PackedBlock.panels(positions, 2 * WIDTH);
    }

    /**
     * Returns the biases of each group, with zeros for the rows that weights are filled up with.
     */
    private float[] paddedBias(WindowProduct product, int paddedRows) {
        Dense bias = product.bias();
        if (bias == null) {
            return null;
        }
        int size = product.groups() * paddedRows;
        float[] padded = scratch.floats(SLOT_BIAS, size);
        Arrays.fill(padded, 0, size, 0);
        for (int group = 0; group < product.groups(); group++) {
            int from = bias.offset() + group * product.rows();
            System.arraycopy(bias.data(), from, padded, group * paddedRows, product.rows());
        }
        return padded;
    }

    /** Copies images with zeros around, unless they can be read where they are. */
    private PositionPacking.Images copyImages(
            WindowProduct product, int first, int count, int endPanel) {
        int size = product.imageSize();
        int[] positions = product.parts().getFirst().grid().sizes();
        int from = product.source().offset() + first * product.sourceImageSize();
        float[] source = product.source().data();
        // A window of one element reads no further than its panels; others to the last channel's
        // end, and all as much over it as is missing for a vector.
        boolean single = count == 1 && product.positions() == product.image().channelSize();
        int over = single ? endPanel * WIDTH - product.positions() : 0;
        int end = from + count * size + over + PaddedImage.SLACK;
        if (product.image().isImage() && end <= source.length) {
            return new PositionPacking.Images(
                    source, from, size, count, product.image(), positions);
        }
        float[] padded = scratch.floats(SLOT_IMAGES, count * size + PaddedImage.SLACK);
        for (int i = 0; i < count; i++) {
            product.image()
                    .fill(
                            RowCopy.best(),
                            source,
                            from + i * product.sourceImageSize(),
                            product.groups() * product.channels(),
                            padded,
                            i * size);
        }
        return new PositionPacking.Images(padded, 0, size, count, product.image(), positions);
    }

    /** Computes some panels on one thread. */
    private void multiply(Task task, int firstPanel, int endPanel) {
        var product = task.product;
        var part = product.parts().getFirst();
        boolean inPlace =
                task.images.count() == 1
                        && product.parts().size() == 1
                        && part.grid().isDense()
                        && part.depth() > 0;
        int kept = task.images.count() == 1 ? KEPT_PANELS : endPanel - firstPanel;
        for (int group = 0; group < product.groups(); group++) {
            for (int from = firstPanel; from < endPanel; from += kept) {
                int to = Math.min(endPanel, from + kept);
                if (inPlace) {
                    multiplyInPlace(task, group, from, to);
                } else {
                    multiplyAndStore(task, group, from, to);
                }
            }
        }
    }

    private void multiplyInPlace(Task task, int group, int panel, int endPanel) {
        var product = task.product;
        int end = Math.min(endPanel * WIDTH, product.positions());
        var c =
                new Matrix(
                        product.target().data(),
                        product.targetChannel(task.firstImage, group) + panel * WIDTH,
                        product.targetSize(),
                        1);
        multiply(task, 0, group, panel, endPanel, product.rows(), end - panel * WIDTH, c);
    }

    /** Computes results in whole tiles beside each other and copies them to their images. */
    private void multiplyAndStore(Task task, int group, int panel, int endPanel) {
        var product = task.product;
        int width = (endPanel - panel) * WIDTH;
        int rows = task.weights.paddedRows();
        int parts = product.parts().size();
        var room = scratch.room(SLOT_RESULTS, parts * rows * width);
        float[] results = room.array();
        for (int part = 0; part < parts; part++) {
            int at = room.start() + part * rows * width;
            if (product.parts().get(part).depth() == 0) {
                Arrays.fill(results, at, at + rows * width, 0);
            } else {
                var c = new Matrix(results, at, width, 1);
                multiply(task, part, group, panel, endPanel, rows, width, c);
            }
        }
        int positions = product.positions();
        int first = panel * WIDTH;
        int end = Math.min(endPanel * WIDTH, task.images.count() * positions);
        while (first < end) {
            int image = first / positions;
            int last = Math.min(end, (image + 1) * positions);
            int channel = product.targetChannel(task.firstImage + image, group);
            int at = room.start() + first - panel * WIDTH;
            store(product, results, at, rows, width, first % positions, last - first, channel);
            first = last;
        }
    }

    /**
     * Copies the results of some positions of one image.
     *
     * @param rows the rows of a part's results
     * @param width the length of a row
     * @param position the first position
     * @param channel where the image's first channel begins in the target
     */
    private void store(
            WindowProduct product,
            float[] results,
            int from,
            int rows,
            int width,
            int position,
            int count,
            int channel) {
        float[] target = product.target().data();
        int end = position + count;
        int parts = product.parts().size();
        for (int row = 0; row < product.rows(); row++) {
            int to = channel + row * product.targetSize();
            for (int part = 0; part < parts; part++) {
                Grid grid = product.parts().get(part).grid();
                int at = from + (part * rows + row) * width;
                if (part + 1 < parts && grid.alternatesWith(product.parts().get(part + 1).grid())) {
                    int next = at + rows * width;
                    grid.storeBoth(RowCopy.best(), results, at, next, position, end, target, to);
                    part++;
                } else {
                    grid.store(RowCopy.best(), results, at, position, end, target, to);
                }
            }
        }
    }

    /**
     * Multiplies one group's weights of a part with some panels.
     *
     * @param c the results, {@code [rows, columns]}
     */
    private void multiply(
            Task task,
            int partIndex,
            int group,
            int firstPanel,
            int endPanel,
            int rows,
            int columns,
            Matrix c) {
        var product = task.product;
        var weights = task.weights;
        var part = product.parts().get(partIndex);
        int depthStep = PackedWeights.depthStep(part.depth());
        int most = Math.min(MOST_PANELS, endPanel - firstPanel);
        var packed = scratch.room(SLOT_PANELS, most * WIDTH * depthStep + PositionPacking.SLACK);
        float[] tile = scratch.floats(SLOT_TILE, PackedBlock.LARGEST_TILE);
        int rowPanels = weights.paddedRows() / weights.kernel().rows();
        var epilogue = epilogue(task, group);
        for (int panel = firstPanel; panel < endPanel; panel += MOST_PANELS) {
            int end = Math.min(endPanel, panel + MOST_PANELS);
            int column = (panel - firstPanel) * WIDTH;
            for (int k = 0; k < part.depth(); k += depthStep) {
                int depth = Math.min(depthStep, part.depth() - k);
                PositionPacking.best()
                        .pack(
                                task.images,
                                group * product.groupSize(),
                                part.taps(),
                                k,
                                depth,
                                panel,
                                end,
                                packed.array(),
                                packed.start());
                var block =
                        new PackedBlock(
                                weights.kernel(),
                                rows,
                                Math.min((end - panel) * WIDTH, columns - column),
                                depth,
                                weights.data(),
                                weights.offset(product, partIndex, group, k),
                                packed.array(),
                                packed.start(),
                                c.from(0, column),
                                epilogue,
                                k == 0,
                                k + depth == part.depth());
                block.compute(0, rowPanels, 0, end - panel, tile);
            }
        }
    }

    private static Epilogue epilogue(Task task, int group) {
        return task.bias == null
                ? Epilogue.NONE
                : new Epilogue(
                        1,
                        0,
                        new Matrix(task.bias, group * task.weights.paddedRows(), 1, 0),
                        false);
    }
}
