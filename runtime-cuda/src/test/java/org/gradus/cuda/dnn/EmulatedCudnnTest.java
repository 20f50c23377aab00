package org.gradus.cuda.dnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.gradus.cuda.EmulatedCudnn;
import org.gradus.cuda.EmulatedDevice;
import org.gradus.cuda.library.DeviceStream;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Mistakes in calls of cuDNN, which the emulated one must find. */
class EmulatedCudnnTest {
    private static final int FMA = 3;
    private static final int PRECOMPUTED = 1;
    private static final TensorLayout IMAGE = packed(1, 2, 6, 6);
    private static final TensorLayout WEIGHT = packed(4, 2, 3, 3);
    private static final TensorLayout OUTPUT = packed(1, 4, 4, 4);

    private final EmulatedCudnn told = new EmulatedCudnn(9);

    @TempDir Path cache;

    private EmulatedDevice device;
    private DeviceStream stream;
    private ForeignCudnn cudnn;
    private Cudnn.Convolution convolution;
    private long image;
    private long weight;
    private long output;
    private long workspace;
    private long needed;

    private static TensorLayout packed(int... sizes) {
        int[] strides = {sizes[1] * sizes[2] * sizes[3], sizes[2] * sizes[3], sizes[3], 1};
        return new TensorLayout(sizes, strides);
    }

    private static ConvolutionProblem problem(
            TensorLayout image, TensorLayout weight, TensorLayout output, int groups) {
        Window window =
                new Window(new int[] {3, 3}, new int[] {1, 1}, new int[] {0, 0}, new int[] {1, 1});
        return new ConvolutionProblem(
                Direction.FORWARD, DType.F32, image, weight, output, window, groups);
    }

    @BeforeEach
    void describeAConvolution() {
        device = new EmulatedDevice(told.search(), cache);
        stream = device.stream();
        var library = told.search().open(List.of("libcudnn.so.9")).orElseThrow();
        cudnn = stream.call(() -> new ForeignCudnn(library, stream));
        convolution = cudnn.convolution(problem(IMAGE, WEIGHT, OUTPUT, 1), FMA);
        image = memory(4 * 72);
        weight = memory(4 * 72);
        output = memory(4 * 64);
        needed = convolution.workspaceBytes(PRECOMPUTED);
        workspace = memory(needed);
    }

    private long memory(long bytes) {
        return stream.address(stream.allocate(bytes));
    }

    @AfterEach
    void close() {
        device.close();
    }

    private static void assertRefused(String expected, Executable call) {
        String message = assertThrows(CudnnException.class, call).getMessage();
        assertTrue(message.contains(expected), message);
        assertTrue(message.contains(" gave CUDNN_STATUS_"), message);
    }

    private void run(long x, long w, long y, int algorithm, long scratch, long bytes) {
        stream.call(
                () -> {
                    convolution.run(x, w, y, algorithm, scratch, bytes);
                    return true;
                });
    }

    @Test
    void theConvolutionIsComputedIfAllIsRight() {
        int before = told.calls();
        run(image, weight, output, PRECOMPUTED, workspace, needed);
        assertEquals(1, told.calls() - before);
    }

    @Test
    void shapesThatDoNotFitAreRefused() {
        for (ConvolutionProblem wrong :
                List.of(
                        problem(IMAGE, WEIGHT, packed(1, 4, 5, 4), 1),
                        problem(IMAGE, WEIGHT, packed(2, 4, 4, 4), 1),
                        problem(IMAGE, packed(4, 3, 3, 3), OUTPUT, 1),
                        problem(IMAGE, WEIGHT, OUTPUT, 2))) {
            Cudnn.Convolution prepared = cudnn.convolution(wrong, FMA);
            assertRefused("CUDNN_STATUS_BAD_PARAM", prepared::guess);
            prepared.close();
        }
    }

    @Test
    void aWorkspaceThatIsTooSmallIsRefused() {
        assertRefused(
                "a workspace of " + (needed - 1) + ", not " + needed,
                () -> run(image, weight, output, PRECOMPUTED, workspace, needed - 1));
        assertRefused(
                "the workspace is not in live memory",
                () -> run(image, weight, output, PRECOMPUTED, workspace, needed + 1));
    }

    @Test
    void memoryThatIsNotThereIsRefused() {
        long shorter = memory(4 * 60);
        assertRefused(
                "the output is not in live memory",
                () -> run(image, weight, shorter, PRECOMPUTED, workspace, needed));
        assertRefused(
                "the first operand is null",
                () -> run(0, weight, output, PRECOMPUTED, workspace, needed));
        assertRefused(
                "the second operand is not aligned",
                () -> run(image, weight + 4, output, PRECOMPUTED, workspace, needed));
        assertRefused(
                "the output overlaps an input",
                () -> run(image, weight, weight, PRECOMPUTED, workspace, needed));
    }

    @Test
    void algorithmsThatThereAreNotAreRefused() {
        assertRefused("no algorithm 17", () -> run(image, weight, output, 17, workspace, needed));
    }

    @Test
    void whatWasGivenBackIsRefused() {
        convolution.close();
        assertRefused(
                "this is no live tensor descriptor",
                () -> run(image, weight, output, PRECOMPUTED, workspace, needed));
        Cudnn.Convolution another = cudnn.convolution(problem(IMAGE, WEIGHT, OUTPUT, 1), FMA);
        cudnn.close();
        assertRefused("this is no live handle", another::guess);
    }

    @Test
    void aThreadWithoutTheContextIsRefused() throws Exception {
        CudnnException refusal;
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            Executable call = () -> convolution.run(image, weight, output, 0, 0, 0);
            refusal = other.submit(() -> assertThrows(CudnnException.class, call)).get();
        }
        assertRefused(
                "the driver is not usable from this thread",
                () -> {
                    throw refusal;
                });
    }
}
