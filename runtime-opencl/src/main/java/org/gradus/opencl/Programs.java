package org.gradus.opencl;

import static org.jocl.CL.CL_BUILD_PROGRAM_FAILURE;
import static org.jocl.CL.CL_PROGRAM_BINARIES;
import static org.jocl.CL.CL_PROGRAM_BINARY_SIZES;
import static org.jocl.CL.CL_PROGRAM_BUILD_LOG;
import static org.jocl.CL.clBuildProgram;
import static org.jocl.CL.clCreateKernel;
import static org.jocl.CL.clCreateProgramWithBinary;
import static org.jocl.CL.clCreateProgramWithSource;
import static org.jocl.CL.clGetProgramBuildInfo;
import static org.jocl.CL.clGetProgramInfo;
import static org.jocl.CL.clReleaseProgram;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.gradus.kernels.Dialect;
import org.gradus.kernels.KernelSource;
import org.gradus.kernels.runtime.BinaryCache;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_program;

/**
 * Compiles kernels and keeps them: in memory by their source, on disk by source, device and driver
 * version. Used with the queue's lock held.
 */
final class Programs {
    private static final String STANDARD = "-cl-std=CL1.2";

    private final cl_context context;
    private final DeviceInfo device;
    private final BinaryCache binaries;
    private final boolean dump;
    private final String options;
    private final Map<KernelSource, CompiledKernel> kernels = new HashMap<>();
    private int builds;

    /**
     * Compiles for a device.
     *
     * @param dump whether to print each source to the standard error when it is first used
     */
    Programs(cl_context context, DeviceInfo device, BinaryCache binaries, boolean dump) {
        this.context = context;
        this.device = device;
        this.binaries = binaries;
        this.dump = dump;
        this.options =
                STANDARD
                        + (Boolean.getBoolean("gradus.opencl.strict") ? " -Werror" : "")
                        + (device.limits().doublePrecision() ? " -DHAS_F64" : "")
                        + (device.exactDivision() ? " -cl-fp32-correctly-rounded-divide-sqrt" : "");
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
                        options,
                        device.platformName(),
                        device.name(),
                        device.version(),
                        device.driver());
        Optional<cl_program> kept = binaries.load(key).flatMap(this::fromBinary);
        cl_program program = kept.orElseGet(() -> fromSource(source));
        try {
            CompiledKernel kernel =
                    new CompiledKernel(source.name(), clCreateKernel(program, source.name(), null));
            if (kept.isEmpty()) {
                binary(program).ifPresent(bytes -> binaries.store(key, bytes));
            }
            return kernel;
        } catch (CLException e) {
            throw source.doesNotCompile(compiler(), e.getMessage(), e);
        } finally {
            // the kernel keeps what it needs of it
            clReleaseProgram(program);
        }
    }

    /** Returns a program from its binary, or nothing where the driver does not take it any more. */
    private Optional<cl_program> fromBinary(byte[] binary) {
        cl_program program = null;
        try {
            program =
                    clCreateProgramWithBinary(
                            context,
                            1,
                            new cl_device_id[] {device.id()},
                            new long[] {binary.length},
                            new byte[][] {binary},
                            null,
                            null);
            clBuildProgram(program, 1, new cl_device_id[] {device.id()}, options, null, null);
            return Optional.of(program);
        } catch (CLException stale) {
            if (program != null) {
                clReleaseProgram(program);
            }
            return Optional.empty();
        }
    }

    private cl_program fromSource(KernelSource source) {
        cl_program program = null;
        try {
            program =
                    clCreateProgramWithSource(
                            context,
                            1,
                            new String[] {Dialect.header() + source.text()},
                            null,
                            null);
            builds++;
            clBuildProgram(program, 1, new cl_device_id[] {device.id()}, options, null, null);
            return program;
        } catch (CLException e) {
            String log =
                    program != null && e.getStatus() == CL_BUILD_PROGRAM_FAILURE
                            ? log(program)
                            : e.getMessage();
            if (program != null) {
                clReleaseProgram(program);
            }
            throw source.doesNotCompile(compiler(), log, e);
        }
    }

    private String compiler() {
        return device.name() + " (" + device.driver() + ")";
    }

    private String log(cl_program program) {
        long[] size = new long[1];
        clGetProgramBuildInfo(program, device.id(), CL_PROGRAM_BUILD_LOG, 0, null, size);
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) Math.max(size[0], 1));
        clGetProgramBuildInfo(
                program, device.id(), CL_PROGRAM_BUILD_LOG, size[0], Pointer.to(bytes), null);
        return StandardCharsets.UTF_8.decode(bytes).toString().replace("\0", "");
    }

    private Optional<byte[]> binary(cl_program program) {
        try {
            ByteBuffer size = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
            clGetProgramInfo(
                    program, CL_PROGRAM_BINARY_SIZES, Sizeof.size_t, Pointer.to(size), null);
            int bytes = Math.toIntExact(size.getLong(0));
            if (bytes == 0) {
                return Optional.empty();
            }
            ByteBuffer content = ByteBuffer.allocateDirect(bytes);
            clGetProgramInfo(
                    program,
                    CL_PROGRAM_BINARIES,
                    Sizeof.POINTER,
                    Pointer.to(Pointer.to(content)),
                    null);
            byte[] result = new byte[bytes];
            content.get(0, result);
            return Optional.of(result);
        } catch (CLException none) {
            // a driver that gives no binaries: its programs are compiled in each run
            return Optional.empty();
        }
    }

    /** Gives all kernels back. */
    void close() {
        kernels.values().forEach(CompiledKernel::release);
        kernels.clear();
    }
}
