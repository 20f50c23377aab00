package org.gradus.opencl;

import static org.jocl.CL.clCreateKernel;
import static org.jocl.CL.clReleaseProgram;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.gradus.device.DeviceException;
import org.gradus.kernels.KernelBatch;
import org.gradus.kernels.KernelSource;
import org.gradus.kernels.runtime.BinaryCache;
import org.gradus.opencl.ProgramCompiler.Rejected;
import org.jocl.CLException;
import org.jocl.cl_context;
import org.jocl.cl_program;

/**
 * Compiles kernels and keeps them: in memory by their source, on disk by source, device and driver
 * version. A program has the kernels that were asked for together; on disk, each kernel's file
 * names its program's. Used with the queue's lock held.
 */
final class Programs {
    private final ProgramCompiler compiler;
    private final DeviceInfo device;
    private final BinaryCache disk;
    private final boolean dump;
    private final Map<KernelSource, CompiledKernel> kernels = new HashMap<>();
    private final Map<String, cl_program> programs = new HashMap<>();
    private int builds;

    /**
     * Compiles for a device.
     *
     * @param dump whether to print each source to the standard error when it is first used
     */
    Programs(cl_context context, DeviceInfo device, BinaryCache disk, boolean dump) {
        this.compiler = new ProgramCompiler(context, device);
        this.device = device;
        this.disk = disk;
        this.dump = dump;
    }

    /** Returns a kernel that was compiled before. */
    Optional<CompiledKernel> find(KernelSource source) {
        return Optional.ofNullable(kernels.get(source));
    }

    /** Returns how many programs were compiled, not counting those found on disk. */
    int builds() {
        return builds;
    }

    /** Returns how many programs there are. */
    int programs() {
        return programs.size();
    }

    /** Returns how many kernels there are. */
    int kernels() {
        return kernels.size();
    }

    /**
     * Compiles the kernels that are not there yet, and are not found on disk, as one program.
     *
     * @param sources distinct ones
     * @throws DeviceException if one does not compile; the message has its name, the compiler's log
     *     and the numbered source. The others are compiled nevertheless
     */
    void compile(List<KernelSource> sources) {
        List<KernelSource> unknown = new ArrayList<>();
        for (KernelSource source : sources) {
            if (!kernels.containsKey(source)) {
                if (dump) {
                    System.err.println("// kernel " + source.name() + "\n" + source.text());
                }
                if (!load(source)) {
                    unknown.add(source);
                }
            }
        }
        if (unknown.isEmpty()) {
            return;
        }
        try {
            build(unknown);
        } catch (Rejected e) {
            if (unknown.size() == 1) {
                throw failure(unknown.getFirst(), e);
            }
            compileEach(unknown);
        }
    }

    /** Compiles kernels one by one, where one of them fails. */
    private void compileEach(List<KernelSource> sources) {
        DeviceException failure = null;
        for (KernelSource source : sources) {
            try {
                if (!kernels.containsKey(source)) {
                    build(List.of(source));
                }
            } catch (Rejected e) {
                failure = failure == null ? failure(source, e) : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void build(List<KernelSource> sources) throws Rejected {
        boolean alone = sources.size() == 1;
        String text = alone ? sources.getFirst().text() : KernelBatch.text(sources);
        builds++;
        cl_program program = compiler.compile(text);
        String key = compiler.key(text);
        cl_program former = programs.put(key, program);
        if (former != null) {
            clReleaseProgram(former);
        }
        for (KernelSource source : sources) {
            try {
                create(source, program);
            } catch (CLException e) {
                throw new Rejected(e.getMessage(), e);
            }
        }
        compiler.keep(program, text)
                .ifPresent(
                        bytes -> {
                            disk.store(programFile(key), bytes);
                            sources.forEach(source -> storePlace(source, key));
                        });
    }

    private void create(KernelSource source, cl_program program) {
        kernels.put(
                source,
                new CompiledKernel(source.name(), clCreateKernel(program, source.name(), null)));
    }

    private static String programFile(String key) {
        return "program-" + key;
    }

    /** Not the key alone: caches of earlier versions have whole programs there. */
    private String placeFile(KernelSource source) {
        return "place-" + compiler.key(source.text());
    }

    private void storePlace(KernelSource source, String program) {
        disk.store(placeFile(source), program.getBytes(StandardCharsets.UTF_8));
    }

    /** Takes a kernel from a program on disk; returns whether there is one that is whole. */
    private boolean load(KernelSource source) {
        Optional<byte[]> place = disk.load(placeFile(source));
        if (place.isEmpty()) {
            return false;
        }
        String key = new String(place.get(), StandardCharsets.UTF_8);
        cl_program program = programs.get(key);
        if (program == null) {
            program = disk.load(programFile(key)).flatMap(compiler::restore).orElse(null);
            if (program == null) {
                return false;
            }
            programs.put(key, program);
        }
        try {
            create(source, program);
            return true;
        } catch (CLException absent) {
            return false;
        }
    }

    private DeviceException failure(KernelSource source, Rejected cause) {
        String where = device.name() + " (" + device.driver() + ")";
        return source.doesNotCompile(where, cause.getMessage(), cause);
    }

    /** Gives all kernels and programs back. */
    void close() {
        kernels.values().forEach(CompiledKernel::release);
        kernels.clear();
        programs.values().forEach(program -> clReleaseProgram(program));
        programs.clear();
    }
}
