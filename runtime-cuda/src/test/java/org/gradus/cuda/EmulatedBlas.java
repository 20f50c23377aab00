package org.gradus.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.gradus.cuda.library.LibrarySearch;
import org.gradus.cuda.library.NativeLibrary;

/** An emulated cuBLAS or cublasLt, and what it tells about itself. */
public final class EmulatedBlas {
    private static final int LONGEST_MESSAGE = 512;

    private final NativeLibrary library;

    /** Opens one of the emulator's libraries. */
    public EmulatedBlas(String file) {
        this.library =
                LibrarySearch.in(List.of(Emulator.get().folder()))
                        .open(List.of(file))
                        .orElseThrow();
    }

    /** Returns how many products it computed. */
    public long products() {
        return number("emulator_blas_products");
    }

    /** Returns how many handles and descriptors were not given back. */
    public long objects() {
        return number("emulator_blas_objects");
    }

    /** Returns what it last found wrong. */
    @SuppressWarnings("restricted") // a message that ends with a zero
    public String lastError() {
        try {
            MemorySegment text =
                    (MemorySegment)
                            library.function(
                                            "emulator_blas_last_error",
                                            FunctionDescriptor.of(ADDRESS))
                                    .invokeExact();
            return text.reinterpret(LONGEST_MESSAGE).getString(0);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lets the next call of a function fail. */
    public void plant(String function, int status) {
        try (Arena arena = Arena.ofConfined()) {
            library.function("emulator_blas_plant", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT))
                    .invokeExact(arena.allocateFrom(function), status);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private long number(String function) {
        try {
            return (long)
                    library.function(function, FunctionDescriptor.of(JAVA_LONG)).invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
