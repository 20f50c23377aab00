package org.gradus.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import org.gradus.dtype.DType;
import org.gradus.tensor.HostArray;

/**
 * How far a result may be from the golden one.
 *
 * <p>A sum of n products has an error of at most n units of rounding, relative to the sum of their
 * magnitudes; functions of one element add a few units more. What an element lost by cancellation
 * is relative to the terms, not to itself: their magnitude is taken to be that of the array's other
 * elements (their median), and at least what the case says. In F64 the errors that count are those
 * of the golden itself: its rounding to F32, and PyTorch's constants in F32. Infinities, NaN, whole
 * numbers and truth values must agree exactly.
 *
 * @param relative to the magnitude of an element
 * @param absolute to the magnitude of the terms
 * @param terms the least magnitude of the terms; 0 if nothing cancels
 */
public record Tolerance(double relative, double absolute, double terms) {
    /** Half a unit in the last place of F32. */
    private static final double ROUNDING = 0x1p-24;

    /** What the functions of one element may add up to, in units of rounding. */
    private static final int FUNCTIONS = 32;

    /** Returns the tolerance of a computation with elements of a type. */
    public static Tolerance of(Golden golden, DType computed) {
        if (computed == DType.F64) {
            return new Tolerance(2 * ROUNDING, 0x1p-40, golden.terms());
        }
        double both = ROUNDING * (FUNCTIONS + golden.length());
        return new Tolerance(both, both, golden.terms());
    }

    /** Fails with the first element that is too far away. */
    public void check(String what, HostArray expected, HostArray actual) {
        assertEquals(expected.shape(), actual.shape(), () -> what + ": shape");
        boolean wider = expected.dtype() == DType.F32 && actual.dtype() == DType.F64;
        if (!wider) {
            assertEquals(expected.dtype(), actual.dtype(), () -> what + ": type");
        }
        if (expected.dtype() == DType.I64) {
            assertEquals(
                    Arrays.toString(expected.toLongs()),
                    Arrays.toString(actual.toLongs()),
                    () -> what);
            return;
        }
        boolean inexact = expected.dtype() == DType.F32 || expected.dtype() == DType.F64;
        double magnitude = terms == 0 ? 0 : Math.max(terms, median(expected));
        for (long i = 0; i < expected.shape().elements(); i++) {
            double e = expected.get(i);
            double a = actual.get(i);
            double allowed = inexact ? relative * Math.abs(e) + absolute * magnitude : 0;
            boolean same = a == e || Double.isNaN(a) && Double.isNaN(e);
            // a negated comparison, so that NaN fails it
            if (!same && !(Math.abs(a - e) <= allowed && Double.isFinite(e))) {
                fail(
                        what
                                + String.format(
                                        ", element %d of %s: expected %s, got %s (off by %.3g,"
                                                + " allowed %.3g)",
                                        i, expected.shape(), e, a, Math.abs(a - e), allowed));
            }
        }
    }

    private static double median(HostArray array) {
        double[] magnitudes =
                Arrays.stream(array.toDoubles())
                        .map(Math::abs)
                        .filter(x -> x > 0 && Double.isFinite(x))
                        .sorted()
                        .toArray();
        return magnitudes.length == 0 ? 0 : magnitudes[magnitudes.length / 2];
    }
}
