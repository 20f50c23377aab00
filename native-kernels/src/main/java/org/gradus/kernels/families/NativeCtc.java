package org.gradus.kernels.families;

import java.util.Optional;
import org.gradus.device.Buffer;
import org.gradus.device.CtcKernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.kernels.IndexFault;
import org.gradus.kernels.Launcher;

/**
 * Connectionist temporal classification, with a group of work-items for each sequence that goes
 * from time to time, and for the gradient one for each time of each sequence.
 *
 * <p>Cost: a barrier and three exponentials per place for each time; the gradient writes {@code
 * times * batch * classes} numbers and reads the sums of all beginnings and endings once.
 */
final class NativeCtc implements CtcKernels {
    private static final int SMALLEST_GROUP = 32;

    private final Templates templates;
    private final Launcher launcher;

    NativeCtc(Templates templates) {
        this.templates = templates;
        this.launcher = templates.launcher();
    }

    @Override
    public void likelihoods(View logs, Targets targets, View losses, View sums) {
        if (logs.elements() > 0) {
            begin("ctc_sums", logs, targets)
                    .set("REVERSE", false)
                    .view("sums", sums)
                    .optional("losses", Optional.of(losses))
                    .pointer("fault", launcher.indexFault())
                    .run(logs.shape().size(1));
        }
    }

    @Override
    public void gradient(
            View lossGradients,
            View logs,
            Targets targets,
            View losses,
            View sums,
            View logsGradient) {
        if (logs.elements() == 0) {
            return;
        }
        int times = logs.shape().size(0);
        int batch = logs.shape().size(1);
        View endings = View.of(launcher.allocate(DType.F32, sums.elements()), sums.shape());
        begin("ctc_sums", logs, targets)
                .set("REVERSE", true)
                .view("sums", endings)
                .optional("losses", Optional.empty())
                .pointer("fault", launcher.indexFault())
                .run(batch);
        Buffer repeats = repeats(targets, batch);
        begin("ctc_gradient", logs, targets)
                .view("gradient", lossGradients)
                .word("gradient_n", lossGradients.strides()[0])
                .view("losses", losses)
                .view("sums", sums)
                .pointer("endings", endings.buffer())
                .pointer("repeats", repeats)
                .view("result", logsGradient)
                .run((long) times * batch);
        repeats.release();
        endings.buffer().release();
    }

    /** Returns where else each label is, as {@code ctc_repeats.cl} finds it. */
    private Buffer repeats(Targets targets, int batch) {
        long labels = (long) batch * targets.length();
        Buffer repeats = launcher.allocate(DType.I32, Math.max(1, 2 * labels));
        templates
                .launch("ctc_repeats")
                .include("ctc.h")
                .view("labels", targets.labels())
                .view("lengths", targets.lengths())
                .pointer("repeats", repeats)
                .word("batch", batch)
                .word("length", targets.length())
                .runForEach(labels);
        return repeats;
    }

    /** Begins a launch of groups that have a work-item for each place, if they can be so large. */
    private Launch begin(String file, View logs, Targets targets) {
        int preferred = launcher.limits().groupSize();
        int size = Math.min(SMALLEST_GROUP, preferred);
        while (size < targets.places() && size < preferred) {
            size *= 2;
        }
        return templates
                .launch(file)
                .groupSize(size)
                .before(IndexFault.CHECK + Templates.read("ctc.h"))
                .view("logs", logs)
                .view("labels", targets.labels())
                .view("counts", targets.times())
                .view("lengths", targets.lengths())
                .word("times", logs.shape().size(0))
                .word("batch", logs.shape().size(1))
                .word("classes", logs.shape().size(2))
                .word("length", targets.length())
                .word("places", targets.places())
                .word("blank", targets.blank());
    }
}
