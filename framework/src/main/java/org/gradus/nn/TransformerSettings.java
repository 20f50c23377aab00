package org.gradus.nn;

import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.gradus.tensor.Tensor;

/**
 * What the layers of a Transformer are made of. The defaults are PyTorch's: 2048 hidden units,
 * dropout 0.1, ReLU, normalization of sums, biases. Settings do not change: each method returns
 * others.
 *
 * <pre>{@code
 * TransformerSettings.of(192, 6).withFeedforward(768).withNormFirst().withActivation(Tensor::gelu)
 * }</pre>
 */
public final class TransformerSettings {
    private final int size;
    private final int heads;
    private int keyHeads;
    private int feedforward = 2048;
    private double dropout = 0.1;
    private UnaryOperator<Tensor> activation = Tensor::relu;
    private double epsilon = 1e-5;
    private boolean normFirst;
    private boolean causal;
    private boolean bias = true;
    private double rotaryBase;

    private TransformerSettings(int size, int heads) {
        this.size = size;
        this.heads = heads;
        this.keyHeads = heads;
    }

    /**
     * Returns the defaults.
     *
     * @param size of a step
     * @param heads of each attention; {@code size} is a multiple
     */
    public static TransformerSettings of(int size, int heads) {
        return new TransformerSettings(size, heads);
    }

    private TransformerSettings with(Consumer<TransformerSettings> change) {
        TransformerSettings copy = new TransformerSettings(size, heads);
        copy.keyHeads = keyHeads;
        copy.feedforward = feedforward;
        copy.dropout = dropout;
        copy.activation = activation;
        copy.epsilon = epsilon;
        copy.normFirst = normFirst;
        copy.causal = causal;
        copy.bias = bias;
        copy.rotaryBase = rotaryBase;
        change.accept(copy);
        return copy;
    }

    /**
     * Returns these settings with fewer heads of keys and values, of which the heads are a
     * multiple.
     */
    public TransformerSettings withKeyHeads(int count) {
        return with(copy -> copy.keyHeads = count);
    }

    /** Returns these settings with another number of hidden units between attentions. */
    public TransformerSettings withFeedforward(int units) {
        return with(copy -> copy.feedforward = units);
    }

    /**
     * Returns these settings with another probability of attention weights, hidden units and
     * outputs to be 0 in training.
     */
    public TransformerSettings withDropout(double probability) {
        return with(copy -> copy.dropout = probability);
    }

    /**
     * Returns these settings with another activation of the hidden units, as in {@code
     * Tensor::gelu}.
     */
    public TransformerSettings withActivation(UnaryOperator<Tensor> function) {
        return with(copy -> copy.activation = function);
    }

    /** Returns these settings with another number added to variances by layer normalization. */
    public TransformerSettings withEpsilon(double value) {
        return with(copy -> copy.epsilon = value);
    }

    /**
     * Returns these settings with normalized inputs of attention and feedforward layers (Xiong et
     * al., 2020), rather than sums of output and input.
     */
    public TransformerSettings withNormFirst() {
        return with(copy -> copy.normFirst = true);
    }

    /** Returns these settings with steps that see no later ones of their own sequence. */
    public TransformerSettings withCausal() {
        return with(copy -> copy.causal = true);
    }

    /** Returns these settings with steps that see all others. */
    public TransformerSettings withoutCausal() {
        return with(copy -> copy.causal = false);
    }

    /** Returns these settings without biases in linear layers and normalizations. */
    public TransformerSettings withoutBias() {
        return with(copy -> copy.bias = false);
    }

    /** Returns these settings with rotary positions, see {@link RotaryEmbedding}; 0 for none. */
    public TransformerSettings withRotary(double base) {
        return with(copy -> copy.rotaryBase = base);
    }

    /** Returns the size of a step. */
    public int size() {
        return size;
    }

    int feedforward() {
        return feedforward;
    }

    /** Returns the probability of dropout. */
    public double dropout() {
        return dropout;
    }

    UnaryOperator<Tensor> activation() {
        return activation;
    }

    MultiheadAttention selfAttention() {
        MultiheadAttention attention = crossAttention();
        attention = causal ? attention.causal() : attention;
        return rotaryBase > 0 ? attention.rotary(rotaryBase) : attention;
    }

    MultiheadAttention crossAttention() {
        MultiheadAttention attention =
                new MultiheadAttention(size, heads).keyHeads(keyHeads).dropout(dropout);
        return bias ? attention : attention.withoutBias();
    }

    Linear linear(int in, int out) {
        Linear linear = new Linear(in, out);
        return bias ? linear : linear.withoutBias();
    }

    LayerNorm norm() {
        LayerNorm norm = new LayerNorm(size).epsilon(epsilon);
        return bias ? norm : norm.withoutBias();
    }

    /** Returns the sum of a part's output and its input, one of them normalized. */
    Tensor residual(LayerNorm norm, Dropout dropout, Tensor x, UnaryOperator<Tensor> part) {
        return normFirst
                ? x.add(dropout.apply(part.apply(norm.apply(x))))
                : norm.apply(x.add(dropout.apply(part.apply(x))));
    }
}
