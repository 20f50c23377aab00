package org.gradus.cli.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.gradus.cli.input.InputException;

/**
 * What the samples of a data set are, and what a model's outputs for them mean; kept with a run, so
 * that its model can be used without the training data. A kind of data is a record that implements
 * this.
 */
public interface DataFormat {
    /** The field of the JSON object that says of which kind it is. */
    String KIND = "kind";

    /** Returns what the samples are, in a few words, as in {@code samples [1, 28, 28]}. */
    String description();

    /** Returns whether a model that was trained on such data can be measured on others. */
    boolean fits(DataFormat others);

    /** Returns all of it as JSON, with its kind in the field {@link #KIND}. */
    ObjectNode json();

    /**
     * Reads what {@link #json} returned.
     *
     * @throws IllegalArgumentException if it is of no known kind, or something is wrong in it
     */
    static DataFormat of(JsonNode json) {
        String kind = json.path(KIND).asText(PictureFormat.KIND_OF_THIS);
        return switch (kind) {
            case PictureFormat.KIND_OF_THIS -> PictureFormat.of(json);
            case RowFormat.KIND_OF_THIS -> RowFormat.of(json);
            case SeriesFormat.KIND_OF_THIS -> SeriesFormat.of(json);
            case TokenFormat.KIND_OF_THIS -> TokenFormat.of(json);
            case LabeledTextFormat.KIND_OF_THIS -> LabeledTextFormat.of(json);
            case TextPairFormat.KIND_OF_THIS -> TextPairFormat.of(json);
            default -> throw new IllegalArgumentException("it is of the unknown kind " + kind);
        };
    }

    /**
     * Returns this as the kind of format that a model or a task needs.
     *
     * @param user what needs it, as in {@code the model lenet}
     * @param wanted what it needs, as in {@code pictures}
     * @throws InputException if the data are of another kind
     */
    default <F extends DataFormat> F as(Class<F> type, String user, String wanted) {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        throw new InputException(
                user
                        + " needs "
                        + wanted
                        + ", but the data are "
                        + description()
                        + "; choose others");
    }
}
