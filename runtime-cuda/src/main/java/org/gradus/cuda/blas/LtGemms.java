package org.gradus.cuda.blas;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.gradus.cuda.library.DeviceStream;
import org.gradus.dtype.DType;
import org.gradus.dtype.HostMemory;

/**
 * Products by cublasLt. The descriptors and the algorithm of a product are made when it is first
 * met; after that a product is one call of the library, two with a bias that moves.
 *
 * <p>All memory that the library works with is reserved when the device is opened, and all
 * arguments are copied by the call, so that a product may be part of a captured graph.
 */
final class LtGemms implements GemmLibrary {
    /** Products of a large network, forward and backward, in several sizes. */
    static final int MOST_PLANS = 1024;

    // values of cublasLtMatmulDescAttributes_t, cublasLtMatrixLayoutAttribute_t,
    // cublasLtMatmulPreferenceAttributes_t and cublasLtReductionScheme_t in cublasLt.h
    private static final int DESC_TRANSA = 3;
    private static final int DESC_TRANSB = 4;
    private static final int DESC_EPILOGUE = 7;
    private static final int DESC_BIAS_POINTER = 8;
    private static final int LAYOUT_BATCH_COUNT = 5;
    private static final int LAYOUT_STRIDED_BATCH_OFFSET = 6;
    private static final int PREF_MAX_WORKSPACE_BYTES = 1;
    private static final int PREF_REDUCTION_SCHEME_MASK = 3;
    private static final int PREF_MIN_ALIGNMENT_A_BYTES = 5;
    private static final int PREF_MIN_ALIGNMENT_B_BYTES = 6;
    private static final int PREF_MIN_ALIGNMENT_C_BYTES = 7;
    private static final int PREF_MIN_ALIGNMENT_D_BYTES = 8;
    private static final int REDUCTION_SCHEME_COMPUTE_TYPE = 2;

    /** {@code CUBLAS_OP_T} in cublas_api.h; a descriptor begins with {@code CUBLAS_OP_N}. */
    private static final int OP_TRANSPOSED = 1;

    // cublasLtMatmulHeuristicResult_t in cublasLt.h: the algorithm, eight words that are the
    // library's own; the workspace's size; the status; the number of waves; four reserved integers
    private static final long ALGORITHM_BYTES = 64;
    private static final long RESULT_STATUS = 72;
    private static final long RESULT_BYTES = 96;

    private final CublasLt library;
    private final DeviceStream stream;
    private final boolean tensorFloat32;
    private final MemorySegment handle;
    private final long workspace;
    private final long workspaceBytes;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment alpha = arena.allocate(JAVA_DOUBLE);
    private final MemorySegment beta = arena.allocate(JAVA_DOUBLE);
    private final MemorySegment scratch = arena.allocate(JAVA_LONG);
    private final MemorySegment result = arena.allocate(RESULT_BYTES, Long.BYTES);
    private final Map<Gemm, LtPlan> plans = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * Opens the library for a device.
     *
     * @param workspaceBytes the memory that an algorithm may need besides
     * @param tensorFloat32 whether factors of {@code F32} may be rounded to 11 bits
     * @throws org.gradus.device.DeviceException if the library does not work with this device
     */
    LtGemms(CublasLt library, DeviceStream stream, long workspaceBytes, boolean tensorFloat32) {
        this.library = library;
        this.stream = stream;
        this.tensorFloat32 = tensorFloat32;
        this.workspaceBytes = workspaceBytes;
        this.workspace = stream.reserve(workspaceBytes);
        check(library.create(scratch), "start cublasLt", "cublasLtCreate");
        this.handle = scratch.get(ADDRESS, 0);
    }

    @Override
    public boolean hasEpilogues() {
        return true;
    }

    @Override
    public boolean multiply(
            Gemm gemm, long first, long second, long result, long bias, double alpha, double beta) {
        LtPlan plan = plans.get(gemm);
        if (plan == null) {
            plan = prepare(gemm, bias);
            keep(gemm, plan);
        }
        if (!plan.isSupported()) {
            return false;
        }
        if (gemm.epilogue().hasBias() && plan.bias != bias) {
            setBias(plan, bias, gemm);
        }
        setScalars(gemm.computeType(), alpha, beta);
        int status =
                library.matmul(
                        handle,
                        plan,
                        this.alpha,
                        second,
                        first,
                        this.beta,
                        result,
                        workspace,
                        workspaceBytes,
                        stream.handle());
        if (status == BlasStatus.NOT_SUPPORTED) {
            plan.close(library);
            return false;
        }
        check(status, gemm, "cublasLtMatmul");
        return true;
    }

    private void setScalars(DType type, double alpha, double beta) {
        if (type == DType.F64) {
            this.alpha.set(JAVA_DOUBLE, 0, alpha);
            this.beta.set(JAVA_DOUBLE, 0, beta);
        } else {
            this.alpha.set(JAVA_FLOAT, 0, (float) alpha);
            this.beta.set(JAVA_FLOAT, 0, (float) beta);
        }
    }

    private void keep(Gemm gemm, LtPlan plan) {
        plans.put(gemm, plan);
        if (plans.size() > MOST_PLANS) {
            Iterator<LtPlan> oldest = plans.values().iterator();
            oldest.next().close(library);
            oldest.remove();
        }
    }

    private LtPlan prepare(Gemm gemm, long bias) {
        LtPlan plan = new LtPlan();
        try {
            describe(plan, gemm, bias);
            choose(plan, gemm);
        } finally {
            if (!plan.isSupported()) {
                plan.close(library);
            }
        }
        return plan;
    }

    private void describe(LtPlan plan, Gemm gemm, long bias) {
        int computeType = BlasTypes.computeType(gemm.computeType(), tensorFloat32);
        int scaleType = BlasTypes.dataType(gemm.computeType());
        check(
                library.descCreate(scratch, computeType, scaleType),
                gemm,
                "cublasLtMatmulDescCreate");
        plan.operation = scratch.get(ADDRESS, 0);
        setTransposed(plan, DESC_TRANSA, gemm.second(), gemm);
        setTransposed(plan, DESC_TRANSB, gemm.first(), gemm);
        if (gemm.epilogue() != Epilogue.NONE) {
            setAttribute(plan, DESC_EPILOGUE, integer(gemm.epilogue().value), gemm);
        }
        if (gemm.epilogue().hasBias()) {
            setBias(plan, bias, gemm);
        }
        plan.a = layout(gemm.second(), gemm.n(), gemm.k(), gemm);
        plan.b = layout(gemm.first(), gemm.k(), gemm.m(), gemm);
        plan.c = layout(gemm.result(), gemm.n(), gemm.m(), gemm);
        if (gemm.count() > 1) {
            setBatch(plan.a, gemm.second(), gemm);
            setBatch(plan.b, gemm.first(), gemm);
            setBatch(plan.c, gemm.result(), gemm);
        }
    }

    private void setTransposed(LtPlan plan, int attribute, Matrix matrix, Gemm gemm) {
        if (matrix.byColumns()) {
            setAttribute(plan, attribute, integer(OP_TRANSPOSED), gemm);
        }
    }

    private void setBias(LtPlan plan, long bias, Gemm gemm) {
        setAttribute(plan, DESC_BIAS_POINTER, word(bias), gemm);
        plan.bias = bias;
    }

    private void setAttribute(LtPlan plan, int attribute, MemorySegment value, Gemm gemm) {
        check(
                library.descSetAttribute(plan.operation, attribute, value),
                gemm,
                "cublasLtMatmulDescSetAttribute");
    }

    /**
     * Describes a matrix; rows and columns are those that cublasLt sees in it, or its transpose.
     */
    private MemorySegment layout(Matrix matrix, int rows, int columns, Gemm gemm) {
        boolean swapped = matrix.byColumns();
        int status =
                library.layoutCreate(
                        scratch,
                        BlasTypes.dataType(matrix.dtype()),
                        swapped ? columns : rows,
                        swapped ? rows : columns,
                        matrix.leading());
        check(status, gemm, "cublasLtMatrixLayoutCreate");
        return scratch.get(ADDRESS, 0);
    }

    private void setBatch(MemorySegment layout, Matrix matrix, Gemm gemm) {
        String function = "cublasLtMatrixLayoutSetAttribute";
        check(
                library.layoutSetAttribute(layout, LAYOUT_BATCH_COUNT, integer(gemm.count())),
                gemm,
                function);
        check(
                library.layoutSetAttribute(
                        layout, LAYOUT_STRIDED_BATCH_OFFSET, word(matrix.stride())),
                gemm,
                function);
    }

    /** Asks the library for its best guess of an algorithm. */
    private void choose(LtPlan plan, Gemm gemm) {
        check(library.preferenceCreate(scratch), gemm, "cublasLtMatmulPreferenceCreate");
        MemorySegment preference = scratch.get(ADDRESS, 0);
        try {
            prefer(preference, PREF_MAX_WORKSPACE_BYTES, word(workspaceBytes), gemm);
            // parts of a sum are kept in the type that sums are made in, not in that of the result
            prefer(
                    preference,
                    PREF_REDUCTION_SCHEME_MASK,
                    integer(REDUCTION_SCHEME_COMPUTE_TYPE),
                    gemm);
            int aligned = gemm.result().alignment();
            prefer(
                    preference,
                    PREF_MIN_ALIGNMENT_A_BYTES,
                    integer(gemm.second().alignment()),
                    gemm);
            prefer(preference, PREF_MIN_ALIGNMENT_B_BYTES, integer(gemm.first().alignment()), gemm);
            prefer(preference, PREF_MIN_ALIGNMENT_C_BYTES, integer(aligned), gemm);
            prefer(preference, PREF_MIN_ALIGNMENT_D_BYTES, integer(aligned), gemm);
            int status = library.algoGetHeuristic(handle, plan, preference, 1, result, scratch);
            if (status == BlasStatus.NOT_SUPPORTED) {
                return;
            }
            check(status, gemm, "cublasLtMatmulAlgoGetHeuristic");
            boolean found = scratch.get(JAVA_INT, 0) > 0;
            if (found && result.get(JAVA_INT, RESULT_STATUS) == BlasStatus.SUCCESS) {
                plan.algorithm = Arena.ofAuto().allocate(ALGORITHM_BYTES, Long.BYTES);
                HostMemory.copy(result, 0, plan.algorithm, 0, ALGORITHM_BYTES);
            }
        } finally {
            library.preferenceDestroy(preference);
        }
    }

    private void prefer(MemorySegment preference, int attribute, MemorySegment value, Gemm gemm) {
        check(
                library.preferenceSetAttribute(preference, attribute, value),
                gemm,
                "cublasLtMatmulPreferenceSetAttribute");
    }

    /** Returns an attribute of 32 bits; the next one takes its place. */
    private MemorySegment integer(int value) {
        scratch.set(JAVA_INT, 0, value);
        return scratch.asSlice(0, Integer.BYTES);
    }

    /** Returns an attribute of 64 bits; the next one takes its place. */
    private MemorySegment word(long value) {
        scratch.set(JAVA_LONG, 0, value);
        return scratch;
    }

    private void check(int status, Object what, String function) {
        BlasStatus.check(status, stream.device(), what, function);
    }

    @Override
    public void close() {
        plans.values().forEach(plan -> plan.close(library));
        plans.clear();
        library.destroy(handle);
    }
}
