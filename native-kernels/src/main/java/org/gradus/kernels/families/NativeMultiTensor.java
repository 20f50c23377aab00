package org.gradus.kernels.families;

import java.util.List;
import org.gradus.device.Buffer;
import org.gradus.device.MultiTensorKernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Program;
import org.gradus.kernels.Copying;
import org.gradus.kernels.Launcher;
import org.gradus.kernels.Pointwise;
import org.gradus.shape.Shape;

/** What is done to all tensors at once: launches one after the other that nothing waits for. */
final class NativeMultiTensor implements MultiTensorKernels {
    /** Elements that a group adds the squares of. */
    private static final int BLOCK = 16_384;

    private final Templates templates;
    private final Launcher launcher;
    private final Pointwise pointwise;
    private final Copying copying;

    NativeMultiTensor(Templates templates) {
        this.templates = templates;
        this.launcher = templates.launcher();
        this.pointwise = new Pointwise(launcher);
        this.copying = new Copying(launcher);
    }

    @Override
    public void map(
            Program program, long[] scalars, List<List<View>> inputs, List<List<View>> outputs) {
        for (int i = 0; i < outputs.size(); i++) {
            List<View> results = outputs.get(i);
            pointwise.map(program, results.getFirst().shape(), scalars, inputs.get(i), results);
        }
    }

    /** Adds blocks of each tensor, then their sums, in an order that only the sizes decide. */
    @Override
    public void sumOfSquares(List<View> inputs, View output) {
        long blocks = inputs.stream().mapToLong(NativeMultiTensor::blocks).sum();
        if (blocks == 0) {
            copying.fill(output, 0);
            return;
        }
        Buffer sums = launcher.allocate(DType.F32, blocks);
        long at = 0;
        for (View input : inputs) {
            addBlocks(input, sums, at);
            at += blocks(input);
        }
        launchSums(false, View.of(sums, Shape.of((int) blocks)), blocks, output);
        sums.release();
    }

    private static long blocks(View view) {
        return Math.ceilDiv(view.elements(), BLOCK);
    }

    private void addBlocks(View input, Buffer sums, long at) {
        if (input.elements() == 0) {
            return;
        }
        if (input.isContiguous()) {
            View target = new View(sums, Shape.scalar(), new long[0], at);
            launchSums(true, input, BLOCK, target);
            return;
        }
        View copy = View.of(launcher.allocate(input.dtype(), input.elements()), input.shape());
        copying.copy(input, copy);
        addBlocks(copy, sums, at);
        copy.buffer().release();
    }

    private void launchSums(boolean squares, View input, long block, View target) {
        templates
                .launch("block_sums")
                .set("SQUARES", squares)
                .view("input", input)
                .view("sums", target)
                .word("elements", input.elements())
                .word("block", block)
                .run(Math.ceilDiv(input.elements(), block));
    }
}
