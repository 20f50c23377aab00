package org.gradus.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.Locale;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/** The types of NumPy's elements, each with the type it becomes. */
enum NpyType {
    B1(DType.BOOL, 1),
    U1(DType.U8, 1),
    I4(DType.I32, 4),
    I8(DType.I64, 8),
    F2(DType.F16, 2),
    F4(DType.F32, 4),
    F8(DType.F64, 8),
    I1(DType.I32, 1),
    I2(DType.I32, 2),
    U2(DType.I32, 2),
    U4(DType.I64, 4);

    private final DType dtype;
    private final int width;

    NpyType(DType dtype, int width) {
        this.dtype = dtype;
        this.width = width;
    }

    /** Returns the type of a description such as {@code <f4} or {@code |u1}; null if unknown. */
    static NpyType parse(String descr) {
        if (descr.length() != 3 || "<>|=".indexOf(descr.charAt(0)) < 0) {
            return null;
        }
        String code = descr.substring(1);
        return Arrays.stream(values())
                .filter(type -> type.code().equals(code))
                .findFirst()
                .orElse(null);
    }

    /** Returns the type that stores a type; none stores {@code BF16}. */
    static NpyType of(DType dtype) {
        return Arrays.stream(values())
                .filter(type -> type.dtype == dtype && !type.isWidened())
                .findFirst()
                .orElseThrow();
    }

    /** Returns the number of bytes of an element in the file. */
    int width() {
        return width;
    }

    /** Returns the description in a header, low byte first. */
    String descr() {
        return (width == 1 ? "|" : "<") + code();
    }

    /** Reads as many elements as a shape has. */
    HostArray read(ReadableByteChannel channel, Shape shape, ByteOrder order) throws IOException {
        HostArray array = HostArray.zeros(dtype, shape);
        if (!isWidened()) {
            Elements.read(channel, array, order);
            return array;
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) shape.elements() * width).order(order);
        Elements.readFully(channel, bytes);
        bytes.flip();
        return dtype == DType.I64
                ? HostArray.of(longs(bytes), shape)
                : HostArray.of(ints(bytes), shape);
    }

    private long[] longs(ByteBuffer bytes) {
        long[] values = new long[bytes.remaining() / width];
        Arrays.setAll(values, i -> Integer.toUnsignedLong(bytes.getInt(i * width)));
        return values;
    }

    private int[] ints(ByteBuffer bytes) {
        int[] values = new int[bytes.remaining() / width];
        Arrays.setAll(
                values,
                i ->
                        switch (this) {
                            case I1 -> bytes.get(i);
                            case U2 -> Short.toUnsignedInt(bytes.getShort(i * width));
                            default -> bytes.getShort(i * width);
                        });
        return values;
    }

    private boolean isWidened() {
        return width < dtype.bytes();
    }

    private String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
