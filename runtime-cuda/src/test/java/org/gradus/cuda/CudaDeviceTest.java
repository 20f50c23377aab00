package org.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.gradus.cuda.Handles.DevicePointer;
import org.gradus.device.Buffer;
import org.gradus.device.DeviceException;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Program;
import org.gradus.kernels.KernelSource;
import org.gradus.kernels.runtime.BinaryCache;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The host's side of the CUDA device on the emulated driver: what can go wrong, and what is told
 * about it. The planted mistakes show that the emulator finds them.
 */
class CudaDeviceTest {
    private static final long LIMIT = 1 << 20;
    private static final Program ADD_ONE = Program.of(Expr.input(0, DType.F32).add(1));

    private final Emulator emulator = Emulator.get();

    @TempDir Path cache;

    private Cuda cuda;
    private CudaDevice device;
    private long blocksBefore;

    @BeforeEach
    void open() {
        blocksBefore = emulator.blocks();
        device = open(LIMIT);
    }

    private CudaDevice open(long limit) {
        cuda = Cuda.open(emulator.search());
        DeviceInfo info = cuda.devices().getFirst();
        return CudaDevice.open("cuda:0", info, cuda, limit, new BinaryCache(cache));
    }

    @AfterEach
    void close() {
        emulator.forgetErrors();
        device.close();
    }

    private View vector(int length) {
        return View.of(device.allocate(DType.F32, length), Shape.of(length));
    }

    private View vector(float... values) {
        View view = vector(values.length);
        device.upload(MemorySegment.ofArray(values), view.buffer(), 0);
        return view;
    }

    private void addOne(View view) {
        device.map(ADD_ONE, view.shape(), new long[0], List.of(view), List.of(view));
    }

    private float[] read(View view) {
        float[] result = new float[(int) view.elements()];
        device.download(view.buffer(), view.offset(), MemorySegment.ofArray(result));
        return result;
    }

    private static KernelSource kernel(String body) {
        return KernelSource.of(
                "planted",
                "DEFINE_WORDS(1)\nKERNEL(KERNEL_NAME, 32)(GLOBAL float *x, const WORDS(1) w) {\n"
                        + body
                        + "\n}\n",
                32);
    }

    private void launch(KernelSource source, Buffer... buffers) {
        device.stream().launch(source, 1, buffers, new long[] {7});
    }

    private void assertFails(String expected, Runnable action) {
        var e = assertThrows(DeviceException.class, action::run);
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }

    // ---- what works

    @Test
    void aKernelReadsItsArguments() {
        View x = vector(1, 2, 3);
        launch(kernel("if (LOCAL_ID < 3) { x[LOCAL_ID] += (float)w.v[0]; }"), x.buffer());
        assertEquals("[8.0, 9.0, 10.0]", Arrays.toString(read(x)));
    }

    @Test
    void allThreadsOfABlockWaitAtABarrier() {
        View x = vector(new float[32]);
        launch(
                kernel(
                        """
                        LOCAL_ARRAY(float, s, 32);
                        s[LOCAL_ID] = (float)LOCAL_ID;
                        BARRIER();
                        float sum = 0.0f;
                        for (i32 i = 0; i < 32; i++) { sum += s[i]; }
                        BARRIER();
                        s[LOCAL_ID] = 1.0f;
                        BARRIER();
                        x[LOCAL_ID] = sum + s[31 - LOCAL_ID];
                        """),
                x.buffer());
        float[] expected = new float[32];
        Arrays.fill(expected, 497);
        assertEquals(Arrays.toString(expected), Arrays.toString(read(x)));
    }

    @Test
    void largeCopiesComeBackWhole() {
        device.close();
        device = open(1L << 28);
        float[] values = new float[5_000_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        View x = vector(values);
        addOne(x);
        float[] result = read(x);
        assertTrue(IntStream.range(0, result.length).allMatch(i -> result[i] == (float) i + 1));
    }

    @Test
    void threadsMayShareADevice() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<float[]>> results =
                    IntStream.range(0, 4)
                            .mapToObj(
                                    thread ->
                                            threads.submit(
                                                    () -> {
                                                        View x = vector(thread, thread);
                                                        for (int i = 0; i < 50; i++) {
                                                            addOne(x);
                                                        }
                                                        return read(x);
                                                    }))
                            .toList();
            for (int thread = 0; thread < 4; thread++) {
                assertEquals(thread + 50, results.get(thread).get()[1]);
            }
        }
    }

    @Test
    void kernelsAreCompiledOnceAndKeptOnDisk() throws IOException {
        View x = vector(1);
        addOne(x);
        addOne(x);
        assertEquals(1, device.stream().modules().builds());
        device.close();
        device = open(LIMIT);
        addOne(vector(1));
        assertEquals(0, device.stream().modules().builds());
        device.close();
        try (Stream<Path> files = Files.list(cache)) {
            Path damaged = files.findFirst().orElseThrow();
            byte[] content = Files.readAllBytes(damaged);
            content[content.length / 2] ^= 1;
            Files.write(damaged, content);
        }
        device = open(LIMIT);
        View y = vector(1f);
        addOne(y);
        assertEquals(1, device.stream().modules().builds());
        assertEquals(2, read(y)[0]);
    }

    @Test
    void aGpuNewerThanTheCompilerGetsCodeThatTheDriverTranslates() {
        emulator.setKnownArchitecture(80);
        try {
            device.close();
            device = open(LIMIT);
            View x = vector(1f);
            addOne(x);
            assertEquals(2, read(x)[0]);
            assertEquals("--gpu-architecture=compute_80", cuda.compiler().target(90));
            assertEquals("--gpu-architecture=sm_80", cuda.compiler().target(80));
            var e = assertThrows(DeviceException.class, () -> cuda.compiler().target(75));
            assertTrue(e.getMessage().contains("of compute capability 7.5"), e.getMessage());
            assertTrue(e.getMessage().contains("nvidia-cuda-nvrtc-cu12"), e.getMessage());
        } finally {
            emulator.setKnownArchitecture(90);
        }
    }

    @Test
    void aClosedDeviceGivesAllMemoryBack() {
        View x = vector(1000);
        addOne(x);
        x.buffer().release();
        device.close();
        assertEquals(blocksBefore, emulator.blocks());
        assertThrows(IllegalStateException.class, () -> vector(1));
        assertThrows(IllegalStateException.class, () -> device.synchronize());
    }

    // ---- what goes wrong

    @Test
    void outOfMemoryNamesWhatWasWantedAndTheDeviceGoesOn() {
        View held = vector(100_000);
        View dropped = vector(100_000);
        dropped.buffer().release();
        // fits only when what is kept is given back first
        View large = vector(120_000);
        assertFails("800000 bytes wanted", () -> vector(200_000));
        device.fill(held, 1);
        addOne(held);
        assertEquals(2f, read(held)[99_999]);
        List.of(held, large).forEach(view -> view.buffer().release());
        assertEquals(0, device.memory().usedBytes());
    }

    @Test
    void theDriverMayHaveLessMemoryThanTheLimit() {
        device.close();
        device = open(1L << 40);
        assertFails("out of memory on cuda:0", () -> device.allocate(DType.F32, 1L << 32));
        View x = vector(1);
        addOne(x);
    }

    @Test
    void aReleasedBufferIsNotUsed() {
        View view = vector(10);
        view.buffer().release();
        assertThrows(IllegalStateException.class, () -> addOne(view));
        assertThrows(IllegalStateException.class, () -> read(view));
        assertThrows(IllegalStateException.class, () -> view.buffer().release());
    }

    @Test
    void aCopyBeyondABufferIsRefused() {
        View view = vector(10);
        float[] longer = new float[11];
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> device.upload(MemorySegment.ofArray(longer), view.buffer(), 0));
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> device.download(view.buffer(), 1, MemorySegment.ofArray(new float[10])));
    }

    @Test
    void aKernelThatDoesNotCompileIsShownWithItsNumberedSource() {
        KernelSource wrong = kernel("x[0] = undefined_name;");
        View x = vector(1);
        var e = assertThrows(DeviceException.class, () -> launch(wrong, x.buffer()));
        for (String part : List.of(wrong.name(), "undefined_name", "  KERNEL(")) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
        addOne(x);
    }

    @Test
    void anErrorThatTheDriverDoesNotForgetIsNamed() {
        View x = vector(1, 2);
        launchPlanted("x[2 + LOCAL_ID] = 1.0f;", x);
        assertFails("CUDA_ERROR_ILLEGAL_ADDRESS, an error of a kernel", () -> addOne(x));
        assertFails("start it again", () -> device.synchronize());
    }

    // ---- planted mistakes, which the emulator must find

    @Test
    void theEmulatorFindsAWriteBeyondABuffer() {
        View x = vector(1, 2);
        launchPlanted("x[2] = 1.0f;", x);
        assertTrue(
                emulator.lastError().contains("wrote beyond a block of 8"), emulator.lastError());
    }

    @Test
    void theEmulatorFindsABarrierThatSomeThreadsNeverReach() {
        launchPlanted("if (LOCAL_ID < 5) { BARRIER(); } x[0] = 1.0f;", vector(1, 2));
        assertTrue(emulator.lastError().contains("wait at a barrier"), emulator.lastError());
    }

    @Test
    void theEmulatorFindsAWrongLaunchGeometry() {
        KernelSource made = kernel("x[0] = 1.0f;");
        KernelSource wrong = new KernelSource(made.name(), made.text(), 64);
        launchPlanted(wrong, vector(1, 2).buffer());
        assertTrue(
                emulator.lastError().contains("blocks of 64 threads, and it is made for 32"),
                emulator.lastError());
        emulator.forgetErrors();
        assertFails(
                "CUDA_ERROR_INVALID_VALUE",
                () ->
                        device.stream()
                                .launch(
                                        made,
                                        0,
                                        new Buffer[] {vector(1, 2).buffer()},
                                        new long[] {7}));
        assertTrue(emulator.lastError().contains("a grid of 0,1,1"), emulator.lastError());
    }

    @Test
    void theEmulatorFindsMemoryThatIsUsedAfterItWasFreed() {
        KernelSource source = kernel("x[0] = 1.0f;");
        View used = vector(1, 2);
        launch(source, used.buffer());
        CompiledKernel kernel = device.stream().modules().kernel(source);
        DevicePointer freed = new DevicePointer();
        assertEquals(0, JCudaDriver.cuMemAlloc(freed, 8));
        assertEquals(0, JCudaDriver.cuMemFree(freed));
        MemorySegment arguments = kernel.arguments(new DevicePointer[] {freed}, new long[] {7});
        int result = cuda.driver().launch(kernel.function(), 1, 32, MemorySegment.NULL, arguments);
        assertEquals(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, result);
        assertTrue(emulator.lastError().contains("is no memory in use"), emulator.lastError());
    }

    @Test
    void theEmulatorFindsALeak() {
        View leaked = vector(1, 2);
        device.close();
        assertEquals(blocksBefore + 1, emulator.blocks());
        leaked.buffer().release();
        assertEquals(blocksBefore, emulator.blocks());
    }

    private void launchPlanted(String body, View view) {
        launchPlanted(kernel(body), view.buffer());
    }

    /** A launch is asynchronous: it may fail itself, or the next call. */
    private void launchPlanted(KernelSource source, Buffer buffer) {
        assertThrows(
                DeviceException.class,
                () -> {
                    launch(source, buffer);
                    device.synchronize();
                });
    }
}
