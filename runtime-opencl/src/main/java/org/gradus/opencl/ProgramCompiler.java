package org.gradus.opencl;

import static org.jocl.CL.CL_BUILD_PROGRAM_FAILURE;
import static org.jocl.CL.CL_PROGRAM_BINARIES;
import static org.jocl.CL.CL_PROGRAM_BINARY_SIZES;
import static org.jocl.CL.CL_PROGRAM_BUILD_LOG;
import static org.jocl.CL.clBuildProgram;
import static org.jocl.CL.clCreateProgramWithBinary;
import static org.jocl.CL.clCreateProgramWithSource;
import static org.jocl.CL.clGetProgramBuildInfo;
import static org.jocl.CL.clGetProgramInfo;
import static org.jocl.CL.clReleaseProgram;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.gradus.kernels.Dialect;
import org.gradus.kernels.runtime.BinaryCache;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_program;

/** Makes programs of texts for one device, and of what was kept of them on disk. */
final class ProgramCompiler {
    private static final String STANDARD = "-cl-std=CL1.2";

    private final cl_context context;
    private final DeviceInfo device;
    private final cl_device_id[] devices;
    private final String options;

    ProgramCompiler(cl_context context, DeviceInfo device) {
        this.context = context;
        this.device = device;
        this.devices = new cl_device_id[] {device.id()};
        this.options =
                STANDARD
                        + (Boolean.getBoolean("gradus.opencl.strict") ? " -Werror" : "")
                        + (device.limits().doublePrecision() ? " -DHAS_F64" : "")
                        + (device.exactDivision() ? " -cl-fp32-correctly-rounded-divide-sqrt" : "");
    }

    /** A text that does not compile; the message is the compiler's. */
    static final class Rejected extends Exception {
        private static final long serialVersionUID = 1;

        Rejected(String log, CLException cause) {
            super(log, cause);
        }
    }

    /** Returns the name on disk of what is made of a text. */
    String key(String text) {
        return BinaryCache.key(
                Dialect.header(),
                text,
                options,
                device.platformName(),
                device.name(),
                device.version(),
                device.driver());
    }

    /** Compiles a text, before which the dialect's header is put. */
    cl_program compile(String text) throws Rejected {
        cl_program program = null;
        try {
            String[] texts = {Dialect.header() + text};
            program = clCreateProgramWithSource(context, 1, texts, null, null);
            clBuildProgram(program, 1, devices, options, null, null);
            return program;
        } catch (CLException e) {
            boolean hasLog = program != null && e.getStatus() == CL_BUILD_PROGRAM_FAILURE;
            String log = hasLog ? log(program) : e.getMessage();
            if (program != null) {
                clReleaseProgram(program);
            }
            throw new Rejected(log.strip(), e);
        }
    }

    /**
     * Returns what to keep of a program on disk, if the driver gives any: its binary. PoCL would
     * compile each kernel once more for it, and keeps what it compiles itself; it is given the same
     * text again.
     */
    Optional<byte[]> keep(cl_program program, String text) {
        return device.isPocl()
                ? Optional.of(text.getBytes(StandardCharsets.UTF_8))
                : binary(program);
    }

    /** Returns the program of which something was kept, if the driver still takes it. */
    Optional<cl_program> restore(byte[] kept) {
        try {
            return device.isPocl()
                    ? Optional.of(compile(new String(kept, StandardCharsets.UTF_8)))
                    : fromBinary(kept);
        } catch (Rejected e) {
            return Optional.empty();
        }
    }

    private Optional<cl_program> fromBinary(byte[] binary) {
        cl_program program = null;
        try {
            long[] sizes = {binary.length};
            byte[][] binaries = {binary};
            program = clCreateProgramWithBinary(context, 1, devices, sizes, binaries, null, null);
            clBuildProgram(program, 1, devices, options, null, null);
            return Optional.of(program);
        } catch (CLException stale) {
            if (program != null) {
                clReleaseProgram(program);
            }
            return Optional.empty();
        }
    }

    private String log(cl_program program) {
        long[] size = new long[1];
        clGetProgramBuildInfo(program, device.id(), CL_PROGRAM_BUILD_LOG, 0, null, size);
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) Math.max(size[0], 1));
        clGetProgramBuildInfo(
                program, device.id(), CL_PROGRAM_BUILD_LOG, size[0], Pointer.to(bytes), null);
        return StandardCharsets.UTF_8.decode(bytes).toString().replace("\0", "");
    }

    private static Optional<byte[]> binary(cl_program program) {
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
}
