package org.gradus.cuda.library;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * A library that was opened.
 *
 * @param file its path, or its name where the system found it
 * @param symbols its functions
 */
public record NativeLibrary(String file, SymbolLookup symbols) {
    /**
     * Returns a function that returns a status.
     *
     * @throws UnsatisfiedLinkError if the library does not have it
     */
    public MethodHandle function(String name, MemoryLayout... arguments) {
        return function(name, FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
    }

    /**
     * Returns a function of any signature.
     *
     * @throws UnsatisfiedLinkError if the library does not have it
     */
    @SuppressWarnings("restricted") // the signatures are those of CUDA's headers
    public MethodHandle function(String name, FunctionDescriptor signature) {
        return Linker.nativeLinker()
                .downcallHandle(
                        symbols.find(name)
                                .orElseThrow(
                                        () ->
                                                new UnsatisfiedLinkError(
                                                        file + " has no function " + name)),
                        signature);
    }
}
