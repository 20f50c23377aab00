package org.gradus.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.gradus.cuda.library.LibrarySearch;
import org.gradus.cuda.library.NativeLibrary;
import org.gradus.device.DeviceException;
import org.gradus.dtype.HostMemory;

/** NVIDIA's run-time compiler, from CUDA C++ to machine code. */
final class Nvrtc {
    private static final List<String> OF_13 = List.of("libnvrtc.so.13", "nvrtc64_130_0.dll");
    private static final List<String> OF_12 = List.of("libnvrtc.so.12", "nvrtc64_120_0.dll");

    /** The first driver that takes what the compiler of CUDA 13 makes. */
    private static final int DRIVER_OF_13 = 13000;

    private static final String TARGET = "--gpu-architecture=";
    private static final String PTX_TARGET = "compute_";

    private final NativeLibrary library;
    private final String version;
    private final List<Integer> architectures;
    private final MethodHandle createProgram;
    private final MethodHandle compileProgram;
    private final MethodHandle destroyProgram;
    private final MethodHandle logSize;
    private final MethodHandle log;
    private final MethodHandle cubinSize;
    private final MethodHandle cubin;
    private final MethodHandle ptxSize;
    private final MethodHandle ptx;

    private Nvrtc(NativeLibrary library) {
        this.library = library;
        this.createProgram =
                library.function(
                        "nvrtcCreateProgram",
                        ADDRESS,
                        ADDRESS,
                        ADDRESS,
                        JAVA_INT,
                        ADDRESS,
                        ADDRESS);
        this.compileProgram = library.function("nvrtcCompileProgram", ADDRESS, JAVA_INT, ADDRESS);
        this.destroyProgram = library.function("nvrtcDestroyProgram", ADDRESS);
        this.logSize = library.function("nvrtcGetProgramLogSize", ADDRESS, ADDRESS);
        this.log = library.function("nvrtcGetProgramLog", ADDRESS, ADDRESS);
        this.cubinSize = library.function("nvrtcGetCUBINSize", ADDRESS, ADDRESS);
        this.cubin = library.function("nvrtcGetCUBIN", ADDRESS, ADDRESS);
        this.ptxSize = library.function("nvrtcGetPTXSize", ADDRESS, ADDRESS);
        this.ptx = library.function("nvrtcGetPTX", ADDRESS, ADDRESS);
        this.version = askVersion();
        this.architectures = askArchitectures();
    }

    /**
     * Opens the compiler, if it is there; where there are several, the newest one of which the
     * driver takes the code.
     *
     * @param driverVersion the newest CUDA that the driver supports, 13000 for 13.0
     */
    static Optional<Nvrtc> open(LibrarySearch search, int driverVersion) {
        boolean takesAll = driverVersion >= DRIVER_OF_13;
        List<String> names = new ArrayList<>(takesAll ? OF_13 : OF_12);
        names.addAll(takesAll ? OF_12 : OF_13);
        return search.open(names)
                .map(
                        library -> {
                            openBuiltins(library);
                            return new Nvrtc(library);
                        });
    }

    /** The compiler opens this one by its bare name, which is known once it was opened by path. */
    private static void openBuiltins(NativeLibrary nvrtc) {
        Path folder = Path.of(nvrtc.file()).getParent();
        if (folder == null) {
            return;
        }
        LibrarySearch here = LibrarySearch.in(List.of(folder));
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(folder, "libnvrtc-builtins.so.*")) {
            files.forEach(file -> here.open(List.of(file.getFileName().toString())));
        } catch (IOException unreadable) {
            // then the compiler looks for it by itself
        }
    }

    /** Returns the names of the files that are looked for. */
    static String names() {
        return "libnvrtc.so.13 or libnvrtc.so.12";
    }

    /** Returns the file that serves. */
    String file() {
        return library.file();
    }

    /** Returns the version, as in {@code 13.0}. */
    String version() {
        return version;
    }

    /**
     * Returns the option that compiles for a processor. One that is newer than the compiler gets
     * the code of the newest that the compiler knows, in PTX, which the driver translates.
     *
     * @param architecture the compute capability, 90 for 9.0
     * @throws DeviceException if the processor is older than those that the compiler knows
     */
    String target(int architecture) {
        int nearest =
                architectures.stream()
                        .mapToInt(known -> known)
                        .filter(known -> known <= architecture)
                        .max()
                        .orElseThrow(() -> tooOld(architecture));
        return TARGET + (nearest == architecture ? "sm_" : PTX_TARGET) + nearest;
    }

    private DeviceException tooOld(int architecture) {
        return new DeviceException(
                "CUDA's compiler "
                        + file()
                        + " of version "
                        + version
                        + " knows no GPU as old as this one, of compute capability "
                        + architecture / 10
                        + "."
                        + architecture % 10
                        + "; install an older one, as with 'pip install nvidia-cuda-nvrtc-cu12',"
                        + " and name its folder in the property gradus.cuda.path");
    }

    /** What a compilation gave: code, or none and a log that says why. */
    record Result(Optional<byte[]> code, String log) {}

    /**
     * Compiles a source.
     *
     * @param name what the source is called in the log
     */
    Result compile(String name, String source, List<String> options) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = arena.allocate(ADDRESS);
            check(
                    (int)
                            createProgram.invokeExact(
                                    handle,
                                    arena.allocateFrom(source),
                                    arena.allocateFrom(name),
                                    0,
                                    MemorySegment.NULL,
                                    MemorySegment.NULL),
                    "nvrtcCreateProgram");
            MemorySegment program = handle.get(ADDRESS, 0);
            try {
                return compile(program, options, arena);
            } finally {
                check((int) destroyProgram.invokeExact(handle), "nvrtcDestroyProgram");
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("NVRTC could not be called", e);
        }
    }

    private Result compile(MemorySegment program, List<String> options, Arena arena)
            throws Throwable {
        MemorySegment texts = arena.allocate(ADDRESS, options.size());
        for (int i = 0; i < options.size(); i++) {
            texts.setAtIndex(ADDRESS, i, arena.allocateFrom(options.get(i)));
        }
        int status = (int) compileProgram.invokeExact(program, options.size(), texts);
        byte[] messages = content(program, logSize, log, arena);
        String text = new String(messages, StandardCharsets.UTF_8);
        String said = text.replace("\0", "").strip();
        if (status != 0) {
            return new Result(Optional.empty(), said);
        }
        boolean isPtx = options.stream().anyMatch(each -> each.startsWith(TARGET + PTX_TARGET));
        byte[] code =
                isPtx
                        ? content(program, ptxSize, ptx, arena)
                        : content(program, cubinSize, cubin, arena);
        return new Result(Optional.of(code), said);
    }

    private static byte[] content(
            MemorySegment program, MethodHandle sizeOf, MethodHandle get, Arena arena)
            throws Throwable {
        MemorySegment size = arena.allocate(JAVA_LONG);
        check((int) sizeOf.invokeExact(program, size), "the size of a result");
        MemorySegment content = arena.allocate(Math.max(1, size.get(JAVA_LONG, 0)));
        check((int) get.invokeExact(program, content), "a result");
        return HostMemory.bytes(content);
    }

    private String askVersion() {
        MethodHandle ask = library.function("nvrtcVersion", ADDRESS, ADDRESS);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment major = arena.allocate(JAVA_INT);
            MemorySegment minor = arena.allocate(JAVA_INT);
            check((int) ask.invokeExact(major, minor), "nvrtcVersion");
            return major.get(JAVA_INT, 0) + "." + minor.get(JAVA_INT, 0);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("NVRTC could not be called", e);
        }
    }

    private List<Integer> askArchitectures() {
        MethodHandle ask = library.function("nvrtcGetNumSupportedArchs", ADDRESS);
        MethodHandle list = library.function("nvrtcGetSupportedArchs", ADDRESS);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            check((int) ask.invokeExact(count), "nvrtcGetNumSupportedArchs");
            MemorySegment known = arena.allocate(JAVA_INT, Math.max(1, count.get(JAVA_INT, 0)));
            check((int) list.invokeExact(known), "nvrtcGetSupportedArchs");
            return Arrays.stream(known.toArray(JAVA_INT)).boxed().toList();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("NVRTC could not be called", e);
        }
    }

    private static void check(int status, String what) {
        if (status != 0) {
            throw new IllegalStateException("NVRTC failed at " + what + " with status " + status);
        }
    }
}
