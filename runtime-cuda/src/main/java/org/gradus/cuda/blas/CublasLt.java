package org.gradus.cuda.blas;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import org.gradus.cuda.library.LibrarySearch;
import org.gradus.cuda.library.NativeLibrary;

/**
 * The functions of cublasLt 12 and 13 that are called here, by their own names and with their own
 * arguments. All but one return a {@link BlasStatus}.
 */
final class CublasLt {
    private static final List<String> NAMES =
            List.of(
                    "libcublasLt.so.13",
                    "libcublasLt.so.12",
                    "cublasLt64_13.dll",
                    "cublasLt64_12.dll");

    /** The names of the files that are looked for. */
    static final String LOOKED_FOR = "libcublasLt.so.13 or libcublasLt.so.12";

    private final NativeLibrary library;
    private final MethodHandle getVersion;
    private final MethodHandle create;
    private final MethodHandle destroy;
    private final MethodHandle descCreate;
    private final MethodHandle descDestroy;
    private final MethodHandle descSetAttribute;
    private final MethodHandle layoutCreate;
    private final MethodHandle layoutDestroy;
    private final MethodHandle layoutSetAttribute;
    private final MethodHandle preferenceCreate;
    private final MethodHandle preferenceDestroy;
    private final MethodHandle preferenceSetAttribute;
    private final MethodHandle algoGetHeuristic;
    private final MethodHandle matmul;

    private CublasLt(NativeLibrary library) {
        this.library = library;
        this.getVersion = library.function("cublasLtGetVersion", FunctionDescriptor.of(JAVA_LONG));
        this.create = library.function("cublasLtCreate", ADDRESS);
        this.destroy = library.function("cublasLtDestroy", ADDRESS);
        this.descCreate = library.function("cublasLtMatmulDescCreate", ADDRESS, JAVA_INT, JAVA_INT);
        this.descDestroy = library.function("cublasLtMatmulDescDestroy", ADDRESS);
        this.descSetAttribute = setter(library, "cublasLtMatmulDescSetAttribute");
        this.layoutCreate =
                library.function(
                        "cublasLtMatrixLayoutCreate",
                        ADDRESS,
                        JAVA_INT,
                        JAVA_LONG,
                        JAVA_LONG,
                        JAVA_LONG);
        this.layoutDestroy = library.function("cublasLtMatrixLayoutDestroy", ADDRESS);
        this.layoutSetAttribute = setter(library, "cublasLtMatrixLayoutSetAttribute");
        this.preferenceCreate = library.function("cublasLtMatmulPreferenceCreate", ADDRESS);
        this.preferenceDestroy = library.function("cublasLtMatmulPreferenceDestroy", ADDRESS);
        this.preferenceSetAttribute = setter(library, "cublasLtMatmulPreferenceSetAttribute");
        this.algoGetHeuristic =
                library.function(
                        "cublasLtMatmulAlgoGetHeuristic",
                        ADDRESS,
                        ADDRESS,
                        ADDRESS,
                        ADDRESS,
                        ADDRESS,
                        ADDRESS,
                        ADDRESS,
                        JAVA_INT,
                        ADDRESS,
                        ADDRESS);
        this.matmul =
                library.function(
                        "cublasLtMatmul",
                        ADDRESS,
                        ADDRESS,
                        ADDRESS,
                        JAVA_LONG,
                        ADDRESS,
                        JAVA_LONG,
                        ADDRESS,
                        ADDRESS,
                        JAVA_LONG,
                        ADDRESS,
                        JAVA_LONG,
                        ADDRESS,
                        ADDRESS,
                        JAVA_LONG,
                        JAVA_LONG,
                        JAVA_LONG);
    }

    private static MethodHandle setter(NativeLibrary library, String name) {
        return library.function(name, ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG);
    }

    /**
     * Opens the library, if it is there.
     *
     * @throws UnsatisfiedLinkError if it lacks a function
     */
    static Optional<CublasLt> open(LibrarySearch search) {
        return search.open(NAMES).map(CublasLt::new);
    }

    /** Returns the file that serves. */
    String file() {
        return library.file();
    }

    /** Returns the version, as in {@code 13.1.0}. */
    String version() {
        try {
            long version = (long) getVersion.invokeExact();
            return version / 10_000 + "." + version / 100 % 100 + "." + version % 100;
        } catch (Throwable e) {
            throw notCalled(e);
        }
    }

    int create(MemorySegment handle) {
        return call(create, handle);
    }

    int destroy(MemorySegment handle) {
        return call(destroy, handle);
    }

    int descCreate(MemorySegment desc, int computeType, int scaleType) {
        try {
            return (int) descCreate.invokeExact(desc, computeType, scaleType);
        } catch (Throwable e) {
            throw notCalled(e);
        }
    }

    int descDestroy(MemorySegment desc) {
        return call(descDestroy, desc);
    }

    int descSetAttribute(MemorySegment desc, int attribute, MemorySegment value) {
        return set(descSetAttribute, desc, attribute, value);
    }

    int layoutCreate(MemorySegment layout, int type, long rows, long columns, long leading) {
        try {
            return (int) layoutCreate.invokeExact(layout, type, rows, columns, leading);
        } catch (Throwable e) {
            throw notCalled(e);
        }
    }

    int layoutDestroy(MemorySegment layout) {
        return call(layoutDestroy, layout);
    }

    int layoutSetAttribute(MemorySegment layout, int attribute, MemorySegment value) {
        return set(layoutSetAttribute, layout, attribute, value);
    }

    int preferenceCreate(MemorySegment preference) {
        return call(preferenceCreate, preference);
    }

    int preferenceDestroy(MemorySegment preference) {
        return call(preferenceDestroy, preference);
    }

    int preferenceSetAttribute(MemorySegment preference, int attribute, MemorySegment value) {
        return set(preferenceSetAttribute, preference, attribute, value);
    }

    int algoGetHeuristic(
            MemorySegment handle,
            LtPlan plan,
            MemorySegment preference,
            int requested,
            MemorySegment results,
            MemorySegment returned) {
        try {
            return (int)
                    algoGetHeuristic.invokeExact(
                            handle,
                            plan.operation,
                            plan.a,
                            plan.b,
                            plan.c,
                            plan.c,
                            preference,
                            requested,
                            results,
                            returned);
        } catch (Throwable e) {
            throw notCalled(e);
        }
    }

    /** Multiplies; the result is read and written at the same place. */
    int matmul(
            MemorySegment handle,
            LtPlan plan,
            MemorySegment alpha,
            long a,
            long b,
            MemorySegment beta,
            long c,
            long workspace,
            long workspaceBytes,
            long stream) {
        try {
            return (int)
                    matmul.invokeExact(
                            handle,
                            plan.operation,
                            alpha,
                            a,
                            plan.a,
                            b,
                            plan.b,
                            beta,
                            c,
                            plan.c,
                            c,
                            plan.c,
                            plan.algorithm,
                            workspace,
                            workspaceBytes,
                            stream);
        } catch (Throwable e) {
            throw notCalled(e);
        }
    }

    private static int call(MethodHandle function, MemorySegment argument) {
        try {
            return (int) function.invokeExact(argument);
        } catch (Throwable e) {
            throw notCalled(e);
        }
    }

    private static int set(
            MethodHandle function, MemorySegment object, int attribute, MemorySegment value) {
        try {
            return (int) function.invokeExact(object, attribute, value, value.byteSize());
        } catch (Throwable e) {
            throw notCalled(e);
        }
    }

    private static IllegalStateException notCalled(Throwable cause) {
        return new IllegalStateException("cublasLt could not be called", cause);
    }
}
