package org.gradus.nn;

import java.util.function.UnaryOperator;
import org.gradus.tensor.Tensor;

/**
 * What the layers of a Transformer are made of; the defaults are PyTorch's.
 *
 * <pre>{@code
 * TransformerSettings.of(192, 6).withFeedforward(768).withNormFirst().withActivation(Tensor::gelu)
 * }</pre>
 *
 * @param size of a step
 * @param heads of each attention; {@code size} is a multiple
 * @param keyHeads heads of keys and values; {@code heads} is a multiple
 * @param feedforward the size of the hidden layer between attentions
 * @param dropout the probability of attention weights, hidden units and outputs to be 0 in training
 * @param activation of the hidden layer
 * @param epsilon added to variances by layer normalization
 * @param normFirst whether the input of attention and feedforward layers is normalized (Xiong et
 *     al., 2020), rather than the sum of their output and input
 * @param causal whether steps see no later ones of their own sequence
 * @param bias whether linear layers and normalizations have biases
 * @param rotaryBase of rotary positions, see {@link RotaryEmbedding}; 0 for none
 */
public record TransformerSettings(
        int size,
        int heads,
        int keyHeads,
        int feedforward,
        double dropout,
        UnaryOperator<Tensor> activation,
        double epsilon,
        boolean normFirst,
        boolean causal,
        boolean bias,
        double rotaryBase) {
    /** Returns the defaults: 2048 hidden units, dropout 0.1, ReLU, normalization of sums. */
    public static TransformerSettings of(int size, int heads) {
        return new TransformerSettings(
                size, heads, heads, 2048, 0.1, Tensor::relu, 1e-5, false, false, true, 0);
    }

    /** Returns these settings with fewer heads of keys and values. */
    public TransformerSettings withKeyHeads(int count) {
        return new TransformerSettings(
                size,
                heads,
                count,
                feedforward,
                dropout,
                activation,
                epsilon,
                normFirst,
                causal,
                bias,
                rotaryBase);
    }

    /** Returns these settings with another number of hidden units. */
    public TransformerSettings withFeedforward(int units) {
        return new TransformerSettings(
                size,
                heads,
                keyHeads,
                units,
                dropout,
                activation,
                epsilon,
                normFirst,
                causal,
                bias,
                rotaryBase);
    }

    /** Returns these settings with another dropout. */
    public TransformerSettings withDropout(double probability) {
        return new TransformerSettings(
                size,
                heads,
                keyHeads,
                feedforward,
                probability,
                activation,
                epsilon,
                normFirst,
                causal,
                bias,
                rotaryBase);
    }

    /** Returns these settings with another activation, as in {@code Tensor::gelu}. */
    public TransformerSettings withActivation(UnaryOperator<Tensor> function) {
        return new TransformerSettings(
                size,
                heads,
                keyHeads,
                feedforward,
                dropout,
                function,
                epsilon,
                normFirst,
                causal,
                bias,
                rotaryBase);
    }

    /** Returns these settings with another number added to variances. */
    public TransformerSettings withEpsilon(double value) {
        return new TransformerSettings(
                size,
                heads,
                keyHeads,
                feedforward,
                dropout,
                activation,
                value,
                normFirst,
                causal,
                bias,
                rotaryBase);
    }

    /** Returns these settings with normalized inputs. */
    public TransformerSettings withNormFirst() {
        return new TransformerSettings(
                size,
                heads,
                keyHeads,
                feedforward,
                dropout,
                activation,
                epsilon,
                true,
                causal,
                bias,
                rotaryBase);
    }

    /** Returns these settings with steps that see no later ones. */
    public TransformerSettings withCausal() {
        return new TransformerSettings(
                size,
                heads,
                keyHeads,
                feedforward,
                dropout,
                activation,
                epsilon,
                normFirst,
                true,
                bias,
                rotaryBase);
    }

    /** Returns these settings with steps that see all others. */
    public TransformerSettings withoutCausal() {
        return new TransformerSettings(
                size,
                heads,
                keyHeads,
                feedforward,
                dropout,
                activation,
                epsilon,
                normFirst,
                false,
                bias,
                rotaryBase);
    }

    /** Returns these settings without biases. */
    public TransformerSettings withoutBias() {
        return new TransformerSettings(
                size,
                heads,
                keyHeads,
                feedforward,
                dropout,
                activation,
                epsilon,
                normFirst,
                causal,
                false,
                rotaryBase);
    }

    /** Returns these settings with rotary positions. */
    public TransformerSettings withRotary(double base) {
        return new TransformerSettings(
                size,
                heads,
                keyHeads,
                feedforward,
                dropout,
                activation,
                epsilon,
                normFirst,
                causal,
                bias,
                base);
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
