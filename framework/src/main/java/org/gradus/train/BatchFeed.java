package org.gradus.train;

import java.util.ArrayList;
import java.util.List;
import org.gradus.data.Batch;
import org.gradus.data.BatchIterator;
import org.gradus.device.Device;
import org.gradus.device.DeviceMemoryException;

/**
 * The batches of an epoch as steps take them: some at a time, on the device. Those of the next step
 * can be brought there while the device computes the present one.
 */
final class BatchFeed implements AutoCloseable {
    private final BatchIterator batches;
    private final int perStep;
    private final Device device;
    private int position;
    private List<Batch> loaded = List.of();
    private List<TensorBatch> uploaded = List.of();
    private RuntimeException failure;

    /**
     * Begins with the next of some batches.
     *
     * @param batches closed with this
     * @param perStep how many a step takes; fewer at the end of the epoch
     */
    BatchFeed(BatchIterator batches, int perStep, Device device) {
        this.batches = batches;
        this.perStep = perStep;
        this.device = device;
        this.position = batches.position();
    }

    /** Returns whether there is another batch. */
    boolean hasNext() {
        return failure != null || !loaded.isEmpty() || !uploaded.isEmpty() || batches.hasNext();
    }

    /** Returns the number of the batch that comes next, counted from 0 in the epoch. */
    int position() {
        return position;
    }

    /** Returns the batches of a step, which the caller releases. */
    List<TensorBatch> next() {
        if (failure != null) {
            throw failure;
        }
        if (uploaded.isEmpty()) {
            upload();
        }
        List<TensorBatch> result = uploaded;
        uploaded = List.of();
        position += result.size();
        return result;
    }

    /**
     * Loads and uploads the batches that come next, if there are any; to be called when the device
     * has been given the work on those before. What goes wrong is told by {@link #next}.
     */
    void loadAhead() {
        if (!uploaded.isEmpty() || !batches.hasNext()) {
            return;
        }
        try {
            upload();
        } catch (DeviceMemoryException untilThen) {
            // there is room when the step that is under way has given its memory back
        } catch (RuntimeException problem) {
            failure = problem;
        }
    }

    private void upload() {
        if (loaded.isEmpty()) {
            loaded = Batches.upTo(perStep, batches);
        }
        List<TensorBatch> result = new ArrayList<>();
        try {
            loaded.forEach(batch -> result.add(TensorBatch.ahead(batch, device)));
        } catch (RuntimeException problem) {
            result.forEach(TensorBatch::release);
            throw problem;
        }
        uploaded = result;
        loaded = List.of();
    }

    /** Gives back what was not taken. */
    @Override
    public void close() {
        uploaded.forEach(TensorBatch::release);
        uploaded = List.of();
        loaded = List.of();
        failure = null;
        batches.close();
    }
}
