package org.gradus.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A stretch of work after which its tensors are given back.
 *
 * <p>A tensor belongs to the innermost scope that is open on the thread that makes it; when that
 * scope closes, all of its tensors are released but those moved out by {@link Tensor#keep}. Outside
 * all scopes tensors are released when the garbage collector finds them.
 *
 * <pre>{@code
 * try (Scope step = Scope.open()) {
 *     Tensor loss = model.forward(input).sub(target).square().mean();
 *     loss.backward();
 *     optimizer.step();
 * }
 * }</pre>
 */
public final class Scope implements AutoCloseable {
    private static final ThreadLocal<Scope> CURRENT = new ThreadLocal<>();

    private final Scope outer;
    private final List<Tensor> tensors = new ArrayList<>();
    private boolean closed;

    private Scope(Scope outer) {
        this.outer = outer;
    }

    /** Opens a scope on this thread; close it with try-with-resources. */
    public static Scope open() {
        Scope scope = new Scope(CURRENT.get());
        CURRENT.set(scope);
        return scope;
    }

    /** Runs work in a scope of its own and moves its result out. */
    public static Tensor compute(Supplier<Tensor> work) {
        try (var _ = open()) {
            return work.get().keep();
        }
    }

    /** Returns the innermost scope of this thread, null if there is none. */
    static Scope current() {
        return CURRENT.get();
    }

    /** Returns the scope around this one, null if there is none. */
    Scope outer() {
        return outer;
    }

    void add(Tensor tensor) {
        tensors.add(tensor);
    }

    boolean owns(Tensor tensor) {
        return tensor.scope() == this;
    }

    /** Returns the number of tensors that belong to this scope. */
    public int size() {
        int count = 0;
        for (Tensor tensor : tensors) {
            if (owns(tensor) && !tensor.isReleased()) {
                count++;
            }
        }
        return count;
    }

    /**
     * Releases the tensors of this scope.
     *
     * @throws IllegalStateException if a scope that was opened after this one is still open
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (CURRENT.get() != this) {
            throw new IllegalStateException(
                    "scopes must be closed in the reverse order of their opening, on one thread");
        }
        closed = true;
        if (outer == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
        for (Tensor tensor : tensors) {
            if (owns(tensor)) {
                tensor.release();
            }
        }
    }
}
