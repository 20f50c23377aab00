package org.gradus.nn;

import java.util.Iterator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.gradus.tensor.Tensor;

/**
 * Modules named {@code "0"}, {@code "1"}, ..., whose user says how they are called.
 *
 * @param <M> their class
 */
public final class ModuleList<M extends Module> extends Module implements Iterable<M> {
    private final List<M> modules;

    /** Creates a list of given modules. */
    public ModuleList(List<M> modules) {
        this.modules = List.copyOf(modules);
        for (int i = 0; i < this.modules.size(); i++) {
            module(Integer.toString(i), this.modules.get(i));
        }
    }

    /** Creates a list of as many new modules. */
    public static <M extends Module> ModuleList<M> of(int count, Supplier<M> each) {
        return new ModuleList<>(Stream.generate(each).limit(count).toList());
    }

    /** Returns a module. */
    public M get(int i) {
        return modules.get(i);
    }

    /** Returns how many there are. */
    public int size() {
        return modules.size();
    }

    @Override
    public Iterator<M> iterator() {
        return modules.iterator();
    }

    /**
     * Returns what the last module makes of what the one before made, and so on.
     *
     * @param call runs one module
     */
    public Tensor chain(Tensor x, BiFunction<M, Tensor, Tensor> call) {
        return within(
                () -> {
                    Tensor y = x;
                    for (M module : modules) {
                        y = call.apply(module, y);
                    }
                    return y;
                });
    }
}
