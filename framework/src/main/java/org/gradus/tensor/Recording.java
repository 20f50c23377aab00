package org.gradus.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.gradus.device.CaptureException;
import org.gradus.device.CapturedWork;
import org.gradus.device.Device;
import org.gradus.device.Placeholder;
import org.gradus.dtype.DType;
import org.gradus.expr.Scalars;

/**
 * Work with tensors, recorded once and done again and again, as a training step is: on a device
 * that {@linkplain Device#capture records}, without the time that the host takes for it; elsewhere
 * by running it again.
 *
 * <pre>{@code
 * Recording step = Recording.of(device, () -> update(images, labels));
 * while (...) {
 *     // copy the next batch into images and labels
 *     step.run();
 * }
 * step.close();
 * }</pre>
 *
 * <p>Kernels run again on the same memory with the same arguments. So the work has the same shapes
 * each time, reads tensors that stay and changes them in place. What it does on the host counts for
 * the recording alone, with three exceptions, which generators, optimizers and metrics use: {@link
 * #eachTime}, {@link #scalars} and {@link #afterwards}.
 */
public final class Recording implements AutoCloseable {
    private static final ThreadLocal<Recording> CURRENT = new ThreadLocal<>();

    /** What is to be done with tensors that the work made. */
    private record Afterwork(List<Tensor> tensors, Consumer<List<Tensor>> work) {}

    private final Runnable work;
    private final List<Runnable> hostWork = new ArrayList<>();
    private final List<Runnable> undoing = new ArrayList<>();
    private final List<Supplier<long[]>> scalars = new ArrayList<>();
    private final List<Afterwork> afterwork = new ArrayList<>();
    private int placeholders;
    private CapturedWork captured;

    private Recording(Runnable work) {
        this.work = work;
    }

    /**
     * Records work, without doing it.
     *
     * @throws org.gradus.device.DeviceException if it cannot be recorded; the message says why, and
     *     all is as it was
     */
    public static Recording of(Device device, Runnable work) {
        if (CURRENT.get() != null) {
            throw new CaptureException("it is within another recording");
        }
        Recording recording = new Recording(work);
        if (!device.records()) {
            return recording;
        }
        CURRENT.set(recording);
        boolean done = false;
        try {
            recording.captured = device.capture(work);
            done = true;
        } finally {
            CURRENT.remove();
            // the first run does what the recording did on the host
            recording.undoing.reversed().forEach(Runnable::run);
            recording.undoing.clear();
            if (!done) {
                recording.close();
            }
        }
        return recording;
    }

    /**
     * Returns whether the device has recorded the work, and not forgotten it as it needed the
     * memory; else it is run again.
     */
    public boolean isCaptured() {
        return captured != null && !captured.isForgotten();
    }

    /**
     * Returns a number that differs from that of another recording of the same work if the host
     * computed other arguments for it, other than those that may differ each time; 0 if the device
     * has not recorded it.
     */
    public long fingerprint() {
        return captured == null ? 0 : captured.fingerprint();
    }

    /** Does the work once. */
    public void run() {
        if (!isCaptured()) {
            close();
            work.run();
            return;
        }
        hostWork.forEach(Runnable::run);
        long[] values = new long[placeholders];
        int next = 0;
        for (Supplier<long[]> group : scalars) {
            for (long value : group.get()) {
                values[next++] = value;
            }
        }
        captured.replay(values);
        try (var _ = Scope.open()) {
            Autograd.withoutGradients(
                    () -> {
                        for (Afterwork each : afterwork) {
                            each.work().accept(each.tensors().stream().map(Tensor::copy).toList());
                        }
                    });
        }
    }

    /** Gives back what it holds. */
    @Override
    public void close() {
        if (captured != null) {
            captured.close();
            captured = null;
        }
        afterwork.forEach(each -> each.tensors().forEach(Tensor::release));
        afterwork.clear();
    }

    // ---- for what the work calls

    /** Returns whether the work of this thread is being recorded, and not done. */
    public static boolean isActive() {
        return CURRENT.get() != null;
    }

    /**
     * Does something on the host, now and each time that the work is done again, before its
     * kernels.
     *
     * @param change what is done
     * @param undo the opposite, as a recording itself changes nothing
     */
    public static void eachTime(Runnable change, Runnable undo) {
        change.run();
        Recording current = CURRENT.get();
        if (current != null) {
            current.hostWork.add(change);
            current.undoing.add(undo);
        }
    }

    /**
     * Returns scalar arguments of a kernel that may differ each time, encoded as {@link Scalars}
     * says. They are asked for again after what is done {@linkplain #eachTime each time}.
     *
     * @param count how many there are
     */
    public static long[] scalars(int count, Supplier<long[]> values) {
        Recording current = CURRENT.get();
        if (current == null) {
            return values.get();
        }
        if (current.placeholders + count > Placeholder.LIMIT) {
            throw new CaptureException("it has too many arguments that change");
        }
        long[] result = new long[count];
        for (int i = 0; i < count; i++) {
            result[i] = Placeholder.of(current.placeholders++);
        }
        current.scalars.add(values);
        return result;
    }

    /** Returns a number that may differ each time, as a tensor of rank 0. */
    public static Tensor number(Device device, DType type, DoubleSupplier value) {
        DType compute = type.computeType();
        return Pointwise.number(
                device,
                type,
                scalars(1, () -> new long[] {Scalars.encode(value.getAsDouble(), compute)}));
    }

    /**
     * Does something with results of the work that outlives it, such as adding them up or reading
     * them: at once, or, where the work is recorded, after it each time.
     *
     * @param results tensors that the work made; what is done is given them, or copies
     */
    public static void afterwards(List<Tensor> results, Consumer<List<Tensor>> work) {
        Recording current = CURRENT.get();
        if (current == null) {
            work.accept(results);
            return;
        }
        List<Tensor> kept =
                results.stream().map(result -> result.detach().compute().unowned()).toList();
        current.afterwork.add(new Afterwork(kept, work));
    }
}
