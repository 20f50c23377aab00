package org.gradus.dtype;

import java.util.Locale;

/**
 * The type of a tensor's elements.
 *
 * <p>Arithmetic is done in the {@linkplain #computeType() compute type}: the 16-bit floating types
 * and {@code U8} are storage formats that widen when loaded and round (or wrap) when stored.
 */
public enum DType {
    /** Truth values; one byte each, 0 or 1. */
    BOOL(1, Kind.BOOLEAN),
    /** Unsigned 8-bit integers, as in images. */
    U8(1, Kind.INTEGER),
    /** Signed 32-bit integers. */
    I32(4, Kind.INTEGER),
    /** Signed 64-bit integers: the type of indices. */
    I64(8, Kind.INTEGER),
    /** IEEE half precision: 5 bits of exponent, 10 of fraction. */
    F16(2, Kind.FLOATING),
    /** bfloat16: the upper half of an {@code F32}. */
    BF16(2, Kind.FLOATING),
    /** IEEE single precision: the default. */
    F32(4, Kind.FLOATING),
    /** IEEE double precision, for gradient checks. */
    F64(8, Kind.FLOATING);

    private enum Kind {
        BOOLEAN,
        INTEGER,
        FLOATING
    }

    private final int bytes;
    private final Kind kind;

    DType(int bytes, Kind kind) {
        this.bytes = bytes;
        this.kind = kind;
    }

    /** Returns the size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Returns whether this is one of the floating-point types. */
    public boolean isFloating() {
        return kind == Kind.FLOATING;
    }

    /** Returns whether this is one of the integer types ({@code BOOL} is not). */
    public boolean isInteger() {
        return kind == Kind.INTEGER;
    }

    /** Returns the type in which arithmetic on elements of this type is done. */
    public DType computeType() {
        return switch (this) {
            case F16, BF16 -> F32;
            case U8 -> I32;
            default -> this;
        };
    }

    /**
     * Returns the type of the result of an operation on this type and another, as PyTorch promotes:
     * boolean, then integers by width, then floating types by width; {@code F16} with {@code BF16}
     * gives {@code F32}.
     */
    public DType promote(DType other) {
        if (this == other) {
            return this;
        }
        if (isFloating() && other.isFloating() && bytes == 2 && other.bytes == 2) {
            return F32;
        }
        return ordinal() > other.ordinal() ? this : other;
    }

    /** Returns the lower-case name, as in {@code f32}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
