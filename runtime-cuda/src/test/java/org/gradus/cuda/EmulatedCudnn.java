package org.gradus.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import org.gradus.cuda.library.LibrarySearch;

/** An emulated cuDNN beside the emulated driver, and what it tells about itself. */
public final class EmulatedCudnn {
    private final Emulator emulator = Emulator.get();
    private final Path file;
    private final SymbolLookup symbols;

    /** Opens the library of cuDNN 8 or 9. */
    @SuppressWarnings("restricted") // built from the project's own source
    public EmulatedCudnn(int major) {
        this.file = emulator.folder().resolve("cudnn" + major).resolve("libcudnn.so." + major);
        this.symbols = SymbolLookup.libraryLookup(file, Arena.global());
    }

    /** Returns a search that finds the emulated driver and this. */
    public LibrarySearch search() {
        return LibrarySearch.in(List.of(emulator.folder(), file.getParent()));
    }

    /** Returns the library's file. */
    Path file() {
        return file;
    }

    /** Returns the number of handles and descriptors that were not given back. */
    int objects() {
        return ask("objects");
    }

    /** Returns how often something was computed. */
    public int calls() {
        return ask("calls");
    }

    /** Returns how often algorithms were asked for. */
    int guesses() {
        return ask("guesses");
    }

    /** Returns how often algorithms were measured. */
    int measurements() {
        return ask("measurements");
    }

    /** Returns the algorithm of the last convolution. */
    int lastAlgorithm() {
        return ask("last_algorithm");
    }

    /** Lets the next call that computes, or creates a handle, fail. */
    void failNext(int status) {
        try {
            handle("emulator_cudnn_fail_next", FunctionDescriptor.ofVoid(JAVA_INT))
                    .invokeExact(status);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private int ask(String what) {
        try {
            return (int)
                    handle("emulator_cudnn_" + what, FunctionDescriptor.of(JAVA_INT)).invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("restricted") // the emulator's own functions
    private MethodHandle handle(String name, FunctionDescriptor signature) {
        return Linker.nativeLinker().downcallHandle(symbols.find(name).orElseThrow(), signature);
    }
}
