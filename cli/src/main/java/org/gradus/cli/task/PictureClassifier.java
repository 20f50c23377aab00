package org.gradus.cli.task;

import java.util.List;
import org.gradus.cli.data.PictureFormat;
import org.gradus.cli.input.InputException;
import org.gradus.nn.Layer;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/** A model that was trained to tell pictures apart. */
final class PictureClassifier implements Classifier {
    private static final int BATCH = 256;

    private final Layer model;
    private final PictureFormat format;

    PictureClassifier(Layer model, PictureFormat format) {
        this.model = model;
        this.format = format;
    }

    @Override
    public List<String> classes() {
        return format.classes();
    }

    @Override
    public long[] classify(HostArray pictures) {
        Shape shape = pictures.shape().without(0);
        if (!shape.equals(format.shape())) {
            throw new InputException(
                    "the classifier learned from pictures "
                            + format.shape()
                            + ", not "
                            + shape
                            + "; give a run of the same data");
        }
        int count = pictures.shape().size(0);
        long[] labels = new long[count];
        for (int start = 0; start < count; start += BATCH) {
            int first = start;
            int size = Math.min(BATCH, count - start);
            Tensor predicted =
                    Scope.compute(
                            () -> {
                                Tensor all = Tensor.of(pictures, model.device());
                                Tensor some = format.scaled(all.narrow(0, first, size));
                                return model.apply(some).argmax(1);
                            });
            System.arraycopy(predicted.toHost().toLongs(), 0, labels, start, size);
            predicted.release();
        }
        return labels;
    }
}
