package org.gradus.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
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
import java.util.List;
import java.util.Optional;
import org.gradus.cuda.library.LibrarySearch;
import org.gradus.cuda.library.NativeLibrary;

/** NVIDIA's run-time compiler, from CUDA C++ to machine code. */
final class Nvrtc {
    private static final List<String> NAMES =
            List.of("libnvrtc.so.13", "libnvrtc.so.12", "nvrtc64_130_0.dll", "nvrtc64_120_0.dll");

    private final NativeLibrary library;
    private final String version;
    private final MethodHandle createProgram;
    private final MethodHandle compileProgram;
    private final MethodHandle destroyProgram;
    private final MethodHandle logSize;
    private final MethodHandle log;
    private final MethodHandle cubinSize;
    private final MethodHandle cubin;

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
        this.version = askVersion();
    }

    /** Opens the compiler, if it is there. */
    static Optional<Nvrtc> open(LibrarySearch search) {
        return search.open(NAMES)
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
        return status == 0
                ? new Result(Optional.of(content(program, cubinSize, cubin, arena)), said)
                : new Result(Optional.empty(), said);
    }

    private static byte[] content(
            MemorySegment program, MethodHandle sizeOf, MethodHandle get, Arena arena)
            throws Throwable {
        MemorySegment size = arena.allocate(JAVA_LONG);
        check((int) sizeOf.invokeExact(program, size), "the size of a result");
        MemorySegment content = arena.allocate(Math.max(1, size.get(JAVA_LONG, 0)));
        check((int) get.invokeExact(program, content), "a result");
        return content.toArray(JAVA_BYTE);
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

    private static void check(int status, String what) {
        if (status != 0) {
            throw new IllegalStateException("NVRTC failed at " + what + " with status " + status);
        }
    }
}
