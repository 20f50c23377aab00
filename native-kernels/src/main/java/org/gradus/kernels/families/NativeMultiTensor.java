package org.gradus.kernels.families;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.gradus.device.Buffer;
import org.gradus.device.MultiTensorKernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Program;
import org.gradus.kernels.Copying;
import org.gradus.kernels.Dialect;
import org.gradus.kernels.KernelSource;
import org.gradus.kernels.Launcher;
import org.gradus.kernels.Words;
import org.gradus.kernels.families.TensorTable.Slot;

/** What is done to all tensors at once, in launches for as many as the arguments can name. */
final class NativeMultiTensor implements MultiTensorKernels {
    /** Elements that a group adds the squares of. */
    private static final int BLOCK = 16_384;

    private final Templates templates;
    private final Launcher launcher;
    private final Copying copying;
    private final MultiTensorMap map;
    private final Map<DType, KernelSource> squares = new ConcurrentHashMap<>();

    NativeMultiTensor(Templates templates) {
        this.templates = templates;
        this.launcher = templates.launcher();
        this.copying = new Copying(launcher);
        this.map = new MultiTensorMap(launcher);
    }

    @Override
    public void map(
            Program program, long[] scalars, List<List<View>> inputs, List<List<View>> outputs) {
        map.map(program, scalars, inputs, outputs);
    }

    /** Adds blocks of each tensor, then their sums, in an order that only the sizes decide. */
    @Override
    public void sumOfSquares(List<View> inputs, View output) {
        List<Buffer> copies = new ArrayList<>();
        List<List<View>> entries = new ArrayList<>();
        for (View input : inputs) {
            if (input.elements() > 0) {
                entries.add(List.of(input.isContiguous() ? input : copy(input, copies)));
            }
        }
        long blocks = TensorTable.groups(entries, BLOCK);
        if (blocks == 0) {
            copying.fill(output, 0);
            return;
        }
        Buffer sums = launcher.allocate(DType.F32, blocks);
        int from = 0;
        long at = 0;
        while (from < entries.size()) {
            DType type = entries.get(from).getFirst().dtype();
            int to = from + 1;
            while (to < entries.size()
                    && to - from < table(type).capacity()
                    && entries.get(to).getFirst().dtype() == type) {
                to++;
            }
            at += addSquares(type, entries.subList(from, to), sums, at);
            from = to;
        }
        templates
                .launch("block_sum")
                .pointer("sums", sums)
                .view("result", output)
                .word("count", blocks)
                .run(1);
        sums.release();
        copies.forEach(Buffer::release);
    }

    private View copy(View input, List<Buffer> copies) {
        View copy = View.of(launcher.allocate(input.dtype(), input.elements()), input.shape());
        copying.copy(input, copy);
        copies.add(copy.buffer());
        return copy;
    }

    /** A table beside which are a pointer and a word for the sums. */
    private static TensorTable table(DType type) {
        return TensorTable.of(List.of(new Slot(type, false)), 2);
    }

    /** Stores the sums of squares from a position on, and returns how many there are. */
    private long addSquares(DType type, List<List<View>> entries, Buffer sums, long at) {
        TensorTable table = table(type);
        int groupSize = launcher.limits().groupSize();
        KernelSource kernel = squares.computeIfAbsent(type, key -> source(key, table, groupSize));
        Words words = table.words(entries, BLOCK).add(at);
        List<Buffer> buffers = table.buffers(entries);
        buffers.add(sums);
        long groups = TensorTable.groups(entries, BLOCK);
        launcher.launch(kernel, groups, buffers.toArray(Buffer[]::new), words.toArray());
        return groups;
    }

    private static KernelSource source(DType type, TensorTable table, int groupSize) {
        int words = table.words() + 1;
        String text =
                """
                #define GROUP_SIZE %d
                DEFINE_WORDS(%d)
                KERNEL(KERNEL_NAME, GROUP_SIZE)(
                %s        GLOBAL float *sums,
                        const WORDS(%d) w) {
                    LOCAL_ARRAY(float, s, GROUP_SIZE);
                %s    const i64 begin = (GROUP_ID - first) * %d;
                    const i64 end = begin + %d < size ? begin + %d : size;
                    float sum = 0.0f;
                    for (i64 i = begin + LOCAL_ID; i < end; i += GROUP_SIZE) {
                        const float x = %s;
                        sum = fma_f32(x, x, sum);
                    }
                    sum = group_sum(s, GROUP_SIZE, sum);
                    if (LOCAL_ID == 0) {
                        sums[w.v[%d] + GROUP_ID] = sum;
                    }
                }
                """
                        .formatted(
                                groupSize,
                                words,
                                table.parameters(),
                                words,
                                table.selection(),
                                BLOCK,
                                BLOCK,
                                BLOCK,
                                Dialect.load(type, "x0", "at0 + i"),
                                table.words());
        return KernelSource.of("sum_of_squares", text, groupSize);
    }
}
