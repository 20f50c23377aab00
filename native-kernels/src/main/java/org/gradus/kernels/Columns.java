package org.gradus.kernels;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.gradus.device.Buffer;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/**
 * Copies windows of an image to columns and sums columns back, a work-item for each element of the
 * result.
 *
 * <p>Words: the number of elements; offset and strides of the columns; offset and strides of the
 * image; batch, channels and the sizes of the window, of its positions and of the image; stride,
 * padding and dilation.
 */
public final class Columns {
    private static final int SIZE = 0;
    private static final int COLUMNS = 1;
    private static final int IMAGE = 5;

    private record Key(DType dtype, int axes, boolean folding, boolean wide) {
        int sizes() {
            return IMAGE + 1 + 2 + axes;
        }

        /** The first of the window's sizes, or of what comes some blocks of axes after them. */
        int block(int number) {
            return sizes() + 2 + number * axes;
        }
    }

    private final Launcher launcher;
    private final Map<Key, KernelSource> kernels = new ConcurrentHashMap<>();

    /** Creates what copies windows on a device. */
    public Columns(Launcher launcher) {
        this.launcher = launcher;
    }

    /** Copies as {@link org.gradus.device.Device#unfold} says. */
    public void unfold(View input, Window window, View output) {
        launch(input, window, output, false);
    }

    /** Sums as {@link org.gradus.device.Device#fold} says. */
    public void fold(View input, Window window, View output) {
        launch(output, window, input, true);
    }

    private void launch(View image, Window window, View columns, boolean folding) {
        long elements = folding ? image.elements() : columns.elements();
        if (elements == 0) {
            return;
        }
        int axes = window.rank();
        int groupSize = launcher.limits().groupSize();
        boolean wide = LoopSpace.isWide(elements, List.of(image, columns));
        KernelSource kernel =
                kernels.computeIfAbsent(
                        new Key(image.dtype(), axes, folding, wide),
                        key -> folding ? foldSource(key, groupSize) : unfoldSource(key, groupSize));
        Shape shape = image.shape();
        Words words = new Words().add(elements);
        words.add(columns.offset()).addAll(columns.strides());
        words.add(image.offset()).addAll(image.strides());
        words.add(shape.size(0)).add(shape.size(1));
        for (int axis = 0; axis < axes; axis++) {
            words.add(window.kernel()[axis]);
        }
        for (int axis = 0; axis < axes; axis++) {
            words.add(window.outputSize(axis, shape.size(axis + 2)));
        }
        for (int axis = 0; axis < axes; axis++) {
            words.add(shape.size(axis + 2));
        }
        for (int[] property : List.of(window.stride(), window.padding(), window.dilation())) {
            for (int value : property) {
                words.add(value);
            }
        }
        launcher.launch(
                kernel,
                Positions.groups(elements, groupSize),
                new Buffer[] {columns.buffer(), image.buffer()},
                words.toArray());
    }

    private static String beginning(Key key, int groupSize) {
        String type = Dialect.storage(key.dtype());
        int words = key.block(6);
        String columns = key.folding() ? "GLOBAL const " : "GLOBAL ";
        String image = key.folding() ? "GLOBAL " : "GLOBAL const ";
        return Positions.types(key.wide())
                + "DEFINE_WORDS("
                + words
                + ")\n"
                + "KERNEL(KERNEL_NAME, "
                + groupSize
                + ")(\n"
                + "        "
                + columns
                + type
                + " *columns, "
                + image
                + type
                + " *image,\n"
                + "        const WORDS("
                + words
                + ") w) {\n"
                + "    const ix i = (ix)GROUP_ID * "
                + groupSize
                + " + LOCAL_ID;\n"
                + "    if (i < "
                + Positions.word(SIZE)
                + ") {\n";
    }

    private static String line(String text) {
        return "        " + text + "\n";
    }

    /** Positions p0 and p1 are batch and channel, then come the window's and its places. */
    private static KernelSource unfoldSource(Key key, int groupSize) {
        int axes = key.axes();
        StringBuilder text = new StringBuilder(beginning(key, groupSize));
        text.append(Positions.define("        ", "p", "i", 2 + 2 * axes, key.sizes()));
        StringBuilder row = new StringBuilder("p1");
        StringBuilder column = new StringBuilder("0");
        text.append(line("i32 inside = 1;"));
        text.append(
                line(
                        "ix at = "
                                + Positions.word(IMAGE)
                                + Positions.offset("p", 2, IMAGE + 1)
                                + ";"));
        for (int axis = 0; axis < axes; axis++) {
            String tap = "p" + (2 + axis);
            String place = "p" + (2 + axes + axis);
            String y = "y" + axis;
            row.insert(0, '(').append(") * ").append(Positions.word(key.block(0) + axis));
            row.append(" + ").append(tap);
            column.insert(0, '(').append(") * ").append(Positions.word(key.block(1) + axis));
            column.append(" + ").append(place);
            text.append(
                    line(
                            "const ix "
                                    + y
                                    + " = "
                                    + place
                                    + " * "
                                    + Positions.word(key.block(3) + axis)
                                    + " - "
                                    + Positions.word(key.block(4) + axis)
                                    + " + "
                                    + tap
                                    + " * "
                                    + Positions.word(key.block(5) + axis)
                                    + ";"));
            text.append(
                    line(
                            "inside = inside && "
                                    + y
                                    + " >= 0 && "
                                    + y
                                    + " < "
                                    + Positions.word(key.block(2) + axis)
                                    + ";"));
            text.append(line("at += " + y + " * " + Positions.word(IMAGE + 3 + axis) + ";"));
        }
        text.append(line("const ix row = " + row + ";"));
        text.append(line("const ix column = " + column + ";"));
        text.append(
                line(
                        "columns["
                                + Positions.word(COLUMNS)
                                + " + p0 * "
                                + Positions.word(COLUMNS + 1)
                                + " + row * "
                                + Positions.word(COLUMNS + 2)
                                + " + column * "
                                + Positions.word(COLUMNS + 3)
                                + "] = inside ? image[at] : 0;"));
        text.append("    }\n}\n");
        return KernelSource.of("unfold", text.toString(), groupSize);
    }

    /** Each element of the image looks for the windows that cover it. */
    private static KernelSource foldSource(Key key, int groupSize) {
        int axes = key.axes();
        StringBuilder text = new StringBuilder(beginning(key, groupSize));
        // the image's sizes stand beside each other but for batch and channels
        text.append(line("ux rest = (ux)i;"));
        for (int axis = axes - 1; axis >= 0; axis--) {
            String size = "(ux)w.v[" + (key.block(2) + axis) + "]";
            text.append(line("const ix y" + axis + " = (ix)(rest % " + size + ");"));
            text.append(line("rest /= " + size + ";"));
        }
        text.append(line("const ix channel = (ix)(rest % (ux)w.v[" + (key.sizes() + 1) + "]);"));
        text.append(line("const ix batch = (ix)(rest / (ux)w.v[" + (key.sizes() + 1) + "]);"));
        text.append(
                line(
                        "const ix start = "
                                + Positions.word(COLUMNS)
                                + " + batch * "
                                + Positions.word(COLUMNS + 1)
                                + ";"));
        text.append(line(Dialect.register(key.dtype()) + " sum = 0;"));
        StringBuilder row = new StringBuilder("channel");
        StringBuilder column = new StringBuilder("0");
        for (int axis = 0; axis < axes; axis++) {
            String taps = Positions.word(key.block(0) + axis);
            String stride = Positions.word(key.block(3) + axis);
            row.insert(0, '(').append(") * ").append(taps).append(" + k").append(axis);
            column.insert(0, '(').append(") * ").append(Positions.word(key.block(1) + axis));
            column.append(" + t").append(axis).append(" / ").append(stride);
            String k = "k" + axis;
            String t = "t" + axis;
            text.append(line("for (ix " + k + " = 0; " + k + " < " + taps + "; " + k + "++) {"));
            text.append(
                    line(
                            "const ix "
                                    + t
                                    + " = y"
                                    + axis
                                    + " + "
                                    + Positions.word(key.block(4) + axis)
                                    + " - "
                                    + k
                                    + " * "
                                    + Positions.word(key.block(5) + axis)
                                    + ";"));
            text.append(
                    line(
                            "if ("
                                    + t
                                    + " >= 0 && "
                                    + t
                                    + " % "
                                    + stride
                                    + " == 0 && "
                                    + t
                                    + " / "
                                    + stride
                                    + " < "
                                    + Positions.word(key.block(1) + axis)
                                    + ") {"));
        }
        String at =
                "start + ("
                        + row
                        + ") * "
                        + Positions.word(COLUMNS + 2)
                        + " + ("
                        + column
                        + ") * "
                        + Positions.word(COLUMNS + 3);
        text.append(line("sum += " + Dialect.load(key.dtype(), "columns", at) + ";"));
        text.append(line("}}".repeat(axes)));
        String to =
                Positions.word(IMAGE)
                        + " + batch * "
                        + Positions.word(IMAGE + 1)
                        + " + channel * "
                        + Positions.word(IMAGE + 2)
                        + Positions.offset("y", axes, IMAGE + 3);
        text.append(line(Dialect.store(key.dtype(), "image", to, "sum")));
        text.append("    }\n}\n");
        return KernelSource.of("fold", text.toString(), groupSize);
    }
}
