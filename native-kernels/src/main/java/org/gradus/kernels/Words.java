package org.gradus.kernels;

import java.util.Arrays;
import org.gradus.device.Placeholder;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Program;
import org.gradus.expr.Scalars;

/** Collects the last argument of a launch: 64-bit values which the kernel reads by position. */
public final class Words {
    private long[] words = new long[16];
    private int count;

    /** Starts with no values. */
    public Words() {}

    /** Adds a whole number. */
    public Words add(long value) {
        if (count == words.length) {
            words = Arrays.copyOf(words, 2 * count);
        }
        words[count++] = value;
        return this;
    }

    /** Adds whole numbers. */
    public Words addAll(long... values) {
        for (long value : values) {
            add(value);
        }
        return this;
    }

    /** Adds a number as the bits of the given floating type: {@code F64}, else single precision. */
    public Words add(double value, DType type) {
        return add(
                type == DType.F64
                        ? Double.doubleToRawLongBits(value)
                        : Integer.toUnsignedLong(Float.floatToRawIntBits((float) value)));
    }

    /** Adds the strides of a view and then its offset. */
    public Words add(View view) {
        return addAll(view.strides()).add(view.offset());
    }

    /** Adds the scalar arguments of a program, encoded as {@link Scalars} says. */
    public Words addScalars(Program program, long[] scalars) {
        for (int i = 0; i < program.scalarTypes().size(); i++) {
            DType type = program.scalarTypes().get(i);
            if (Placeholder.is(scalars[i])) {
                boolean single = type.isFloating() && type != DType.F64;
                add(single ? Placeholder.inSinglePrecision(scalars[i]) : scalars[i]);
            } else if (type.isFloating()) {
                add(Scalars.decode(scalars[i], type), type);
            } else {
                add(scalars[i]);
            }
        }
        return this;
    }

    /** Returns the number of values so far, which is the position of the next one. */
    public int count() {
        return count;
    }

    /** Returns the values; at least one, as a kernel's argument cannot be empty. */
    public long[] toArray() {
        return Arrays.copyOf(words, Math.max(count, 1));
    }
}
