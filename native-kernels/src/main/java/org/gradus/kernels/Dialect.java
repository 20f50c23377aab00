package org.gradus.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.gradus.dtype.DType;
import org.gradus.expr.Scalars;

/**
 * How types, literals and conversions are written in the dialect, the language of {@code
 * dialect.h}.
 */
public final class Dialect {
    private static final String HEADER = read("dialect.h");

    private Dialect() {}

    /** Returns the header that goes before every kernel's text. */
    public static String header() {
        return HEADER;
    }

    /** Returns a resource of this package. */
    static String read(String resource) {
        try (InputStream in = Dialect.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }

    /** Returns the C type of an element in memory. */
    public static String storage(DType dtype) {
        return switch (dtype) {
            case BOOL, U8 -> "u8";
            case I32 -> "i32";
            case I64 -> "i64";
            case F16, BF16 -> "u16";
            case F32 -> "float";
            case F64 -> "double";
        };
    }

    /** Returns the C type of a value of the type that {@code dtype} computes in. */
    public static String register(DType dtype) {
        return switch (dtype) {
            case BOOL, U8, I32 -> "i32";
            case I64 -> "i64";
            case F16, BF16, F32 -> "float";
            case F64 -> "double";
        };
    }

    /** Returns the expression that reads an element and widens it to its compute type. */
    public static String load(DType dtype, String pointer, String index) {
        return "load_" + dtype + "(" + pointer + ", " + index + ")";
    }

    /** Returns the statement that rounds or wraps a value of the compute type and stores it. */
    public static String store(DType dtype, String pointer, String index, String value) {
        return "store_" + dtype + "(" + pointer + ", " + index + ", " + value + ");";
    }

    /** Returns the expression of a word as a value of the type that {@code dtype} computes in. */
    public static String word(int position, DType dtype) {
        String word = "w.v[" + position + "]";
        return switch (dtype.computeType()) {
            case F32 -> "bits_f32((u32)" + word + ")";
            case F64 -> "bits_f64((u64)" + word + ")";
            case I64 -> word;
            default -> "(i32)" + word;
        };
    }

    /**
     * Returns a literal of a compute type, exact to the last bit.
     *
     * @param bits encoded as {@link Scalars} says
     */
    public static String literal(long bits, DType dtype) {
        double value = Scalars.decode(bits, dtype);
        return switch (dtype.computeType()) {
            case F32 -> literal((float) value);
            case F64 -> literal(value);
            case I64 ->
                    bits == Long.MIN_VALUE
                            ? "I64_MIN"
                            : bits < 0 ? "(-C_I64(" + -bits + "))" : "C_I64(" + bits + ")";
            case BOOL -> bits != 0 ? "1" : "0";
            default ->
                    (int) bits == Integer.MIN_VALUE
                            ? "I32_MIN"
                            : (int) bits < 0
                                    ? "(" + (int) bits + ")"
                                    : Integer.toString((int) bits);
        };
    }

    private static String literal(float value) {
        if (Float.isFinite(value)) {
            String text = Float.toHexString(value) + "f";
            return text.startsWith("-") ? "(" + text + ")" : text;
        }
        return Float.isNaN(value) ? "F32_NAN" : value > 0 ? "F32_INFINITY" : "(-F32_INFINITY)";
    }

    private static String literal(double value) {
        if (Double.isFinite(value)) {
            String text = Double.toHexString(value);
            return text.startsWith("-") ? "(" + text + ")" : text;
        }
        return Double.isNaN(value) ? "F64_NAN" : value > 0 ? "F64_INFINITY" : "(-F64_INFINITY)";
    }

    /**
     * Returns the conversion of a value as {@link org.gradus.expr.Op#CAST} says. The result is a
     * value of {@code to}, in the type that it computes in.
     */
    public static String cast(String value, DType from, DType to) {
        DType type = from.computeType();
        boolean floating = type.isFloating();
        String given = "(" + value + ")";
        return switch (to) {
            case BOOL -> from == DType.BOOL ? value : "(i32)(" + given + " != 0)";
            case U8 -> floating ? "u8_from_" + type + given : "(i32)(u8)" + given;
            case I32 -> floating ? "i32_from_" + type + given : "(i32)" + given;
            case I64 -> floating ? "i64_from_" + type + given : "(i64)" + given;
            case F16, BF16 -> from == to ? value : "round_" + to + "((float)" + given + ")";
            case F32 -> type == DType.F32 ? value : "(float)" + given;
            case F64 -> type == DType.F64 ? value : "(double)" + given;
        };
    }
}
