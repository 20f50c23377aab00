package org.gradus.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.gradus.data.DataException;
import org.gradus.dtype.DType;
import org.gradus.dtype.HostMemory;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/**
 * NumPy's file of one array, versions 1 to 3: a magic text, the version, the header's length, the
 * header as a Python dictionary, the elements (NumPy Enhancement Proposal 1, "A Simple File Format
 * for NumPy Arrays").
 */
public final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int ALIGNMENT = 64;

    /** NumPy's own limit for a header. */
    private static final long MAXIMUM_HEADER = 10_000;

    private static final Pattern DESCR = Pattern.compile("['\"]descr['\"]\\s*:\\s*'([^']*)'");
    private static final Pattern ORDER =
            Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([^()]*)\\)");

    private Npy() {}

    /**
     * Reads a file, in either byte order and in C or Fortran order; the result is row-major. 8- and
     * 16-bit integers that have no type here are widened to {@code I32}, unsigned 32-bit ones to
     * {@code I64}.
     *
     * @throws DataException if the file is missing, damaged, or has elements that are not numbers
     */
    public static HostArray read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(file + ": there is no such file; give the path of a .npy file");
        }
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            return read(channel, channel.size(), file.toString());
        } catch (IOException problem) {
            throw new DataException(
                    file + ": cannot be read (" + problem + "); check the file and its permissions",
                    problem);
        }
    }

    /**
     * Writes a file, in place of one that may be there; see {@link AtomicFiles}. {@code BF16},
     * which NumPy does not have, is written as {@code F32}.
     *
     * @throws UncheckedIOException if the file cannot be written; the old one is then still there
     */
    public static void write(Path file, HostArray array) {
        AtomicFiles.write(file, channel -> write(channel, array));
    }

    static void write(WritableByteChannel channel, HostArray array) throws IOException {
        HostArray stored = storable(array);
        String sizes =
                Arrays.stream(stored.shape().sizes())
                        .mapToObj(size -> size + ",")
                        .collect(Collectors.joining(" ", "(", ")"));
        String text =
                "{'descr': '"
                        + NpyType.of(stored.dtype()).descr()
                        + "', 'fortran_order': False, 'shape': "
                        + sizes
                        + ", }";
        int before = MAGIC.length + 4;
        int total = (before + text.length() + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        ByteBuffer header = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
        header.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (total - before));
        header.put(text.getBytes(StandardCharsets.US_ASCII));
        while (header.remaining() > 1) {
            header.put((byte) ' ');
        }
        header.put((byte) '\n');
        AtomicFiles.writeFully(channel, header.flip());
        Elements.write(channel, stored);
    }

    /**
     * Reads an array.
     *
     * @param available the number of bytes the channel has: all of them must belong to the array
     */
    static HostArray read(ReadableByteChannel channel, long available, String name)
            throws IOException {
        try {
            ByteBuffer start = take(channel, MAGIC.length + 2);
            if (!Arrays.equals(Arrays.copyOf(start.array(), MAGIC.length), MAGIC)) {
                throw new DataException(
                        name
                                + ": not a NumPy array: it does not start with \\x93NUMPY;"
                                + " give a file that numpy.save has written");
            }
            int version = start.get(MAGIC.length);
            if (version < 1 || version > 3) {
                throw damaged(name, "is of version " + version + ", not 1 to 3");
            }
            int lengthBytes = version == 1 ? 2 : 4;
            ByteBuffer length = take(channel, lengthBytes);
            long headerBytes =
                    version == 1
                            ? Short.toUnsignedLong(length.getShort())
                            : Integer.toUnsignedLong(length.getInt());
            if (headerBytes > MAXIMUM_HEADER) {
                throw damaged(
                        name, "has a header of " + headerBytes + " bytes, above " + MAXIMUM_HEADER);
            }
            String header =
                    new String(take(channel, (int) headerBytes).array(), StandardCharsets.UTF_8);
            long data = available - MAGIC.length - 2 - lengthBytes - headerBytes;
            return readElements(channel, header, data, name);
        } catch (EOFException problem) {
            throw damaged(name, "is cut short");
        }
    }

    private static HostArray readElements(
            ReadableByteChannel channel, String header, long available, String name)
            throws IOException {
        String descr = find(DESCR, header, name, "type of numbers");
        NpyType type = NpyType.parse(descr);
        if (type == null) {
            throw new DataException(
                    name
                            + ": holds elements of type '"
                            + descr
                            + "', which are not numbers known here;"
                            + " convert them in NumPy, as with astype('float32')");
        }
        boolean fortran = find(ORDER, header, name, "order of elements").equals("True");
        Shape shape = shape(find(SHAPE, header, name, "shape"), type, name);
        long bytes = shape.elements() * type.width();
        if (bytes != available) {
            throw damaged(
                    name,
                    "has "
                            + available
                            + " bytes of elements where "
                            + descr
                            + shape
                            + " needs "
                            + bytes);
        }
        ByteOrder order = descr.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        HostArray array = type.read(channel, fortran ? reversed(shape) : shape, order);
        return fortran ? transposed(array) : array;
    }

    private static Shape shape(String text, NpyType type, String name) {
        String trimmed = text.strip();
        try {
            int[] sizes =
                    trimmed.isEmpty()
                            ? new int[0]
                            : Pattern.compile(",")
                                    .splitAsStream(trimmed)
                                    .map(String::strip)
                                    .mapToInt(Integer::parseUnsignedInt)
                                    .toArray();
            Shape shape = Shape.of(sizes);
            if (shape.elements() <= (Integer.MAX_VALUE - 16L) / type.width()) {
                return shape;
            }
        } catch (IllegalArgumentException _) {
            // Not numbers, or too large ones: reported below.
        }
        throw damaged(name, "has the impossible or too large shape (" + text + ")");
    }

    private static String find(Pattern pattern, String header, String name, String what) {
        Matcher matcher = pattern.matcher(header);
        if (!matcher.find()) {
            throw damaged(name, "has a header that does not tell the " + what);
        }
        return matcher.group(1);
    }

    private static Shape reversed(Shape shape) {
        int[] sizes = shape.sizes();
        int[] result = new int[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            result[i] = sizes[sizes.length - 1 - i];
        }
        return Shape.of(result);
    }

    /** Returns the array with all axes in the opposite order, row-major again. */
    private static HostArray transposed(HostArray array) {
        Shape target = reversed(array.shape());
        HostArray result = HostArray.zeros(array.dtype(), target);
        long[] strides = array.shape().contiguousStrides();
        int rank = target.rank();
        int[] index = new int[rank];
        int width = array.dtype().bytes();
        long from = 0;
        for (long to = 0; to < target.elements(); to++) {
            HostMemory.copy(array.data(), from * width, result.data(), to * width, width);
            for (int axis = rank - 1; axis >= 0; axis--) {
                long stride = strides[rank - 1 - axis];
                from += stride;
                if (++index[axis] < target.size(axis)) {
                    break;
                }
                from -= stride * index[axis];
                index[axis] = 0;
            }
        }
        return result;
    }

    private static HostArray storable(HostArray array) {
        return array.dtype() == DType.BF16 ? HostArray.of(array.toFloats(), array.shape()) : array;
    }

    private static ByteBuffer take(ReadableByteChannel channel, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        Elements.readFully(channel, buffer);
        return buffer.flip();
    }

    private static DataException damaged(String name, String problem) {
        return new DataException(name + ": " + problem + "; fetch or write the file again");
    }
}
