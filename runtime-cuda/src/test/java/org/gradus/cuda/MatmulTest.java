package org.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.gradus.cuda.Matrices.Layout;
import org.gradus.device.CapturedWork;
import org.gradus.device.DeviceException;
import org.gradus.device.MatmulOptions;
import org.gradus.device.MatmulOptions.Activation;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.kernels.runtime.BinaryCache;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Products of matrices through the emulated libraries: what they compute, and what they are not
 * told of.
 */
class MatmulTest {
    private static final String LT = "lt";
    private static final String JCUBLAS = "jcublas";
    private static final MatmulOptions SUM =
            new MatmulOptions(0.5, 2, Optional.empty(), Activation.NONE);

    private final Emulator emulator = Emulator.get();

    @TempDir static Path cache;

    private final long blocksBefore = emulator.blocks();
    private CudaDevice device;
    private Matrices matrices;
    private EmulatedBlas library;
    private long objectsBefore;

    private void open(String name) {
        Properties.with(
                "gradus.cuda.blas",
                name,
                () -> {
                    Cuda cuda = Cuda.open(emulator.search());
                    library =
                            new EmulatedBlas(
                                    name.equals(LT) ? "libcublasLt.so.13" : "libcublas.so.12");
                    objectsBefore = library.objects();
                    DeviceInfo info = cuda.devices().getFirst();
                    device = CudaDevice.open("cuda:0", info, cuda, 1 << 26, new BinaryCache(cache));
                });
        matrices = new Matrices(device);
    }

    @AfterEach
    void everythingIsGivenBack() {
        if (device != null) {
            device.close();
            assertEquals(objectsBefore, library.objects(), "handles and descriptors");
        }
    }

    /** Multiplies, and compares with plain loops and the number of products of the library. */
    private void check(int calls, View a, View b, View c, MatmulOptions options) {
        double[] expected = matrices.expected(a, b, c, options);
        long before = library.products();
        device.matmul(a, b, c, options);
        String what = a + " @ " + b + " to " + c + ": " + options + library.lastError();
        assertArrayEquals(expected, matrices.read(c), what);
        assertEquals(calls, library.products() - before, what);
    }

    private void check(int calls, View a, View b, View c) {
        check(calls, a, b, c, MatmulOptions.DEFAULT);
    }

    private View f32(Layout layout, int... sizes) {
        return matrices.random(DType.F32, layout, sizes);
    }

    // ---- what the libraries compute

    @ParameterizedTest
    @ValueSource(strings = {LT, JCUBLAS})
    void everyTypeIsMultipliedHoweverItsMatricesLie(String name) {
        open(name);
        List<Layout> packed = List.of(Layout.ROWS, Layout.COLUMNS, Layout.PART);
        for (DType dtype : List.of(DType.F16, DType.BF16, DType.F32, DType.F64)) {
            for (Layout first : packed) {
                for (Layout second : packed) {
                    for (Layout result : packed) {
                        View a = matrices.random(dtype, first, 5, 7);
                        View b = matrices.random(dtype, second, 7, 3);
                        View c = matrices.random(dtype, result, 5, 3);
                        check(1, a, b, c, SUM);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {LT, JCUBLAS})
    void axesOfOneElementMayHaveAnyStride(String name) {
        open(name);
        for (int[] sizes : new int[][] {{1, 4, 5}, {4, 1, 5}, {4, 5, 1}, {1, 1, 6}, {1, 1, 1}}) {
            for (Layout layout : Layout.values()) {
                View a = f32(Layout.ROWS, sizes[0], sizes[2]);
                View b = f32(layout, sizes[2], sizes[1]);
                boolean packed = sizes[1] == 1 || layout.ordinal() <= Layout.PART.ordinal();
                boolean apart = layout != Layout.REPEATED || sizes[2] == 1;
                boolean forward = layout != Layout.FLIPPED || sizes[1] == 1;
                boolean pair = layout == Layout.SPARSE && sizes[2] == 1;
                int calls =
                        (packed || pair || layout == Layout.REPEATED) && apart && forward ? 1 : 0;
                check(calls, a, b, f32(Layout.ROWS, sizes[0], sizes[1]));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {LT, JCUBLAS})
    void aBatchIsOneCall(String name) {
        open(name);
        View a = f32(Layout.PART, 4, 3, 5);
        View b = f32(Layout.COLUMNS, 4, 5, 2);
        check(1, a, b, f32(Layout.ROWS, 4, 3, 2), SUM);
        View one = f32(Layout.ROWS, 5, 2).expand(Shape.of(4, 5, 2));
        check(1, a, one, f32(Layout.ROWS, 4, 3, 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {LT, JCUBLAS})
    void headsThatLieSideBySideAreSeveralCalls(String name) {
        open(name);
        // [batch, heads, steps, size] of [batch, steps, heads, size], as attention has it
        View query = heads(f32(Layout.ROWS, 3, 4, 10), 2);
        View key = heads(f32(Layout.ROWS, 3, 4, 10), 2);
        long[] strides = key.strides();
        long[] across = {strides[0], strides[1], strides[3], strides[2]};
        View keys = new View(key.buffer(), Shape.of(3, 2, 5, 4), across, 0);
        View scores = View.of(device.allocate(DType.F32, 96), Shape.of(3, 2, 4, 4));
        device.fill(scores, 0);
        check(2, query, keys, scores);
        View value = heads(f32(Layout.ROWS, 3, 4, 10), 2);
        check(2, scores, value, heads(f32(Layout.ROWS, 3, 4, 10), 2));
    }

    private static View heads(View of, int heads) {
        int[] sizes = of.shape().sizes();
        int size = sizes[2] / heads;
        long[] strides = {of.strides()[0], size, of.strides()[1], 1};
        return new View(
                of.buffer(), Shape.of(sizes[0], heads, sizes[1], size), strides, of.offset());
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F16", "BF16", "F32"})
    void aBiasAndAnActivationAreAppliedOnTheWay(DType dtype) {
        open(LT);
        View a = matrices.random(dtype, Layout.ROWS, 5, 7);
        View b = matrices.random(dtype, Layout.COLUMNS, 7, 3);
        for (Activation activation : Activation.values()) {
            for (double beta : new double[] {0, 1}) {
                // twice, as the second time only the bias is another
                for (int time = 0; time < 2; time++) {
                    View bias = matrices.vector(dtype, 3, 0);
                    View c = matrices.random(dtype, Layout.ROWS, 5, 3);
                    check(1, a, b, c, new MatmulOptions(1, beta, Optional.of(bias), activation));
                }
                View c = matrices.random(dtype, Layout.ROWS, 5, 3);
                check(1, a, b, c, new MatmulOptions(1, beta, Optional.empty(), activation));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {LT, JCUBLAS})
    void aBiasThatTheLibraryCannotAddIsThereBeforehand(String name) {
        open(name);
        for (DType dtype : List.of(DType.F64, DType.F32)) {
            View a = matrices.random(dtype, Layout.ROWS, 2, 5, 7);
            View b = matrices.random(dtype, Layout.ROWS, 2, 7, 3);
            View c = matrices.random(dtype, Layout.PART, 2, 5, 3);
            // not aligned to 16 bytes
            View bias = matrices.vector(dtype, 3, 1);
            check(1, a, b, c, MatmulOptions.DEFAULT.withBias(bias));
            // what then is not possible is the own kernel's
            check(0, a, b, c, new MatmulOptions(1, 1, Optional.of(bias), Activation.NONE));
            check(0, a, b, c, new MatmulOptions(1, 0, Optional.of(bias), Activation.RELU));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {LT, JCUBLAS})
    void sixteenBitFactorsMayHaveAWiderResult(String name) {
        open(name);
        View a = matrices.random(DType.BF16, Layout.ROWS, 5, 7);
        View b = matrices.random(DType.BF16, Layout.ROWS, 7, 3);
        check(1, a, b, f32(Layout.ROWS, 5, 3), SUM);
    }

    @ParameterizedTest
    @ValueSource(strings = {LT, JCUBLAS})
    void sumsOfSixteenBitFactorsAreNotRoundedOnTheWay(String name) {
        open(name);
        View a = matrices.random(DType.BF16, Layout.ROWS, 1, 32);
        View b = matrices.random(DType.BF16, Layout.ROWS, 32, 1);
        double[] left = new double[(int) a.buffer().length()];
        double[] right = new double[(int) b.buffer().length()];
        Arrays.fill(left, 1);
        // 257 has nine bits, and BF16 keeps eight
        right[0] = 256;
        right[1] = 1;
        right[16] = -256;
        matrices.write(a, left);
        matrices.write(b, right);
        View c = matrices.random(DType.BF16, Layout.ROWS, 1, 1);
        check(1, a, b, c);
        assertEquals(1, matrices.read(c)[0]);
    }

    @ParameterizedTest
    @ValueSource(strings = {LT, JCUBLAS})
    void factorsAreRoundedToTf32OnlyOnRequest(String name) {
        double fine = 1 + Math.scalb(1, -12);
        for (boolean on : new boolean[] {false, true}) {
            Properties.with("gradus.cuda.tf32", on ? "on" : "off", () -> open(name));
            String matmul = device.capabilities().details().get("matmul");
            assertTrue(matmul.contains(on ? "TF32 on" : "TF32 off"), matmul);
            View a = f32(Layout.ROWS, 1, 1);
            View b = f32(Layout.ROWS, 1, 1);
            View c = f32(Layout.ROWS, 1, 1);
            double[] ones = new double[(int) a.buffer().length()];
            Arrays.fill(ones, fine);
            matrices.write(a, ones);
            Arrays.fill(ones, 1);
            matrices.write(b, ones);
            device.matmul(a, b, c, MatmulOptions.DEFAULT);
            assertEquals(on ? 1 : fine, matrices.read(c)[0]);
            everythingIsGivenBack();
        }
    }

    // ---- recorded

    @ParameterizedTest
    @ValueSource(strings = {LT, JCUBLAS})
    void aRecordedProductReadsWhatItsFactorsHoldWhenItIsRepeated(String name) {
        open(name);
        View a = f32(Layout.ROWS, 5, 20);
        View b = f32(Layout.COLUMNS, 20, 3);
        View c = f32(Layout.ROWS, 5, 3);
        View bias = matrices.vector(DType.F32, 3, 0);
        MatmulOptions options = MatmulOptions.DEFAULT.withBias(bias);
        // what is copied or chosen when a product is first met is not part of a recording
        check(1, a, b, c, options);
        double[] before = matrices.read(c);
        try (CapturedWork work = device.capture(() -> device.matmul(a, b, c, options))) {
            // the same product elsewhere, whose bias the descriptor names now
            check(1, a, b, f32(Layout.ROWS, 5, 3), SUM);
            View other = matrices.vector(DType.F32, 3, 0);
            check(1, a, b, f32(Layout.ROWS, 5, 3), MatmulOptions.DEFAULT.withBias(other));
            assertArrayEquals(before, matrices.read(c), "nothing was done yet");
            for (int time = 1; time <= 2; time++) {
                double[] values = new double[(int) a.buffer().length()];
                Arrays.fill(values, time);
                matrices.write(a, values);
                double[] expected = matrices.expected(a, b, c, options);
                work.replay(new long[0]);
                assertArrayEquals(expected, matrices.read(c));
            }
        }
    }

    // ---- what is left to the own kernels

    @ParameterizedTest
    @ValueSource(strings = {LT, JCUBLAS})
    void matricesWithoutPackedLinesAreLeftToTheOwnKernels(String name) {
        open(name);
        for (Layout layout : List.of(Layout.SPARSE, Layout.FLIPPED, Layout.REPEATED)) {
            check(0, f32(layout, 5, 7), f32(Layout.ROWS, 7, 3), f32(Layout.ROWS, 5, 3));
            check(0, f32(Layout.ROWS, 5, 7), f32(layout, 7, 3), f32(Layout.ROWS, 5, 3));
        }
        check(0, f32(Layout.ROWS, 5, 7), f32(Layout.ROWS, 7, 3), f32(Layout.SPARSE, 5, 3), SUM);
    }

    @Test
    void mixedTypesAndManySmallProductsAreLeftToTheOwnKernels() {
        open(LT);
        View a = f32(Layout.ROWS, 5, 7);
        View b = matrices.random(DType.F16, Layout.ROWS, 7, 3);
        check(0, a, b, f32(Layout.ROWS, 5, 3));
        View bias = matrices.vector(DType.F32, 3, 0);
        // a bias along the axis that is not the rows'
        MatmulOptions biased = MatmulOptions.DEFAULT.withBias(bias);
        check(0, a, f32(Layout.ROWS, 7, 3), f32(Layout.COLUMNS, 5, 3), biased);
        // 65 times 65 products that cannot be merged
        View x = heads(f32(Layout.ROWS, 65, 1, 65), 65);
        View y = View.of(device.allocate(DType.F32, 65 * 65), Shape.of(65, 65, 1, 1));
        device.fill(y, 2);
        long[] across = {1, 65, 1, 1};
        View z = new View(x.buffer(), x.shape(), x.strides(), x.offset());
        check(0, new View(y.buffer(), y.shape(), across, 0), z, f32(Layout.ROWS, 65, 65, 1, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {LT, JCUBLAS})
    void emptyProductsNeedNoLibrary(String name) {
        open(name);
        check(0, f32(Layout.ROWS, 5, 0), f32(Layout.ROWS, 0, 3), f32(Layout.ROWS, 5, 3));
        check(0, f32(Layout.ROWS, 5, 0), f32(Layout.ROWS, 0, 3), f32(Layout.ROWS, 5, 3), SUM);
        check(0, f32(Layout.ROWS, 0, 4), f32(Layout.ROWS, 4, 3), f32(Layout.ROWS, 0, 3));
        check(0, f32(Layout.ROWS, 0, 2, 4), f32(Layout.ROWS, 0, 4, 3), f32(Layout.ROWS, 0, 2, 3));
    }

    @Test
    void whatCublasLtHasNoAlgorithmForIsLeftToTheOwnKernels() {
        open(LT);
        View a = f32(Layout.ROWS, 5, 7);
        View b = f32(Layout.ROWS, 7, 3);
        for (String function : List.of("cublasLtMatmulAlgoGetHeuristic", "cublasLtMatmul")) {
            View c = f32(Layout.ROWS, 5, 3);
            library.plant(function, 15);
            check(0, a, b, c);
            // and it is not asked again
            check(0, a, b, c);
            b = f32(Layout.COLUMNS, 7, 3);
        }
    }

    @Test
    void whatJCublasDoesNotSupportIsLeftToTheOwnKernels() {
        open(JCUBLAS);
        library.plant("cublasGemmStridedBatchedEx", 15);
        View bias = matrices.vector(DType.F32, 3, 0);
        check(
                0,
                f32(Layout.ROWS, 5, 7),
                f32(Layout.ROWS, 7, 3),
                f32(Layout.ROWS, 5, 3),
                MatmulOptions.DEFAULT.withBias(bias));
    }

    // ---- plans

    @Test
    void equalProductsShareTheirDescriptors() {
        open(LT);
        View a = f32(Layout.ROWS, 5, 7);
        View b = f32(Layout.ROWS, 7, 3);
        check(1, a, b, f32(Layout.ROWS, 5, 3));
        long objects = library.objects();
        check(1, f32(Layout.ROWS, 5, 7), f32(Layout.ROWS, 7, 3), f32(Layout.ROWS, 5, 3));
        assertEquals(objects, library.objects());
        // another alignment may ask for another algorithm
        View shifted = new View(a.buffer(), a.shape(), a.strides(), 1);
        check(1, shifted, b, f32(Layout.ROWS, 5, 3));
        assertEquals(objects + 4, library.objects());
    }

    @Test
    void onlyTheLastThousandProductsKeepTheirDescriptors() {
        open(LT);
        View a = f32(Layout.ROWS, 1, 1100);
        View b = f32(Layout.ROWS, 1100, 1);
        View c = f32(Layout.ROWS, 1, 1);
        for (int k = 1; k <= 1100; k++) {
            View row = new View(a.buffer(), Shape.of(1, k), a.strides(), 0);
            View column = new View(b.buffer(), Shape.of(k, 1), b.strides(), 0);
            device.matmul(row, column, c, MatmulOptions.DEFAULT);
        }
        assertEquals(1 + 4 * 1024, library.objects() - objectsBefore);
        check(1, a, b, c);
    }

    // ---- what goes wrong

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cublasLtMatmulDescCreate",
                "cublasLtMatmulDescSetAttribute",
                "cublasLtMatrixLayoutCreate",
                "cublasLtMatrixLayoutSetAttribute",
                "cublasLtMatmulPreferenceCreate",
                "cublasLtMatmulPreferenceSetAttribute",
                "cublasLtMatmulAlgoGetHeuristic",
                "cublasLtMatmul"
            })
    void aFailureOfCublasLtIsTold(String function) {
        open(LT);
        tells(function, 14, "CUBLAS_STATUS_INTERNAL_ERROR (14)");
    }

    @Test
    void aFailureOfJCublasIsTold() {
        open(JCUBLAS);
        tells("cublasGemmStridedBatchedEx", 13, "CUBLAS_STATUS_EXECUTION_FAILED (13)");
    }

    private void tells(String function, int status, String name) {
        View a = f32(Layout.ROWS, 4, 5, 7);
        View b = f32(Layout.COLUMNS, 4, 7, 3);
        View c = f32(Layout.ROWS, 4, 5, 3);
        library.plant(function, status);
        var e =
                assertThrows(
                        DeviceException.class, () -> device.matmul(a, b, c, MatmulOptions.DEFAULT));
        String expected =
                "the device cuda:0 could not multiply f32 [5, 7] by [7, 3] to f32, 4 times: "
                        + function
                        + " gave "
                        + name;
        assertTrue(e.getMessage().startsWith(expected), e.getMessage());
        // and the device goes on
        check(1, a, b, c);
    }

    @Test
    void aBufferThatWasReleasedIsNotMultiplied() {
        open(LT);
        View a = f32(Layout.ROWS, 5, 7);
        View b = f32(Layout.ROWS, 7, 3);
        View c = f32(Layout.ROWS, 5, 3);
        b.buffer().release();
        assertThrows(
                IllegalStateException.class, () -> device.matmul(a, b, c, MatmulOptions.DEFAULT));
    }

    @Test
    void aClosedDeviceGivesTheLibrarysMemoryBack() {
        open(LT);
        assertTrue(emulator.blocks() > blocksBefore);
        device.close();
        assertEquals(blocksBefore, emulator.blocks());
    }
}
