package org.gradus.nn;

import java.util.List;
import org.gradus.shape.Shape;
import org.gradus.tensor.AttentionOptions;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * Attention of several heads (Vaswani et al., 2017): {@code [batch, queries, size]} to the same
 * shape. As a layer of one tensor, a sequence attends to itself.
 *
 * <p>Parameters, PyTorch's: {@code in_proj_weight [3 * size, size]} and {@code in_proj_bias [3 *
 * size]} for queries, keys and values, one after the other, and {@code out_proj.weight [size,
 * size]} and {@code out_proj.bias [size]}. Where keys and values have sizes of their own, {@code
 * q_proj_weight}, {@code k_proj_weight} and {@code v_proj_weight} stand for the first. With fewer
 * key heads there are as many fewer rows for keys and values. Projections are Glorot-uniform at
 * first, biases 0.
 *
 * <p>Masks broadcast to {@code [batch, heads, queries, keys]}: of {@code BOOL}, true where a query
 * may see a key (PyTorch's module has it the other way round, its {@code
 * scaled_dot_product_attention} this way); or of a floating type, added to the scores. Null is no
 * mask. Settings are made by methods that return a new layer.
 */
public final class MultiheadAttention extends Layer {
    private record Sizes(int size, int heads, int keyHeads, int keySize, int valueSize) {
        boolean isPacked() {
            return keySize == size && valueSize == size;
        }

        int headSize() {
            return size / heads;
        }

        /** The sizes of all key heads together. */
        int keyRows() {
            return keyHeads * headSize();
        }
    }

    private record Options(boolean bias, double dropout, boolean causal, double rotaryBase) {}

    private final Sizes sizes;
    private final Options options;
    private final Parameter[] weights;
    private final Parameter bias;
    private final Linear output;
    private final RandomStream random = randomStream("generator");
    private final RotaryEmbedding rotary;

    /**
     * Creates the layer without dropout, in which all steps see each other.
     *
     * @param size of a step, a multiple of {@code heads}
     */
    public MultiheadAttention(int size, int heads) {
        this(new Sizes(size, heads, heads, size, size), new Options(true, 0, false, 0));
    }

    private MultiheadAttention(Sizes sizes, Options options) {
        this.sizes = sizes;
        this.options = options;
        int size = Arguments.positive("MultiheadAttention", "size", sizes.size());
        Arguments.positive("MultiheadAttention", "heads", sizes.heads());
        Arguments.positive("MultiheadAttention", "keyHeads", sizes.keyHeads());
        if (size % sizes.heads() != 0 || sizes.heads() % sizes.keyHeads() != 0) {
            throw new IllegalArgumentException(
                    ("MultiheadAttention: a size of %d, %d heads and %d key heads do not fit: each"
                                    + " must be a multiple of the next")
                            .formatted(size, sizes.heads(), sizes.keyHeads()));
        }
        Initializer xavier = Initializer.xavierUniform(1);
        int rows = sizes.keyRows();
        if (sizes.isPacked()) {
            weights =
                    new Parameter[] {
                        parameter("in_proj_weight", Shape.of(size + 2 * rows, size), xavier)
                    };
        } else {
            weights =
                    new Parameter[] {
                        parameter("q_proj_weight", Shape.of(size, size), xavier),
                        parameter("k_proj_weight", Shape.of(rows, sizes.keySize()), xavier),
                        parameter("v_proj_weight", Shape.of(rows, sizes.valueSize()), xavier)
                    };
        }
        bias =
                options.bias()
                        ? parameter("in_proj_bias", Shape.of(size + 2 * rows), Initializer.zeros())
                        : null;
        Linear last = new Linear(size, size);
        output = module("out_proj", options.bias() ? last : last.withoutBias());
        if (options.bias()) {
            output.bias().initializeWith(Initializer.zeros());
        }
        double base = options.rotaryBase();
        rotary = base > 0 ? new RotaryEmbedding(sizes.headSize(), base) : null;
    }

    private MultiheadAttention with(Sizes changed) {
        requireUnused();
        return new MultiheadAttention(changed, options);
    }

    private MultiheadAttention with(Options changed) {
        requireUnused();
        return new MultiheadAttention(sizes, changed);
    }

    /** Returns a layer like this one in which as many neighbouring heads share keys and values. */
    public MultiheadAttention keyHeads(int count) {
        return with(new Sizes(sizes.size, sizes.heads, count, sizes.keySize, sizes.valueSize));
    }

    /** Returns a layer like this one for keys and values with other sizes than queries. */
    public MultiheadAttention keyAndValueSizes(int keySize, int valueSize) {
        Arguments.positive("MultiheadAttention", "keySize", keySize);
        Arguments.positive("MultiheadAttention", "valueSize", valueSize);
        return with(new Sizes(sizes.size, sizes.heads, sizes.keyHeads, keySize, valueSize));
    }

    /** Returns a layer like this one without biases. */
    public MultiheadAttention withoutBias() {
        return with(new Options(false, options.dropout, options.causal, options.rotaryBase));
    }

    /** Returns a layer like this one that drops attention weights while training. */
    public MultiheadAttention dropout(double probability) {
        Arguments.probability("MultiheadAttention", probability);
        return with(new Options(options.bias, probability, options.causal, options.rotaryBase));
    }

    /** Returns a layer like this one in which no step of a sequence sees later ones of its own. */
    public MultiheadAttention causal() {
        return with(new Options(options.bias, options.dropout, true, options.rotaryBase));
    }

    /**
     * Returns a layer like this one in which queries and keys of a sequence that attends to itself
     * are turned by their positions; see {@link RotaryEmbedding}.
     *
     * @param base of the wavelengths, commonly 10000
     */
    public MultiheadAttention rotary(double base) {
        return with(new Options(options.bias, options.dropout, options.causal, base));
    }

    /**
     * Returns the mask that hides padding from all queries.
     *
     * @param padding {@code [batch, keys]}, true where a key is padding
     * @return {@code [batch, 1, 1, keys]}, true where it is not
     */
    public static Tensor maskOfPadding(Tensor padding) {
        return padding.not().unsqueeze(1).unsqueeze(1);
    }

    @Override
    protected Tensor forward(Tensor x) {
        return self(x, null);
    }

    /** Returns the attention of a sequence {@code [batch, steps, size]} to itself. */
    public Tensor apply(Tensor x, Tensor mask) {
        ensureInitialized(x::device);
        return within(() -> self(x, mask));
    }

    private Tensor self(Tensor x, Tensor mask) {
        AttentionOptions masked = options(mask, options.causal());
        Tensor packed = projected(x);
        if (rotary == null) {
            int heads = sizes.heads();
            return joined(packed.packedAttention(heads, sizes.keyHeads(), masked));
        }
        List<Tensor> parts = parts(packed, 0);
        return joined(parts.get(0).attention(parts.get(1), parts.get(2), masked));
    }

    /**
     * Returns the attention of a sequence to itself and to the steps that a cache remembers, and
     * adds it to those. No gradients are recorded.
     *
     * @param mask broadcasts to {@code [batch, heads, steps, steps of the cache and these]}
     */
    public Tensor apply(Tensor x, Tensor mask, KeyValueCache cache) {
        if (cache == null) {
            return apply(x, mask);
        }
        ensureInitialized(x::device);
        return within(() -> Autograd.withoutGradients(() -> continued(x, mask, cache)));
    }

    private Tensor continued(Tensor x, Tensor mask, KeyValueCache cache) {
        Tensor packed = projected(x);
        List<Tensor> parts = parts(packed, cache.steps(this));
        KeyValueCache.Entry all = cache.append(this, parts.get(1), parts.get(2));
        return joined(
                parts.get(0).attention(all.key(), all.value(), options(mask, options.causal())));
    }

    /**
     * Returns the attention of queries to other steps.
     *
     * @param query {@code [batch, queries, size]}
     * @param key {@code [batch, keys, keySize]}
     * @param value {@code [batch, keys, valueSize]}
     */
    public Tensor apply(Tensor query, Tensor key, Tensor value, Tensor mask) {
        ensureInitialized(query::device);
        return within(() -> attend(query, projected(key, value), mask));
    }

    /**
     * Returns the attention of queries to a memory {@code [batch, keys, size]}, whose keys and
     * values are computed once for a cache; null for none.
     */
    public Tensor applyToMemory(Tensor query, Tensor memory, Tensor mask, KeyValueCache cache) {
        if (cache == null) {
            return apply(query, memory, memory, mask);
        }
        ensureInitialized(query::device);
        return within(
                () ->
                        Autograd.withoutGradients(
                                () -> {
                                    var known = cache.memory(this, () -> projected(memory, memory));
                                    return attend(query, known, mask);
                                }));
    }

    private Tensor attend(Tensor query, KeyValueCache.Entry projected, Tensor mask) {
        check("a query", query, sizes.size());
        Tensor q = heads(project(query, 0, 0, sizes.size()), sizes.heads());
        return joined(q.attention(projected.key(), projected.value(), options(mask, false)));
    }

    /** The queries, keys and values of a sequence that attends to itself, side by side. */
    private Tensor projected(Tensor x) {
        check("a sequence", x, sizes.size());
        if (!sizes.isPacked()) {
            throw new TensorException(
                    "MultiheadAttention: a sequence of size %d cannot attend to itself with keys of"
                                    .formatted(sizes.size())
                            + " size %d and values of size %d; give them with the query"
                                    .formatted(sizes.keySize(), sizes.valueSize()));
        }
        return x.linear(weights[0].value(), bias == null ? null : bias.value());
    }

    /** The keys and values by head; a memory that is both is multiplied once. */
    private KeyValueCache.Entry projected(Tensor key, Tensor value) {
        check("a key", key, sizes.keySize());
        check("a value", value, sizes.valueSize());
        int size = sizes.size();
        int rows = sizes.keyRows();
        int count = sizes.keyHeads();
        if (key == value && sizes.isPacked()) {
            Tensor both = project(key, 0, size, 2 * rows);
            return new KeyValueCache.Entry(
                    heads(both.narrow(2, 0, rows), count),
                    heads(both.narrow(2, rows, rows), count));
        }
        return new KeyValueCache.Entry(
                heads(project(key, 1, size, rows), count),
                heads(project(value, 2, size + rows, rows), count));
    }

    /** Projects by some rows of the packed weight, or by one of the separate ones. */
    private Tensor project(Tensor x, int separate, int from, int rows) {
        Tensor weight =
                sizes.isPacked()
                        ? weights[0].value().narrow(0, from, rows)
                        : weights[separate].value();
        return x.linear(weight, bias == null ? null : bias.value().narrow(0, from, rows));
    }

    /** Query, key and value by head, turned by position if that is wanted. */
    private List<Tensor> parts(Tensor packed, int position) {
        int size = sizes.size();
        int rows = sizes.keyRows();
        Tensor query = heads(packed.narrow(2, 0, size), sizes.heads());
        Tensor key = heads(packed.narrow(2, size, rows), sizes.keyHeads());
        Tensor value = heads(packed.narrow(2, size + rows, rows), sizes.keyHeads());
        return rotary == null
                ? List.of(query, key, value)
                : List.of(rotary.apply(query, position), rotary.apply(key, position), value);
    }

    private Tensor heads(Tensor x, int count) {
        return x.reshape(x.size(0), x.size(1), count, sizes.headSize()).transpose(1, 2);
    }

    private Tensor joined(Tensor byHead) {
        Tensor bySteps = byHead.transpose(1, 2);
        return output.apply(bySteps.reshape(bySteps.size(0), bySteps.size(1), sizes.size()));
    }

    private AttentionOptions options(Tensor mask, boolean causal) {
        AttentionOptions result = AttentionOptions.DEFAULT.withMask(mask);
        result = causal ? result.withCausal() : result;
        return isTraining() && options.dropout() > 0
                ? result.withDropout(options.dropout(), random.generator())
                : result;
    }

    private static void check(String what, Tensor x, int size) {
        if (x.rank() != 3 || x.size(2) != size) {
            throw new TensorException(
                    "MultiheadAttention: %s of shape %s is not [batch, steps, %d]"
                            .formatted(what, x.shape(), size));
        }
    }

    @Override
    public String toString() {
        String keys = sizes.keyHeads() == sizes.heads() ? "" : "/" + sizes.keyHeads();
        return "MultiheadAttention(%d, heads %d%s%s)"
                .formatted(sizes.size(), sizes.heads(), keys, options.causal() ? ", causal" : "");
    }
}
