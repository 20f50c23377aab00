package org.gradus.cuda.blas;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jcuda.Pointer;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.runtime.cudaStream_t;
import org.gradus.cuda.library.DeviceStream;
import org.gradus.dtype.DType;

/**
 * Products by cuBLAS 12 through JCublas, where cublasLt is not to be had: without epilogues, and
 * with the library's own choice of an algorithm each time.
 */
final class JCublasGemms implements GemmLibrary {
    /** An address of a device or the host, as JCuda takes it. */
    private static final class Address extends Pointer {
        Address(long address) {
            super(address);
        }
    }

    private final DeviceStream stream;
    private final boolean tensorFloat32;
    private final cublasHandle handle = new cublasHandle();
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment alpha = arena.allocate(JAVA_DOUBLE);
    private final MemorySegment beta = arena.allocate(JAVA_DOUBLE);
    private final Pointer alphaPointer = new Address(alpha.address());
    private final Pointer betaPointer = new Address(beta.address());

    /**
     * Opens the library for a device.
     *
     * @param workspaceBytes the memory that an algorithm may need besides
     * @param tensorFloat32 whether factors of {@code F32} may be rounded to 11 bits
     * @throws org.gradus.device.DeviceException if the library does not work with this device
     */
    JCublasGemms(DeviceStream stream, long workspaceBytes, boolean tensorFloat32) {
        this.stream = stream;
        this.tensorFloat32 = tensorFloat32;
        check(JCublas2.cublasCreate(handle), "start cuBLAS", "cublasCreate");
        check(
                JCublas2.cublasSetStream(handle, new cudaStream_t(stream.stream())),
                "give cuBLAS its stream",
                "cublasSetStream");
        // after the stream, with which cuBLAS returns to memory of its own
        check(
                JCublas2.cublasSetWorkspace(
                        handle, new Address(stream.reserve(workspaceBytes)), workspaceBytes),
                "give cuBLAS its memory",
                "cublasSetWorkspace");
        // parts of a sum are kept in the type that sums are made in, not in that of the result
        check(
                JCublas2.cublasSetMathMode(
                        handle, cublasMath.CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION),
                "tell cuBLAS how to sum",
                "cublasSetMathMode");
    }

    @Override
    public boolean hasEpilogues() {
        return false;
    }

    @Override
    public boolean multiply(
            Gemm gemm, long first, long second, long result, long bias, double alpha, double beta) {
        DType compute = gemm.computeType();
        if (compute == DType.F64) {
            this.alpha.set(JAVA_DOUBLE, 0, alpha);
            this.beta.set(JAVA_DOUBLE, 0, beta);
        } else {
            this.alpha.set(JAVA_FLOAT, 0, (float) alpha);
            this.beta.set(JAVA_FLOAT, 0, (float) beta);
        }
        int status =
                JCublas2.cublasGemmStridedBatchedEx_new(
                        handle,
                        operation(gemm.second()),
                        operation(gemm.first()),
                        gemm.n(),
                        gemm.m(),
                        gemm.k(),
                        alphaPointer,
                        new Address(second),
                        BlasTypes.dataType(gemm.second().dtype()),
                        (int) gemm.second().leading(),
                        gemm.second().stride(),
                        new Address(first),
                        BlasTypes.dataType(gemm.first().dtype()),
                        (int) gemm.first().leading(),
                        gemm.first().stride(),
                        betaPointer,
                        new Address(result),
                        BlasTypes.dataType(gemm.result().dtype()),
                        (int) gemm.result().leading(),
                        gemm.result().stride(),
                        gemm.count(),
                        BlasTypes.computeType(compute, tensorFloat32),
                        cublasGemmAlgo.CUBLAS_GEMM_DEFAULT);
        if (status == BlasStatus.NOT_SUPPORTED) {
            return false;
        }
        check(status, gemm, "cublasGemmStridedBatchedEx");
        return true;
    }

    private static int operation(Matrix matrix) {
        return matrix.byColumns() ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
    }

    private void check(int status, Object what, String function) {
        BlasStatus.check(status, stream.device(), what, function);
    }

    @Override
    public void close() {
        JCublas2.cublasDestroy(handle);
    }
}
