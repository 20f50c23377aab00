package org.gradus.cpu.pointwise;

/**
 * The error function in double precision, to about 1e-15: rational approximations on three
 * intervals by W. J. Cody, "Rational Chebyshev Approximations for the Error Function", Mathematics
 * of Computation 23 (1969).
 */
final class ErrorFunction {
    private static final double[] CENTER_P = {
        3.16112374387056560e00,
        1.13864154151050156e02,
        3.77485237685302021e02,
        3.20937758913846947e03,
        1.85777706184603153e-1
    };
    private static final double[] CENTER_Q = {
        2.36012909523441209e01,
        2.44024637934444173e02,
        1.28261652607737228e03,
        2.84423683343917062e03
    };
    private static final double[] MIDDLE_P = {
        5.64188496988670089e-1,
        8.88314979438837594e0,
        6.61191906371416295e01,
        2.98635138197400131e02,
        8.81952221241769090e02,
        1.71204761263407058e03,
        2.05107837782607147e03,
        1.23033935479799725e03,
        2.15311535474403846e-8
    };
    private static final double[] MIDDLE_Q = {
        1.57449261107098347e01,
        1.17693950891312499e02,
        5.37181101862009858e02,
        1.62138957456669019e03,
        3.29079923573345963e03,
        4.36261909014324716e03,
        3.43936767414372164e03,
        1.23033935480374942e03
    };
    private static final double[] TAIL_P = {
        3.05326634961232344e-1,
        3.60344899949804439e-1,
        1.25781726111229246e-1,
        1.60837851487422766e-2,
        6.58749161529837803e-4,
        1.63153871373020978e-2
    };
    private static final double[] TAIL_Q = {
        2.56852019228982242e00,
        1.87295284992346725e00,
        5.27905102951428412e-1,
        6.05183413124413191e-2,
        2.33520497626869185e-3
    };
    private static final double INVERSE_SQRT_PI = 5.6418958354775628695e-1;

    private ErrorFunction() {}

    /** Returns {@code 2 / sqrt(pi)} times the integral of {@code exp(-t²)} from 0 to x. */
    static double erf(double x) {
        double y = Math.abs(x);
        if (y <= 0.46875) {
            return center(x);
        }
        if (y >= 6) {
            return Math.signum(x);
        }
        double complement = y <= 4 ? middle(y) : tail(y);
        return Double.isNaN(x) ? x : Math.copySign(0.5 - complement + 0.5, x);
    }

    private static double center(double x) {
        double square = x * x;
        double p = CENTER_P[4] * square;
        double q = square;
        for (int i = 0; i < 3; i++) {
            p = (p + CENTER_P[i]) * square;
            q = (q + CENTER_Q[i]) * square;
        }
        return x * (p + CENTER_P[3]) / (q + CENTER_Q[3]);
    }

    private static double middle(double y) {
        double p = MIDDLE_P[8] * y;
        double q = y;
        for (int i = 0; i < 7; i++) {
            p = (p + MIDDLE_P[i]) * y;
            q = (q + MIDDLE_Q[i]) * y;
        }
        return (p + MIDDLE_P[7]) / (q + MIDDLE_Q[7]) * expOfMinusSquare(y);
    }

    private static double tail(double y) {
        double inverse = 1 / (y * y);
        double p = TAIL_P[5] * inverse;
        double q = inverse;
        for (int i = 0; i < 4; i++) {
            p = (p + TAIL_P[i]) * inverse;
            q = (q + TAIL_Q[i]) * inverse;
        }
        double r = inverse * (p + TAIL_P[4]) / (q + TAIL_Q[4]);
        return (INVERSE_SQRT_PI - r) / y * expOfMinusSquare(y);
    }

    /** Splits y so that its square is exact, as Cody's program does. */
    private static double expOfMinusSquare(double y) {
        double rounded = Math.floor(y * 16) / 16;
        double rest = (y - rounded) * (y + rounded);
        return Math.exp(-rounded * rounded) * Math.exp(-rest);
    }
}
