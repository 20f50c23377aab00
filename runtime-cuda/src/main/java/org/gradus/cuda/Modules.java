package org.gradus.cuda;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.gradus.cuda.Handles.Function;
import org.gradus.device.DeviceException;
import org.gradus.kernels.Dialect;
import org.gradus.kernels.KernelSource;
import org.gradus.kernels.runtime.BinaryCache;

/**
 * Compiles kernels and keeps them: in memory by their source, on disk by source, architecture and
 * compiler. Used with the stream's lock held and the context current.
 */
final class Modules {
    private final String device;
    private final Nvrtc compiler;
    private final BinaryCache binaries;
    private final boolean dump;
    private final List<String> options;
    private final Arena arena = Arena.ofShared();
    private final Map<KernelSource, CompiledKernel> kernels = new HashMap<>();
    private int builds;

    /**
     * Compiles for a device.
     *
     * @param dump whether to print each source to the standard error when it is first used
     */
    Modules(String device, Nvrtc compiler, int architecture, BinaryCache binaries, boolean dump) {
        this.device = device;
        this.compiler = compiler;
        this.binaries = binaries;
        this.dump = dump;
        // a product and a sum are two roundings, as on every other device
        this.options = List.of(compiler.target(architecture), "--fmad=false");
    }

    /**
     * Returns a kernel, compiled if need be.
     *
     * @throws DeviceException if it does not compile; the message has its name, the compiler's log
     *     and the numbered source
     */
    CompiledKernel kernel(KernelSource source) {
        CompiledKernel known = kernels.get(source);
        if (known == null) {
            known = create(source);
            kernels.put(source, known);
        }
        return known;
    }

    /** Returns how many sources were compiled, not counting those found on disk. */
    int builds() {
        return builds;
    }

    private CompiledKernel create(KernelSource source) {
        if (dump) {
            System.err.println("// kernel " + source.name() + "\n" + source.text());
        }
        String key =
                BinaryCache.key(
                        Dialect.header(),
                        source.text(),
                        String.join(" ", options),
                        compiler.version());
        Optional<CompiledKernel> kept =
                binaries.load(key).flatMap(binary -> load(source, binary).kernel());
        if (kept.isPresent()) {
            return kept.get();
        }
        byte[] binary = compile(source);
        Loaded loaded = load(source, binary);
        if (loaded.kernel().isEmpty()) {
            throw Driver.failure(loaded.result(), device, "load the kernel " + source.name());
        }
        binaries.store(key, binary);
        return loaded.kernel().get();
    }

    private byte[] compile(KernelSource source) {
        builds++;
        Nvrtc.Result result =
                compiler.compile(source.name(), Dialect.header() + source.text(), options);
        return result.code().orElseThrow(() -> source.doesNotCompile(device, result.log(), null));
    }

    /** A kernel, or none and the driver's reason. */
    private record Loaded(Optional<CompiledKernel> kernel, int result) {}

    private Loaded load(KernelSource source, byte[] binary) {
        CUmodule module = new CUmodule();
        int result = JCudaDriver.cuModuleLoadData(module, binary);
        if (result != CUresult.CUDA_SUCCESS) {
            return new Loaded(Optional.empty(), result);
        }
        Function function = new Function();
        result = JCudaDriver.cuModuleGetFunction(function, module, source.name());
        if (result != CUresult.CUDA_SUCCESS) {
            JCudaDriver.cuModuleUnload(module);
            return new Loaded(Optional.empty(), result);
        }
        return new Loaded(Optional.of(new CompiledKernel(module, function, arena)), result);
    }

    /** Gives all kernels back; none may run any more. */
    void close() {
        kernels.values().forEach(kernel -> JCudaDriver.cuModuleUnload(kernel.module()));
        kernels.clear();
        arena.close();
    }
}
