package org.gradus.nn;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntToDoubleFunction;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/**
 * Sines or cosines of positions at several wavelengths, computed in double precision once for as
 * many positions as were asked for. In single precision the angles of far positions would be off.
 */
final class PositionTable {
    private static final int FIRST_CAPACITY = 64;

    /** A value of the table. */
    interface Formula {
        /** Returns the value of a column for an angle. */
        double of(int column, double angle);
    }

    private final int columns;
    private final IntToDoubleFunction frequency;
    private final Formula formula;
    private Tensor table;

    /**
     * Creates a table.
     *
     * @param frequency by column: the radians from one position to the next
     */
    PositionTable(int columns, IntToDoubleFunction frequency, Formula formula) {
        this.columns = columns;
        this.frequency = frequency;
        this.formula = formula;
    }

    /** Returns the rows of some positions, {@code [count, columns]}, for use with a tensor. */
    Tensor rows(Tensor like, int from, int count) {
        int needed = from + count;
        DType type = like.dtype() == DType.F64 ? DType.F64 : DType.F32;
        boolean fits =
                table != null
                        && table.device() == like.device()
                        && table.dtype() == type
                        && table.size(0) >= needed;
        if (!fits) {
            int known = table == null ? FIRST_CAPACITY : 2 * table.size(0);
            Tensor larger = make(like.device(), type, Math.max(known, needed));
            if (table != null) {
                table.release();
            }
            table = larger;
        }
        return table.narrow(0, from, count).to(like.dtype());
    }

    private Tensor make(Device device, DType type, int rows) {
        HostArray values = HostArray.zeros(type, Shape.of(rows, columns));
        MemorySegment data = values.data();
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                double value = formula.of(column, row * frequency.applyAsDouble(column));
                long i = (long) row * columns + column;
                if (type == DType.F64) {
                    data.setAtIndex(ValueLayout.JAVA_DOUBLE, i, value);
                } else {
                    data.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) value);
                }
            }
        }
        try (var _ = Scope.open()) {
            return Tensor.of(values, device).unowned();
        }
    }
}
