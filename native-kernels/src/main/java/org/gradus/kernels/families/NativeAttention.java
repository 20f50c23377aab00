package org.gradus.kernels.families;

import java.util.Optional;
import org.gradus.device.AttentionKernels;
import org.gradus.device.Buffer;
import org.gradus.device.View;
import org.gradus.dtype.DType;

/**
 * Attention by tiles of queries and keys, forward as in FlashAttention-2 (Dao, 2023); the gradient
 * is computed for one operand after the other, so that no sum is made by atomic additions. Any
 * sizes will do; what is wider than {@link #MOST_CHUNKS} times {@link #COLUMNS} is shared among
 * groups.
 *
 * <p>Local memory: 22 KB. Work-groups of 64.
 */
final class NativeAttention implements AttentionKernels {
    /** The tiles' sizes, as {@code attention.h} has them. */
    private static final int ROWS = 32;

    private static final int COLUMNS = 64;
    private static final int GROUP = 64;

    /** Results of so many columns fit into a work-item's registers. */
    private static final int MOST_CHUNKS = 2;

    private final Templates templates;

    NativeAttention(Templates templates) {
        this.templates = templates;
    }

    @Override
    public void forward(
            View query,
            View key,
            View value,
            Optional<View> mask,
            boolean causal,
            double scale,
            View output,
            View logSums) {
        int valueSize = output.shape().size(3);
        int chunks = chunks(valueSize);
        Launch launch = templates.launch("attention").include("attention.h").groupSize(GROUP);
        matrices(launch, "query", query);
        matrices(launch, "key", key);
        matrices(launch, "value", value);
        mask(launch, mask);
        matrices(launch, "output", output);
        launch.set("CHUNKS", chunks)
                .view("sums", logSums)
                .word("heads", query.shape().size(1))
                .word("heads_per_key", headsPerKey(query, key))
                .word("queries", query.shape().size(2))
                .word("keys", key.shape().size(2))
                .word("size", query.shape().size(3))
                .word("value_size", valueSize)
                .word("causal", causal ? 1 : 0)
                .number("scale", scale);
        run(launch, query, valueSize);
    }

    @Override
    public void backward(
            View outputGradient,
            View query,
            View key,
            View value,
            Optional<View> mask,
            boolean causal,
            double scale,
            View output,
            View logSums,
            View queryGradient,
            View keyGradient,
            View valueGradient) {
        Buffer products = products(outputGradient, output);
        Gradient gradient =
                new Gradient(
                        templates, headsPerKey(query, key), mask, causal, scale, logSums, products);
        gradient.run(false, query, key, outputGradient, value, Right.of(key), queryGradient);
        gradient.run(true, key, query, value, outputGradient, Right.of(query), keyGradient);
        gradient.run(
                true,
                key,
                query,
                value,
                outputGradient,
                Right.unweighted(outputGradient),
                valueGradient);
        products.release();
    }

    /** Returns for each query the product of its output with its gradient, in single precision. */
    private Buffer products(View gradient, View output) {
        int batch = output.shape().size(0);
        int heads = output.shape().size(1);
        int queries = output.shape().size(2);
        int size = output.shape().size(3);
        long rows = (long) batch * heads * queries;
        Buffer products = templates.launcher().allocate(DType.F32, rows);
        if (rows > 0) {
            Lanes lanes = Lanes.ofRows(templates, size);
            Launch launch = lanes.begin("attention_products");
            matrices(launch, "gradient", gradient);
            matrices(launch, "output", output);
            launch.pointer("products", products)
                    .word("batch", batch)
                    .word("heads", heads)
                    .word("queries", queries)
                    .word("size", size)
                    .run(lanes.groups(rows));
        }
        return products;
    }

    /**
     * What is summed for a gradient.
     *
     * @param view has as many rows as the scores have columns
     * @param slopes whether it is weighted by the gradients of the scores, not by the attention
     */
    private record Right(View view, boolean slopes) {
        static Right of(View view) {
            return new Right(view, true);
        }

        static Right unweighted(View view) {
            return new Right(view, false);
        }
    }

    /** What the gradients of one attention have in common. */
    private record Gradient(
            Templates templates,
            int headsPerKey,
            Optional<View> mask,
            boolean causal,
            double scale,
            View logSums,
            Buffer products) {
        /**
         * Computes the gradient of an operand.
         *
         * @param row one operand of the scores: the result has as many rows
         * @param column the other one
         * @param rowSlope what the gradients of the weights are made of, for the rows
         * @param columnSlope the same for the columns
         */
        void run(
                boolean rowsAreKeys,
                View row,
                View column,
                View rowSlope,
                View columnSlope,
                Right right,
                View result) {
            Launch launch =
                    templates.launch("attention_gradient").include("attention.h").groupSize(GROUP);
            matrices(launch, "row", row);
            matrices(launch, "column", column);
            matrices(launch, "right", right.view);
            NativeAttention.mask(launch, mask);
            launch.view("sums", logSums);
            matrices(launch, "row_slope", rowSlope);
            matrices(launch, "column_slope", columnSlope);
            launch.pointer("dots", products);
            matrices(launch, "result", result);
            int rightSize = right.view.shape().size(3);
            launch.set("CHUNKS", chunks(rightSize))
                    .word("rows_are_keys", rowsAreKeys ? 1 : 0)
                    .word("has_slopes", right.slopes ? 1 : 0)
                    .word("row_heads", row.shape().size(1))
                    .word("heads_per_key", headsPerKey)
                    .word("rows", row.shape().size(2))
                    .word("columns", column.shape().size(2))
                    .word("size", row.shape().size(3))
                    .word("slope_size", rowSlope.shape().size(3))
                    .word("right_size", rightSize)
                    .word("causal", causal ? 1 : 0)
                    .number("scale", scale);
            NativeAttention.run(launch, row, rightSize);
        }
    }

    private static int headsPerKey(View query, View key) {
        return query.shape().size(1) / Math.max(1, key.shape().size(1));
    }

    private static int chunks(int columns) {
        return Math.clamp(Math.ceilDiv(columns, COLUMNS), 1, MOST_CHUNKS);
    }

    /** Runs a kernel with a group for each tile of rows and each part of the columns. */
    private static void run(Launch launch, View row, int columns) {
        int parts = Math.max(1, Math.ceilDiv(columns, chunks(columns) * COLUMNS));
        long tiles = Math.ceilDiv(row.shape().size(2), ROWS);
        long groups = tiles * row.shape().size(0) * row.shape().size(1) * parts;
        if (groups > 0) {
            launch.word("parts", parts).run(groups);
        }
    }

    /** Adds a view {@code [batch, heads, rows, columns]} whose columns are neighbours. */
    private static void matrices(Launch launch, String name, View view) {
        launch.view(name, view)
                .word(name + "_n", view.strides()[0])
                .word(name + "_h", view.strides()[1])
                .word(name + "_r", view.strides()[2]);
    }

    private static void mask(Launch launch, Optional<View> mask) {
        launch.set("HAS_MASK", mask.isPresent());
        mask.ifPresent(
                view -> {
                    matrices(launch, "mask", view);
                    launch.word("mask_c", view.strides()[3]);
                });
    }
}
