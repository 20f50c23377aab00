package org.gradus.kernels.families;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.gradus.device.Buffer;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Program;
import org.gradus.kernels.Dialect;
import org.gradus.kernels.KernelSource;
import org.gradus.kernels.Launcher;
import org.gradus.kernels.Pointwise;
import org.gradus.kernels.ProgramText;
import org.gradus.kernels.Words;
import org.gradus.kernels.families.TensorTable.Slot;

/**
 * One pointwise program on many tensors. Small ones share launches, as many as their pointers fit
 * into the arguments of; large ones occupy a device by themselves.
 *
 * <p>Cost: inputs and outputs are read and written once. On PoCL 64 tensors of 64 elements take
 * half the time that a launch for each takes; at 4096 elements there is no difference, and beyond
 * the shared launch is slower.
 */
final class MultiTensorMap {
    /**
     * What tensors must have in common to share a launch.
     *
     * @param inputs the types of the inputs that the program reads
     * @param outputs the types of the outputs
     * @param places for each output the slot that it has: an input's where it is the same view
     */
    private record Form(
            Program program, List<DType> inputs, List<DType> outputs, List<Integer> places) {
        static Form of(Program program, List<View> inputs, List<View> outputs) {
            List<Integer> places = new ArrayList<>();
            int next = inputs.size();
            for (View output : outputs) {
                int same = indexOf(inputs, output);
                places.add(same < 0 ? next++ : same);
            }
            return new Form(program, types(inputs), types(outputs), places);
        }

        private static List<DType> types(List<View> views) {
            return views.stream().map(View::dtype).toList();
        }

        private static int indexOf(List<View> views, View view) {
            for (int i = 0; i < views.size(); i++) {
                View other = views.get(i);
                if (other.buffer() == view.buffer() && other.offset() == view.offset()) {
                    return i;
                }
            }
            return -1;
        }

        List<Slot> slots() {
            List<Slot> slots = new ArrayList<>();
            for (int i = 0; i < inputs.size(); i++) {
                slots.add(new Slot(inputs.get(i), places.contains(i)));
            }
            for (int i = 0; i < outputs.size(); i++) {
                if (places.get(i) == slots.size()) {
                    slots.add(new Slot(outputs.get(i), true));
                }
            }
            return slots;
        }

        TensorTable table() {
            return TensorTable.of(slots(), program.scalarTypes().size());
        }
    }

    /** From so many elements on, a tensor has a launch of its own. */
    private static final int LARGE = 4096;

    private final Launcher launcher;
    private final Pointwise pointwise;
    private final Map<Form, KernelSource> kernels = new ConcurrentHashMap<>();

    MultiTensorMap(Launcher launcher) {
        this.launcher = launcher;
        this.pointwise = new Pointwise(launcher);
    }

    void map(Program program, long[] scalars, List<List<View>> inputs, List<List<View>> outputs) {
        Form form = null;
        List<List<View>> entries = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            int reads = Math.min(program.inputTypes().size(), inputs.get(i).size());
            List<View> read = inputs.get(i).subList(0, reads);
            List<View> written = outputs.get(i);
            if (written.getFirst().elements() == 0) {
                continue;
            }
            if (!isSmall(read) || !isSmall(written)) {
                pointwise.map(program, written.getFirst().shape(), scalars, read, written);
                continue;
            }
            Form own = Form.of(program, read, written);
            boolean full = form != null && entries.size() == form.table().capacity();
            if (full || !own.equals(form)) {
                launch(form, scalars, entries);
                entries.clear();
                form = own;
            }
            List<View> entry = new ArrayList<>(read);
            for (int k = 0; k < written.size(); k++) {
                if (own.places.get(k) == entry.size()) {
                    entry.add(written.get(k));
                }
            }
            entries.add(entry);
        }
        launch(form, scalars, entries);
    }

    private static boolean isSmall(List<View> views) {
        return views.stream().allMatch(v -> v.elements() < LARGE && v.isContiguous());
    }

    private void launch(Form form, long[] scalars, List<List<View>> entries) {
        if (entries.isEmpty()) {
            return;
        }
        TensorTable table = form.table();
        if (entries.size() == 1 || table.capacity() <= 1) {
            entries.forEach(entry -> alone(form, scalars, entry));
            return;
        }
        int groupSize = launcher.limits().groupSize();
        KernelSource kernel =
                kernels.computeIfAbsent(form, key -> source(key, key.table(), groupSize));
        Words words = table.words(entries, groupSize).addScalars(form.program, scalars);
        launcher.launch(
                kernel,
                TensorTable.groups(entries, groupSize),
                table.buffers(entries).toArray(Buffer[]::new),
                words.toArray());
    }

    private void alone(Form form, long[] scalars, List<View> entry) {
        List<View> outputs = form.places.stream().map(entry::get).toList();
        List<View> inputs = entry.subList(0, form.inputs.size());
        pointwise.map(form.program, outputs.getFirst().shape(), scalars, inputs, outputs);
    }

    private static KernelSource source(Form form, TensorTable table, int groupSize) {
        Program program = form.program;
        int words = table.words() + program.scalarTypes().size();
        ProgramText body =
                new ProgramText(
                        program,
                        "        ",
                        k -> Dialect.load(form.inputs.get(k), "x" + k, "at" + k + " + i"),
                        "i",
                        table.words());
        StringBuilder text = new StringBuilder();
        text.append("DEFINE_WORDS(").append(words).append(")\n");
        text.append("KERNEL(KERNEL_NAME, ").append(groupSize).append(")(\n");
        text.append(table.parameters());
        text.append("        const WORDS(").append(words).append(") w) {\n");
        text.append(table.selection());
        // compilers for processors turn what follows a barrier into vector code
        text.append("    BARRIER();\n");
        text.append("    const i64 i = (GROUP_ID - first) * ").append(groupSize);
        text.append(" + LOCAL_ID;\n    if (i < size) {\n");
        text.append(body.statements());
        for (int out = 0; out < program.outputCount(); out++) {
            int slot = form.places.get(out);
            String store =
                    Dialect.store(
                            form.outputs.get(out),
                            "x" + slot,
                            "at" + slot + " + i",
                            body.output(out));
            text.append("        ").append(store).append('\n');
        }
        text.append("    }\n}\n");
        return KernelSource.of("map_tensors", text.toString(), groupSize);
    }
}
