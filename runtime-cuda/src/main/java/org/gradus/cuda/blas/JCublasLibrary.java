package org.gradus.cuda.blas;

import java.util.List;
import java.util.Optional;
import jcuda.jcublas.JCublas2;
import org.gradus.cuda.library.JCudaNatives;
import org.gradus.cuda.library.LibrarySearch;
import org.gradus.cuda.library.NativeLibrary;

/** cuBLAS 12 and JCublas's native library over it, which is loaded once. */
final class JCublasLibrary {
    private static final List<String> NAMES = List.of("libcublas.so.12", "cublas64_12.dll");

    /** The name of the file that is looked for. */
    static final String LOOKED_FOR = "libcublas.so.12";

    /** Loads JCublas's library when it is first asked for, which is after cuBLAS was opened. */
    private static final class Binding {
        /** Why it could not be loaded, or nothing. */
        static final Optional<String> FAILURE =
                JCudaNatives.load(
                        JCublas2.class,
                        "JCublas2-12.6.0",
                        // results are checked here, as not all that fails is an error
                        () -> JCublas2.setExceptionsEnabled(false));
    }

    private JCublasLibrary() {}

    /** Opens cuBLAS, if it is there: it is the one that JCublas finds. */
    static Optional<NativeLibrary> open(LibrarySearch search) {
        // cuBLAS needs this one, and may not find it by itself
        search.open(List.of("libcublasLt.so.12", "cublasLt64_12.dll"));
        return search.open(NAMES);
    }

    /** Returns why JCublas cannot be called, or nothing; cuBLAS must be open. */
    static Optional<String> failure() {
        return Binding.FAILURE;
    }
}
