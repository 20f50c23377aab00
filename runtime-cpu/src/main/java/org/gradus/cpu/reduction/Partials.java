package org.gradus.cpu.reduction;

import org.gradus.dtype.DType;

/** Results of blocks, to be combined in order: floating ones in double precision. */
final class Partials {
    final double[] doubles;
    final long[] longs;
    final long[] positions;

    Partials(DType type, boolean positions, int count) {
        this.doubles = type.isFloating() ? new double[count] : null;
        this.longs = type.isFloating() ? null : new long[count];
        this.positions = positions ? new long[count] : null;
    }
}
