package org.gradus.train;

import java.util.ArrayList;
import java.util.List;
import org.gradus.data.Batch;
import org.gradus.data.BatchIterator;
import org.gradus.nn.Layer;

/** How batches reach models. */
final class Batches {
    private Batches() {}

    /** Takes the next few batches, fewer at the end of the epoch. */
    static List<Batch> upTo(int count, BatchIterator batches) {
        List<Batch> group = new ArrayList<>();
        while (group.size() < count && batches.hasNext()) {
            group.add(batches.next());
        }
        return group;
    }

    static Forward singleInput(Layer model) {
        return inputs -> {
            if (inputs.size() != 1) {
                throw new TrainingException(
                        "the model takes 1 input, the samples have "
                                + inputs.size()
                                + ": say how it is called, as in Trainer.of(model, inputs -> ...)");
            }
            return model.apply(inputs.getFirst());
        };
    }
}
