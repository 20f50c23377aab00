package org.gradus.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.gradus.cuda.library.LibrarySearch;

/** The emulated CUDA of {@code tests/cuda-emulator}, built once, and what it tells about itself. */
public final class Emulator {
    private static final Emulator INSTANCE = new Emulator();
    private static final int LONGEST_MESSAGE = 512;

    private final Path folder;
    private final SymbolLookup driver;
    private final SymbolLookup compiler;

    private Emulator() {
        this.folder = build();
        this.driver = lookup(folder.resolve("libcuda.so.1"));
        this.compiler = lookup(folder.resolve("libnvrtc.so.12"));
    }

    public static Emulator get() {
        return INSTANCE;
    }

    private static Path build() {
        Path root = Path.of(System.getProperty("gradus.root"));
        try {
            Process process =
                    new ProcessBuilder(root.resolve("tests/cuda-emulator/build").toString())
                            .redirectErrorStream(true)
                            .start();
            byte[] output = process.getInputStream().readAllBytes();
            String said = new String(output, StandardCharsets.UTF_8).strip();
            if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IllegalStateException("the emulated CUDA cannot be built: " + said);
            }
            return Path.of(said);
        } catch (IOException e) {
            throw new IllegalStateException("the emulated CUDA cannot be built", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("restricted") // built from the project's own source
    private static SymbolLookup lookup(Path library) {
        return SymbolLookup.libraryLookup(library, Arena.global());
    }

    /** Returns the folder that has the emulated libraries. */
    public Path folder() {
        return folder;
    }

    /** Returns a search that finds the emulated libraries. */
    public LibrarySearch search() {
        return LibrarySearch.in(List.of(folder));
    }

    /** Returns the number of blocks of device memory that were not freed. */
    long blocks() {
        return count("emulator_blocks");
    }

    /** Returns how many graphs were launched. */
    long replays() {
        return count("emulator_replays");
    }

    /** Returns how many graphs there are. */
    long graphs() {
        return count("emulator_graphs");
    }

    /** Returns how many graphs there were. */
    long graphsMade() {
        return count("emulator_graphs_made");
    }

    private long count(String function) {
        try {
            return (long) function(function, JAVA_LONG).invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns what the emulator last found wrong. */
    @SuppressWarnings("restricted") // a message that ends with a zero
    String lastError() {
        try {
            MemorySegment text =
                    (MemorySegment) function("emulator_last_error", ADDRESS).invokeExact();
            return text.reinterpret(LONGEST_MESSAGE).getString(0);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes the device usable again after an error that a GPU would not forget. */
    void forgetErrors() {
        call("emulator_forget_errors");
    }

    /** What the emulated streams put off until something waits for it: all of it could be so. */
    enum Order {
        /** Nothing: all is done at once. */
        AS_CALLED,
        /** Copies from the host to the device, and what its stream does after them. */
        COPIES_LATE,
        /** Kernels, and what their stream does after them. */
        KERNELS_LATE
    }

    /** Sets what streams put off. */
    void setOrder(Order order) {
        call("emulator_set_order", order.ordinal());
    }

    /** Returns how many things streams have put off. */
    long waiting() {
        return count("emulator_waiting");
    }

    /** Returns how many bytes of the device's memory are in use. */
    long used() {
        return count("emulator_used");
    }

    /** Sets how much memory the device has, as if others took the rest. */
    void setMemory(long bytes) {
        try {
            handle("emulator_set_memory", FunctionDescriptor.ofVoid(JAVA_LONG)).invokeExact(bytes);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sets the version that the driver tells, 12020 for 12.2. */
    void setDriverVersion(int version) {
        call("emulator_set_driver_version", version);
    }

    /** Sets the processor that the compiler knows, 90 for a compute capability of 9.0. */
    void setKnownArchitecture(int architecture) {
        call("emulator_set_known_architecture", architecture);
    }

    /** Sets the number of devices that the driver finds. */
    void setDevices(int count) {
        call("emulator_set_devices", count);
    }

    private void call(String name, int argument) {
        try {
            handle(name, FunctionDescriptor.ofVoid(JAVA_INT)).invokeExact(argument);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private void call(String name) {
        try {
            handle(name, FunctionDescriptor.ofVoid()).invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private MethodHandle function(String name, MemoryLayout result) {
        return handle(name, FunctionDescriptor.of(result));
    }

    private MemorySegment symbol(String name) {
        return driver.find(name).or(() -> compiler.find(name)).orElseThrow();
    }

    @SuppressWarnings("restricted") // the emulator's own functions
    private MethodHandle handle(String name, FunctionDescriptor signature) {
        return Linker.nativeLinker().downcallHandle(symbol(name), signature);
    }
}
