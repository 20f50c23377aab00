package org.gradus.kernels.families;

import org.gradus.device.SoftmaxKernels;
import org.gradus.device.View;
import org.gradus.kernels.IndexFault;

/**
 * Softmax and its relatives, with several work-items for each row. A label that is out of bounds is
 * reported as {@link org.gradus.device.Device#gather} reports an index; its loss is NaN.
 */
final class NativeSoftmax implements SoftmaxKernels {
    private final Templates templates;

    NativeSoftmax(Templates templates) {
        this.templates = templates;
    }

    @Override
    public void softmax(View input, View output) {
        forward(input, output, false);
    }

    @Override
    public void softmaxGradient(View outputGradient, View output, View inputGradient) {
        backward(outputGradient, output, inputGradient, false);
    }

    @Override
    public void logSoftmax(View input, View output) {
        forward(input, output, true);
    }

    @Override
    public void logSoftmaxGradient(View outputGradient, View output, View inputGradient) {
        backward(outputGradient, output, inputGradient, true);
    }

    @Override
    public void crossEntropy(View logits, View labels, View losses, View logSums) {
        if (logits.elements() == 0) {
            return;
        }
        Lanes lanes = Lanes.ofRows(templates, logits.shape().size(1));
        lanes.begin("cross_entropy")
                .before(IndexFault.CHECK)
                .view("logits", logits)
                .view("labels", labels)
                .view("losses", losses)
                .view("sums", logSums)
                .pointer("fault", templates.launcher().indexFault())
                .word("labels_n", labels.strides()[0])
                .word("rows", logits.shape().size(0))
                .word("classes", logits.shape().size(1))
                .run(lanes.groups(logits.shape().size(0)));
    }

    @Override
    public void crossEntropyGradient(
            View lossGradients, View logits, View labels, View logSums, View logitsGradient) {
        templates
                .launch("cross_entropy_gradient")
                .before(IndexFault.CHECK)
                .view("gradient", lossGradients)
                .view("logits", logits)
                .view("labels", labels)
                .view("sums", logSums)
                .view("result", logitsGradient)
                .pointer("fault", templates.launcher().indexFault())
                .word("gradient_n", lossGradients.strides()[0])
                .word("labels_n", labels.strides()[0])
                .word("rows", logits.shape().size(0))
                .word("classes", logits.shape().size(1))
                .runForEach(logits.elements());
    }

    private void forward(View input, View output, boolean logarithm) {
        if (input.elements() == 0) {
            return;
        }
        Lanes lanes = Lanes.ofRows(templates, input.shape().size(1));
        lanes.begin("row_softmax")
                .set("LOGARITHM", logarithm)
                .view("input", input)
                .view("output", output)
                .word("rows", input.shape().size(0))
                .word("classes", input.shape().size(1))
                .run(lanes.groups(input.shape().size(0)));
    }

    private void backward(View gradient, View output, View result, boolean logarithm) {
        if (output.elements() == 0) {
            return;
        }
        Lanes lanes = Lanes.ofRows(templates, output.shape().size(1));
        lanes.begin("row_softmax_gradient")
                .set("LOGARITHM", logarithm)
                .view("gradient", gradient)
                .view("output", output)
                .view("result", result)
                .word("rows", output.shape().size(0))
                .word("classes", output.shape().size(1))
                .run(lanes.groups(output.shape().size(0)));
    }
}
