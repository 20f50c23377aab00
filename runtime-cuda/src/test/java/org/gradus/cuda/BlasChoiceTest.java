package org.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.gradus.cuda.library.LibrarySearch;
import org.gradus.device.DeviceException;
import org.gradus.kernels.runtime.BinaryCache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which library multiplies matrices, and what is said about it. */
class BlasChoiceTest {
    private static final String PROPERTY = "gradus.cuda.blas";

    private final Emulator emulator = Emulator.get();
    private final LibrarySearch all = emulator.search();

    /** Has the driver and the compiler, and what a test links to. */
    @TempDir Path folder;

    @TempDir static Path cache;

    @BeforeEach
    void linkDriver() throws IOException {
        link("libcuda.so.1");
        link("libnvrtc.so.12");
    }

    private void link(String library) throws IOException {
        Files.createSymbolicLink(folder.resolve(library), emulator.folder().resolve(library));
    }

    /** The folder's own deletion would warn of links. */
    @AfterEach
    void unlink() throws IOException {
        try (Stream<Path> links = Files.list(folder)) {
            for (Path link : links.toList()) {
                Files.delete(link);
            }
        }
    }

    private static String choice(LibrarySearch search) {
        return Cuda.open(search).blas().description();
    }

    private LibrarySearch few() {
        return LibrarySearch.in(List.of(folder));
    }

    private void assertRefused(String expected, LibrarySearch search) {
        var e = assertThrows(DeviceException.class, () -> Cuda.open(search));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }

    private CudaDevice open(LibrarySearch search) {
        Cuda cuda = Cuda.open(search);
        DeviceInfo info = cuda.devices().getFirst();
        return CudaDevice.open("cuda:0", info, cuda, 1 << 20, new BinaryCache(cache));
    }

    @Test
    void cublasLtComesFirst() {
        Path file = emulator.folder().resolve("libcublasLt.so.13");
        assertEquals(
                "cublasLt: " + file + ", version 99.99.99, TF32 off (gradus.cuda.tf32=on)",
                choice(all));
    }

    @Test
    void theDeviceTellsWhatMultiplies() {
        try (CudaDevice device = open(all)) {
            assertEquals(choice(all), device.capabilities().details().get("matmul"));
        }
        Cuda cuda = Cuda.open(all);
        DeviceInfo info = cuda.devices().getFirst();
        assertEquals(choice(all), info.capabilities(cuda).details().get("matmul"));
    }

    @Test
    void withoutCublasLtThereIsJCublas() throws IOException {
        link("libcublas.so.12");
        String choice = choice(few());
        assertTrue(choice.startsWith("JCublas: " + folder.resolve("libcublas.so.12")), choice);
    }

    @Test
    void withoutALibraryTheOwnKernelsSayWhatIsMissing() {
        assertEquals(
                "own kernels: libcublasLt.so.13 or libcublasLt.so.12 is not in "
                        + folder
                        + "; libcublas.so.12 is not in "
                        + folder,
                choice(few()));
        try (CudaDevice device = open(few())) {
            assertEquals(choice(few()), device.capabilities().details().get("matmul"));
        }
    }

    @Test
    void aLibraryWithoutItsFunctionsIsNotUsed() throws IOException {
        Files.createSymbolicLink(
                folder.resolve("libcublasLt.so.13"), emulator.folder().resolve("libnvrtc.so.12"));
        String choice = choice(few());
        assertTrue(choice.contains("libcublasLt.so.13 has no function cublasLt"), choice);
    }

    @Test
    void aPropertyDecides() throws IOException {
        Properties.with(
                PROPERTY,
                "own",
                () -> assertEquals("own kernels: gradus.cuda.blas=own", choice(all)));
        Properties.with(PROPERTY, "jcublas", () -> assertTrue(choice(all).startsWith("JCublas: ")));
        Properties.with(PROPERTY, "lt", () -> assertTrue(choice(all).startsWith("cublasLt: ")));
        Properties.with(PROPERTY, "auto", () -> assertTrue(choice(all).startsWith("cublasLt: ")));
    }

    @Test
    void whatAPropertyAsksForMustBeThere() {
        Properties.with(
                PROPERTY,
                "lt",
                () ->
                        assertRefused(
                                "the property gradus.cuda.blas asks for lt, but libcublasLt.so.13"
                                        + " or libcublasLt.so.12 is not in "
                                        + folder,
                                few()));
        Properties.with(
                PROPERTY,
                "jcublas",
                () -> assertRefused("asks for jcublas, but libcublas.so.12 is not in", few()));
        Properties.with(
                PROPERTY,
                "mkl",
                () ->
                        assertRefused(
                                "gradus.cuda.blas is 'mkl': it takes one of [auto, lt, jcublas,"
                                        + " own]",
                                all));
        Properties.with(
                "gradus.cuda.tf32",
                "yes",
                () -> assertRefused("gradus.cuda.tf32 is 'yes': it takes on or off", all));
    }

    @Test
    void aLibraryThatDoesNotStartLeavesTheWorkToTheOwnKernels() {
        EmulatedBlas library = new EmulatedBlas("libcublasLt.so.13");
        library.plant("cublasLtCreate", 8);
        try (CudaDevice device = open(all)) {
            String matmul = device.capabilities().details().get("matmul");
            String expected =
                    "own kernels: the device cuda:0 could not start cublasLt: cublasLtCreate gave"
                            + " CUBLAS_STATUS_ARCH_MISMATCH (8)";
            assertTrue(matmul.startsWith(expected), matmul);
        }
    }

    @Test
    void aLibraryThatAPropertyAsksForMustStart() {
        long blocks = emulator.blocks();
        EmulatedBlas library = new EmulatedBlas("libcublasLt.so.13");
        library.plant("cublasLtCreate", 3);
        Properties.with(
                PROPERTY,
                "lt",
                () -> {
                    var e = assertThrows(DeviceException.class, () -> open(all));
                    assertTrue(e.getMessage().contains("CUBLAS_STATUS_ALLOC_FAILED (3)"));
                });
        assertEquals(blocks, emulator.blocks());
    }
}
