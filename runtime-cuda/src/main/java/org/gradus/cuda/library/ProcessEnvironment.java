package org.gradus.cuda.library;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** The environment variables of this process, as native libraries read them. */
public final class ProcessEnvironment {
    private static final int KEEP_WHAT_IS_SET = 0;

    private ProcessEnvironment() {}

    /**
     * Sets a variable, unless it is set; does nothing where the system has no {@code setenv}. For
     * settings that a library reads nowhere else, before it is started.
     */
    public static synchronized void setUnlessSet(String name, String value) {
        Optional<MethodHandle> function = setenv();
        if (function.isEmpty() || System.getenv(name) != null) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocateFrom(name);
            MemorySegment text = arena.allocateFrom(value);
            int failed = (int) function.get().invokeExact(key, text, KEEP_WHAT_IS_SET);
            if (failed != 0) {
                throw new IllegalStateException("the variable " + name + " cannot be set");
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("setenv could not be called", e);
        }
    }

    @SuppressWarnings("restricted") // a function of the C library
    private static Optional<MethodHandle> setenv() {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find("setenv")
                .map(
                        address ->
                                linker.downcallHandle(
                                        address,
                                        FunctionDescriptor.of(
                                                JAVA_INT, ADDRESS, ADDRESS, JAVA_INT)));
    }
}
