package org.gradus.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.gradus.device.Device;
import org.gradus.device.DeviceException;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Recording;
import org.gradus.tensor.Tensor;

/**
 * Records a training's step, in which the same updates take place each time, when some steps of the
 * same shapes have gone by, and from then on does what was recorded for each step of these shapes.
 * Steps of other shapes, such as that with the smaller batch at the end of an epoch, are left to be
 * made as usual; if there come several of them in a row, they are recorded in the place of the
 * former. So are they if the device has forgotten the recording, as another step needed its memory.
 *
 * <p>What was recorded holds only as long as the host would compute the same arguments again. So a
 * step is recorded anew at its first repetition and in each epoch, and compared.
 */
final class StepRecorder {
    /** Whether steps are recorded. */
    enum Mode {
        /** Where the device does it and the step allows it. */
        AUTO,
        /** In any case: a step that cannot be is an error. */
        ON,
        /** Never. */
        OFF
    }

    /** Steps in which kernels are compiled and an optimizer's states are made. */
    private static final int WARM_UP = 3;

    /** How often in a row a step may differ from what was recorded at the one before. */
    private static final int MOST_CHANGES = 2;

    private final Mode mode;
    private final Device device;
    private final Consumer<List<TensorBatch>> step;
    private final Consumer<String> onRefusal;
    private boolean isRefused;
    private List<Form> recent = List.of();
    private int equal;
    private List<Form> recorded = List.of();
    private List<TensorBatch> inputs = List.of();
    private Recording recording;
    private boolean isCheckDue;
    private int changes;

    /** What kernels depend on in an array of a batch. */
    private record Form(DType dtype, Shape shape) {}

    /**
     * Begins without a recording.
     *
     * @param step makes a step of the batches of tensors that it is given
     * @param onRefusal is told, once, why steps cannot be recorded
     */
    StepRecorder(
            Mode mode,
            Device device,
            Consumer<List<TensorBatch>> step,
            Consumer<String> onRefusal) {
        this.mode = mode;
        this.device = device;
        this.step = step;
        this.onRefusal = onRefusal;
        this.isRefused = mode == Mode.OFF || mode == Mode.AUTO && !device.records();
    }

    /**
     * Makes the step of these batches if it is or can be recorded.
     *
     * @return whether it was made
     */
    boolean take(List<TensorBatch> batches) {
        if (isRefused) {
            return false;
        }
        if (recording != null && device.records() && !recording.isCaptured()) {
            close();
            equal = 0;
        }
        List<Form> forms = forms(batches);
        if (recording == null || !forms.equals(recorded)) {
            equal = forms.equals(recent) ? equal + 1 : 1;
            recent = forms;
            return equal > WARM_UP && record(batches);
        }
        equal = 0;
        for (int i = 0; i < inputs.size(); i++) {
            inputs.get(i).assign(batches.get(i));
        }
        if (isCheckDue && !check()) {
            return false;
        }
        recording.run();
        return true;
    }

    /** Begins an epoch, by which what a loss depends on may have changed. */
    void beginEpoch() {
        isCheckDue = true;
    }

    /**
     * Records the step anew, and goes on with that: what the host computes may have changed with an
     * epoch. If it changes again at the next step, nothing is recorded any more.
     *
     * @return whether there is a recording that holds for this step
     */
    private boolean check() {
        long before = recording.fingerprint();
        recording.close();
        if (!record()) {
            return false;
        }
        isCheckDue = recording.fingerprint() != before;
        changes = isCheckDue ? changes + 1 : 0;
        if (changes < MOST_CHANGES) {
            return true;
        }
        close();
        refuse(
                "it depends on a number that the host changes from step to step, such as the"
                        + " weight of a loss: keep that in a tensor, and change it in place");
        return false;
    }

    private static List<Form> forms(List<TensorBatch> batches) {
        List<Form> forms = new ArrayList<>();
        for (TensorBatch batch : batches) {
            for (Tensor input : batch.inputs()) {
                forms.add(new Form(input.dtype(), input.shape()));
            }
            forms.add(new Form(batch.target().dtype(), batch.target().shape()));
        }
        return forms;
    }

    private boolean record(List<TensorBatch> batches) {
        close();
        inputs = batches.stream().map(TensorBatch::copy).toList();
        if (!record()) {
            return false;
        }
        recorded = recent;
        isCheckDue = true;
        changes = 0;
        recording.run();
        return true;
    }

    private boolean record() {
        try {
            recording = Recording.of(device, () -> step.accept(inputs));
            return true;
        } catch (DeviceException problem) {
            close();
            refuse(problem.getMessage());
            return false;
        }
    }

    /**
     * Records nothing any more.
     *
     * @param reason what is the matter with the step, as in "it reads a result"
     * @throws TrainingException if recording was asked for
     */
    private void refuse(String reason) {
        if (mode == Mode.ON) {
            throw new TrainingException(
                    "the training step cannot be recorded: "
                            + reason
                            + "; leave capture at auto, or set it to off");
        }
        if (!isRefused) {
            isRefused = true;
            onRefusal.accept(reason);
        }
    }

    /** Gives the recording back. */
    void close() {
        if (recording != null) {
            recording.close();
            recording = null;
        }
        inputs.forEach(TensorBatch::release);
        inputs = List.of();
    }
}
