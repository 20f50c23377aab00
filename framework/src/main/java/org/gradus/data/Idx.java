package org.gradus.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/**
 * Reads IDX files, plain or compressed with gzip: the format of MNIST and its descendants. Two zero
 * bytes, a type, the number of axes, their sizes as 32-bit numbers, then the elements; all
 * big-endian (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits").
 */
public final class Idx {
    private static final int MAXIMUM_RANK = 8;

    /** What arrays of the Java heap can hold. */
    private static final long MAXIMUM_BYTES = Integer.MAX_VALUE - 16L;

    private Idx() {}

    /**
     * Reads a file. Signed bytes and 16-bit integers, which have no type here, are widened to
     * {@code I32}.
     *
     * @throws DataException if the file is missing, damaged, cut short or too long
     */
    public static HostArray read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(
                    file + ": there is no such file; give the path of an IDX file, plain or .gz");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return read(in, file.toString());
        } catch (IOException problem) {
            throw new DataException(
                    file + ": cannot be read (" + problem + "); check the file's permissions",
                    problem);
        }
    }

    /**
     * Reads a stream to its end.
     *
     * @param name what the stream is called in error messages
     * @throws DataException if what is read is damaged, cut short or too long
     */
    public static HostArray read(InputStream in, String name) {
        try {
            InputStream plain = decompressed(in, name);
            Header header = readHeader(plain, name);
            // Memory grows with what is really there, whatever the header says.
            byte[] data = plain.readNBytes((int) header.bytes());
            if (data.length < header.bytes()) {
                throw new DataException(
                        name
                                + ": cut short: the header announces "
                                + header.shape
                                + " elements of "
                                + header.type.width
                                + " bytes, but only "
                                + data.length
                                + " bytes follow; fetch the file again");
            }
            if (plain.read() >= 0) {
                throw new DataException(
                        name
                                + ": has more than the "
                                + header.bytes()
                                + " bytes of data that its header announces;"
                                + " the header is damaged, fetch the file again");
            }
            return header.type.toHostArray(data, header.shape);
        } catch (IOException problem) {
            throw new DataException(
                    name + ": damaged (" + problem.getMessage() + "); fetch the file again",
                    problem);
        }
    }

    private record Header(Type type, Shape shape) {
        long bytes() {
            return shape.elements() * type.width;
        }
    }

    private enum Type {
        U8(0x08, 1),
        I8(0x09, 1),
        I16(0x0b, 2),
        I32(0x0c, 4),
        F32(0x0d, 4),
        F64(0x0e, 8);

        private final int code;
        private final int width;

        Type(int code, int width) {
            this.code = code;
            this.width = width;
        }

        static Type of(int code) {
            for (Type type : values()) {
                if (type.code == code) {
                    return type;
                }
            }
            return null;
        }

        HostArray toHostArray(byte[] data, Shape shape) {
            MemorySegment bytes = MemorySegment.ofArray(data);
            int count = data.length / width;
            return switch (this) {
                case U8 -> HostArray.ofBytes(data, shape);
                case I8 -> {
                    int[] values = new int[count];
                    for (int i = 0; i < count; i++) {
                        values[i] = data[i];
                    }
                    yield HostArray.of(values, shape);
                }
                case I16 -> {
                    int[] values = new int[count];
                    for (int i = 0; i < count; i++) {
                        values[i] = bytes.getAtIndex(SHORT, i);
                    }
                    yield HostArray.of(values, shape);
                }
                case I32 -> {
                    HostArray result = HostArray.zeros(DType.I32, shape);
                    MemorySegment.copy(bytes, INT, 0, result.data(), NATIVE_INT, 0, count);
                    yield result;
                }
                case F32 -> {
                    HostArray result = HostArray.zeros(DType.F32, shape);
                    MemorySegment.copy(bytes, INT, 0, result.data(), NATIVE_INT, 0, count);
                    yield result;
                }
                case F64 -> {
                    HostArray result = HostArray.zeros(DType.F64, shape);
                    MemorySegment.copy(bytes, LONG, 0, result.data(), NATIVE_LONG, 0, count);
                    yield result;
                }
            };
        }
    }

    private static InputStream decompressed(InputStream in, String name) throws IOException {
        byte[] start = in.readNBytes(2);
        PushbackInputStream all = new PushbackInputStream(in, 2);
        all.unread(start);
        if (start.length == 2 && (start[0] & 0xff) == 0x1f && (start[1] & 0xff) == 0x8b) {
            try {
                return new GZIPInputStream(all, 1 << 16);
            } catch (EOFException problem) {
                throw new DataException(
                        name + ": cut short in the gzip header; fetch the file again", problem);
            }
        }
        return all;
    }

    private static Header readHeader(InputStream in, String name) throws IOException {
        byte[] magic = in.readNBytes(4);
        Type type = magic.length == 4 ? Type.of(magic[2]) : null;
        if (type == null || magic[0] != 0 || magic[1] != 0) {
            throw new DataException(
                    name
                            + ": not an IDX file: it does not start with two zero bytes and the"
                            + " code of a type; give a file such as train-images-idx3-ubyte.gz");
        }
        int rank = magic[3];
        if (rank < 0 || rank > MAXIMUM_RANK) {
            throw new DataException(
                    name
                            + ": the header announces "
                            + (rank & 0xff)
                            + " axes, more than "
                            + MAXIMUM_RANK
                            + "; the file is damaged, fetch it again");
        }
        return new Header(type, readShape(in, rank, type, name));
    }

    private static Shape readShape(InputStream in, int rank, Type type, String name)
            throws IOException {
        byte[] bytes = in.readNBytes(4 * rank);
        if (bytes.length < 4 * rank) {
            throw new DataException(name + ": cut short in the header; fetch the file again");
        }
        int[] sizes = new int[rank];
        long total = type.width;
        boolean possible = true;
        for (int axis = 0; axis < rank; axis++) {
            sizes[axis] = MemorySegment.ofArray(bytes).getAtIndex(INT, axis);
            possible &= sizes[axis] >= 0 && total <= MAXIMUM_BYTES;
            total *= Math.max(sizes[axis], 1);
        }
        if (!possible || total > MAXIMUM_BYTES) {
            throw new DataException(
                    name
                            + ": the header announces sizes "
                            + unsigned(sizes)
                            + ", more than the 2 GiB that can be read; if that is not what the file"
                            + " should hold it is damaged, fetch it again");
        }
        return Shape.of(sizes);
    }

    private static String unsigned(int[] sizes) {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < sizes.length; i++) {
            text.append(i == 0 ? "" : ", ").append(Integer.toUnsignedString(sizes[i]));
        }
        return text.append(']').toString();
    }

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NATIVE_INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong NATIVE_LONG = ValueLayout.JAVA_LONG_UNALIGNED;
}
