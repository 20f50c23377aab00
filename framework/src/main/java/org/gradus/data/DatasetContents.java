package org.gradus.data;

/** What is in a data set: samples, or what samples are yet to be made of. */
public sealed interface DatasetContents {

    /**
     * Samples that are ready for a model.
     *
     * @param split the two parts
     */
    record Samples(Split split) implements DatasetContents {}

    /**
     * Running text, of which a tokenizer and {@link LanguageModelDataset} make samples.
     *
     * @param parts the two parts
     */
    record Text(Parts<String> parts) implements DatasetContents {}

    /**
     * Texts with classes, of which {@link LabeledTexts#encode} makes samples.
     *
     * @param parts the two parts
     */
    record Texts(Parts<LabeledTexts> parts) implements DatasetContents {}

    /**
     * Pairs of texts, of which {@link TextPairs#encode} makes samples.
     *
     * @param parts the two parts
     */
    record Pairs(Parts<TextPairs> parts) implements DatasetContents {}
}
