package org.gradus.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.gradus.device.Device;
import org.gradus.device.Devices;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/**
 * An array of numbers on a device, and the operations on it.
 *
 * <p>Operations return new tensors; those whose names end in {@code InPlace}, and {@link #assign},
 * change this one. Shapes broadcast by NumPy's rules, types promote as {@link DType#promote} says,
 * and negative axes count from the end. Methods have PyTorch's names and defaults.
 *
 * <p>Memory: a tensor belongs to the innermost open {@link Scope}, which releases it; outside
 * scopes the garbage collector does. Tensors may be read by several threads but must be made and
 * released by one at a time.
 *
 * <p>All operations throw {@link TensorException} for shapes, types or devices that do not fit and
 * for tensors that were released.
 */
public final class Tensor
        implements Operators,
                Elementwise,
                Reductions,
                Reshaping,
                Indexing,
                Products,
                Windows,
                Attention,
                Normalizations,
                Recurrences,
                Alignments,
                Mutation {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final AtomicLong FORGOTTEN = new AtomicLong();

    /** What a tensor must give back; apart from it so that a cleaner can hold this alone. */
    private static final class Holding implements Runnable {
        private Value value;
        private Node node;

        Holding(Value value, Node node) {
            this.value = value;
            this.node = node != null && !node.isLeaf() ? node.retain() : null;
        }

        /** Called for a tensor outside scopes that became unreachable. */
        @Override
        public void run() {
            if (drop()) {
                FORGOTTEN.incrementAndGet();
            }
        }

        synchronized boolean drop() {
            if (value == null) {
                return false;
            }
            value.release();
            value = null;
            if (node != null) {
                node.release();
                node = null;
            }
            return true;
        }
    }

    private final Shape shape;
    private final DType dtype;
    private final Device device;
    private final Holding holding;
    private final Throwable madeAt = Settings.site("made here");
    private Throwable releasedAt;
    private Node node;
    private Scope scope;
    private Cleaner.Cleanable cleanable;
    private Tensor gradient;

    private Tensor(Value value, Node node) {
        this.shape = value.shape();
        this.dtype = value.dtype();
        this.device = value.device();
        this.node = node;
        this.holding = new Holding(value, node);
        this.scope = Scope.current();
        own();
    }

    private void own() {
        if (scope != null) {
            scope.add(this);
        } else if (cleanable == null) {
            cleanable = CLEANER.register(this, holding);
        }
    }

    /** Returns a tensor over a value whose reference it takes over. */
    static Tensor over(Value value, Node node) {
        return new Tensor(value, node);
    }

    // ---- making tensors

    /** Returns a tensor of the given values on the default device. */
    public static Tensor of(float[] values, int... sizes) {
        return of(HostArray.of(values, sizesOr(values.length, sizes)), Devices.getDefault());
    }

    /** Returns a tensor of the given values on the default device. */
    public static Tensor of(double[] values, int... sizes) {
        return of(HostArray.of(values, sizesOr(values.length, sizes)), Devices.getDefault());
    }

    /** Returns a tensor of the given values on the default device. */
    public static Tensor of(long[] values, int... sizes) {
        return of(HostArray.of(values, sizesOr(values.length, sizes)), Devices.getDefault());
    }

    private static Shape sizesOr(int length, int[] sizes) {
        Shape shape = sizes.length == 0 ? Shape.of(length) : Shape.of(sizes);
        if (shape.elements() != length) {
            throw new TensorException(length + " values do not fill the shape " + shape);
        }
        return shape;
    }

    /** Returns a copy of a host array on a device. */
    public static Tensor of(HostArray array, Device device) {
        Value value = Value.allocate(device, array.dtype(), array.shape());
        device.upload(array.data(), value.view().buffer(), 0);
        return new Tensor(value, null);
    }

    /** Returns the same, for what is needed later: copied beside the work that is under way. */
    public static Tensor ahead(HostArray array, Device device) {
        return new Tensor(Value.uploadAhead(array, device), null);
    }

    /** Returns a scalar of type {@code F32} on a device. */
    public static Tensor scalar(double value, Device device) {
        return full(device, DType.F32, Shape.scalar(), value);
    }

    /** Returns a tensor of zeros. */
    public static Tensor zeros(Device device, DType dtype, Shape shape) {
        return full(device, dtype, shape, 0);
    }

    /** Returns a tensor of ones. */
    public static Tensor ones(Device device, DType dtype, Shape shape) {
        return full(device, dtype, shape, 1);
    }

    /** Returns a tensor of one value repeated. */
    public static Tensor full(Device device, DType dtype, Shape shape, double value) {
        Value result = Value.allocate(device, dtype, shape);
        device.fill(result.view(), value);
        return new Tensor(result, null);
    }

    /** Returns {@code start, start + step, ...} up to but without {@code end}. */
    public static Tensor arange(Device device, DType dtype, double start, double end, double step) {
        return Pointwise.arange(device, dtype, start, end, step);
    }

    /** Returns {@code count} evenly spaced values from {@code start} to {@code end} inclusive. */
    public static Tensor linspace(Device device, double start, double end, int count) {
        return Pointwise.linspace(device, start, end, count);
    }

    /** Returns the identity matrix of size n. */
    public static Tensor eye(Device device, DType dtype, int n) {
        Tensor rows = arange(device, DType.I64, 0, n, 1);
        return rows.unsqueeze(1).eq(rows.unsqueeze(0)).to(dtype);
    }

    /** Returns zeros of this tensor's shape, type and device. */
    public Tensor zerosLike() {
        return zeros(device, dtype, shape);
    }

    /** Returns ones of this tensor's shape, type and device. */
    public Tensor onesLike() {
        return ones(device, dtype, shape);
    }

    // ---- of several tensors

    /** Returns tensors one after the other along an axis; their other sizes must agree. */
    public static Tensor cat(int axis, Tensor... tensors) {
        return Joining.cat(axis, tensors);
    }

    /** Returns tensors of one shape along a new axis. */
    public static Tensor stack(int axis, Tensor... tensors) {
        return Joining.stack(axis, tensors);
    }

    /**
     * Returns a sum of products in Einstein's notation, as in {@code einsum("bik,bkj->bij", a, b)}.
     * Each operand's axes are named by letters; names that the result lacks are summed over.
     */
    public static Tensor einsum(String equation, Tensor... operands) {
        return Einsum.of(equation, operands);
    }

    // ---- what it is

    /** Returns the sizes of the axes. */
    public Shape shape() {
        return shape;
    }

    /** Returns the size of an axis; negative axes count from the end. */
    public int size(int axis) {
        return shape.size(axis);
    }

    /** Returns the number of axes. */
    public int rank() {
        return shape.rank();
    }

    /** Returns the type of the elements. */
    public DType dtype() {
        return dtype;
    }

    /** Returns the device that holds it. */
    public Device device() {
        return device;
    }

    // ---- values on the host

    /** Returns a copy of the elements in host memory; waits for the device. */
    public HostArray toHost() {
        View view = value().view();
        if (!view.isContiguous()) {
            try (var _ = Scope.open()) {
                return Autograd.withoutGradients(() -> detach().contiguous().toHost());
            }
        }
        HostArray result = HostArray.zeros(dtype, shape);
        if (shape.elements() > 0) {
            // an empty view may lie anywhere, even beyond its buffer
            MemorySegment target = result.data();
            device.download(view.buffer(), view.offset(), target);
        }
        return result;
    }

    /** Returns the elements as floats, row-major. */
    public float[] toFloats() {
        return toHost().toFloats();
    }

    /** Returns the elements as longs, row-major; floats are truncated. */
    public long[] toLongs() {
        return toHost().toLongs();
    }

    /** Returns the only element as a {@code double}. */
    public double item() {
        if (shape.elements() != 1) {
            throw new TensorException("item: a tensor of shape " + shape + " has not one element");
        }
        return toHost().get(0);
    }

    /** Copies to another device; returns this tensor if it is there already. */
    public Tensor to(Device other) {
        return other == device ? this : of(toHost(), other);
    }

    // ---- gradients

    /** Asks for the gradient of this tensor; returns it. Floating types only. */
    public Tensor requireGradient() {
        if (!dtype.isFloating()) {
            throw new TensorException(
                    "requireGradient: a tensor of "
                            + dtype
                            + " has no gradient; use a floating type");
        }
        if (node == null) {
            node = Node.leaf(this);
        }
        return this;
    }

    /** Returns whether a gradient flows to or through this tensor. */
    public boolean requiresGradient() {
        return node != null;
    }

    /** Returns the gradient that backward passes have added up, null if there was none. */
    public Tensor gradient() {
        return gradient;
    }

    /** Forgets the gradient. */
    public void clearGradient() {
        if (gradient != null) {
            gradient.release();
            gradient = null;
        }
    }

    /** Replaces the gradient; null forgets it. Used by clipping and accumulation. */
    public void setGradient(Tensor replacement) {
        Tensor owned =
                replacement == null
                        ? null
                        : Autograd.withoutGradients(() -> replacement.detach().compute().unowned());
        clearGradient();
        gradient = owned;
    }

    void accumulateGradient(Tensor more) {
        setGradient(gradient == null ? more : gradient.add(more));
    }

    /**
     * Computes the gradients of this scalar with respect to all tensors that asked for it, and adds
     * them to those.
     *
     * @throws TensorException if this is not a scalar, needs no gradient, or was gone through
     *     before
     */
    public void backward() {
        Autograd.backward(this, null, false);
    }

    /** Like {@link #backward()} for a tensor of any shape, given its gradient. */
    public void backward(Tensor seed) {
        Autograd.backward(this, seed, false);
    }

    /** Like {@link #backward()}, keeping what a second pass through the same tape needs. */
    public void backwardRetainingGraph() {
        Autograd.backward(this, null, true);
    }

    /** Returns the same values, apart from the tape; memory is shared. */
    public Tensor detach() {
        return new Tensor(value().retain(), null);
    }

    /** Returns another tensor over the same values, on the tape if this is. */
    Tensor alias() {
        return detach().recorded(new Operation.Identity("alias"), this);
    }

    Node node() {
        return node;
    }

    /** Puts an operation that made this tensor on the tape if an input needs a gradient. */
    Tensor recorded(Operation operation, Tensor... inputs) {
        return recorded(operation, new Tensor[0], inputs);
    }

    Tensor recorded(Operation operation, Tensor[] extras, Tensor... inputs) {
        if (dtype.isFloating() && Autograd.isRecording(inputs)) {
            node = Node.of(operation, this, inputs, extras);
            holding.node = node;
        }
        return this;
    }

    // ---- access for kernels

    /**
     * Returns the elements for an update by a kernel, as optimizers do it: pending readers are
     * computed first, and saved copies on the tape count as changed.
     */
    public View viewForUpdate() {
        View view = value().view();
        value().storage().beforeWrite();
        return view;
    }

    /** Returns the elements, computing them first if they were put off. */
    public View view() {
        return value().view();
    }

    // ---- memory

    /** Computes the elements now if they were put off; returns this tensor. */
    public Tensor compute() {
        value().view();
        return this;
    }

    /** Moves this tensor from the innermost scope to the one around it; returns it. */
    public Tensor keep() {
        if (scope != null && scope == Scope.current()) {
            scope = scope.outer();
            own();
        }
        return this;
    }

    /** Takes this tensor out of all scopes: it lives as long as it is reachable; returns it. */
    public Tensor unowned() {
        if (scope != null) {
            scope = null;
            own();
        }
        return this;
    }

    /** Gives the memory back now; harmless if that was done before. */
    public void release() {
        if (holding.drop()) {
            releasedAt = Settings.site("released here");
            if (cleanable != null) {
                cleanable.clean();
            }
            if (gradient != null) {
                gradient.release();
            }
        }
    }

    /** Returns whether this tensor was released. */
    public boolean isReleased() {
        return holding.value == null;
    }

    /** Returns the number of tensors outside scopes that the garbage collector had to release. */
    public static long forgotten() {
        return FORGOTTEN.get();
    }

    /** Returns the number of blocks of device memory that tensors hold, for tests of leaks. */
    public static int liveStorages() {
        return Storage.live();
    }

    Scope scope() {
        return scope;
    }

    Value value() {
        Value value = holding.value;
        if (value == null) {
            throw released();
        }
        return value;
    }

    private TensorException released() {
        String message = "a tensor of shape " + shape + " was used after it was released";
        if (releasedAt == null) {
            return new TensorException(
                    message
                            + ": keep() it in its scope; -Dgradus.debug=memory tells where it was"
                            + " made and released");
        }
        releasedAt.addSuppressed(madeAt);
        return new TensorException(
                message + "; made at " + place(madeAt) + ", released at " + place(releasedAt),
                releasedAt);
    }

    private static String place(Throwable site) {
        return Arrays.stream(site.getStackTrace())
                .filter(frame -> !frame.getClassName().startsWith("org.gradus.tensor."))
                .findFirst()
                .map(StackTraceElement::toString)
                .orElse("an unknown place");
    }

    /** Returns the type, shape and (for up to 1000 elements) the values. */
    @Override
    public String toString() {
        if (isReleased()) {
            return dtype + shape.toString() + " released";
        }
        return shape.elements() <= 1000 ? TensorText.of(this) : dtype + shape.toString();
    }
}
