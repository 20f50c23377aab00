package org.gradus.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.gradus.cpu.CpuDevice;
import org.gradus.device.Buffer;
import org.gradus.device.Capabilities;
import org.gradus.device.Device;
import org.gradus.device.DeviceException;
import org.gradus.device.DeviceProvider;
import org.gradus.device.Devices;
import org.gradus.device.ReduceOp;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Program;
import org.gradus.kernels.KernelSource;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can go wrong with memory, kernels, threads and files, and what is told about it. */
class OpenClDeviceTest {
    private static final long LIMIT = 1 << 20;
    private static final Program ADD_ONE = Program.of(Expr.input(0, DType.F32).add(1));

    @TempDir Path cache;

    private OpenClDevice device;

    @BeforeEach
    void open() {
        device = TestDevice.open(LIMIT, cache);
    }

    @AfterEach
    void close() {
        if (device != null) {
            device.close();
        }
    }

    private View vector(int length) {
        return View.of(device.allocate(DType.F32, length), Shape.of(length));
    }

    private void addOne(View view) {
        device.map(ADD_ONE, view.shape(), new long[0], List.of(view), List.of(view));
    }

    private float[] read(View view) {
        float[] result = new float[(int) view.elements()];
        device.download(view.buffer(), view.offset(), MemorySegment.ofArray(result));
        return result;
    }

    // ---- discovery

    @Test
    void theProviderListsAndOpensTheDevice() {
        DeviceProvider provider = new OpenClProvider();
        assertEquals("opencl", provider.name());
        assertEquals(20, provider.priority());
        DeviceProvider.Discovery found = provider.discover();
        Capabilities first = found.devices().get(0);
        assertTrue(first.dtypes().contains(DType.BF16));
        assertTrue(first.details().containsKey("local memory"));
        assertTrue(first.memoryBytes() > 0);
        int count = found.devices().size();
        var missing = assertThrows(DeviceException.class, () -> provider.open(count));
        assertTrue(missing.getMessage().contains("opencl:" + count), missing.getMessage());
    }

    // ---- memory

    @Test
    void aReleasedBufferIsNotUsed() {
        View view = vector(10);
        view.buffer().release();
        assertThrows(IllegalStateException.class, () -> addOne(view));
        assertThrows(IllegalStateException.class, () -> read(view));
        assertThrows(IllegalStateException.class, () -> device.fill(view, 0));
        assertThrows(IllegalStateException.class, () -> view.buffer().release());
    }

    @Test
    void aBufferOfAnotherDeviceIsNotUsed() {
        try (CpuDevice cpu = new CpuDevice(1)) {
            View foreign = View.of(cpu.allocate(DType.F32, 4), Shape.of(4));
            var e = assertThrows(IllegalStateException.class, () -> addOne(foreign));
            assertTrue(e.getMessage().contains("copy the tensor"), e.getMessage());
        }
    }

    @Test
    void outOfMemoryNamesWhatWasWantedAndTheDeviceGoesOn() {
        View held = vector(100_000);
        View dropped = vector(100_000);
        dropped.buffer().release();
        // fits only when what is kept is given back first
        View large = vector(120_000);
        var e = assertThrows(DeviceException.class, () -> vector(200_000));
        for (String part : List.of("917504 bytes wanted", "in use", LIMIT + " is the limit")) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
        assertThrows(DeviceException.class, () -> device.allocate(DType.I64, Long.MAX_VALUE / 2));
        device.fill(held, 1);
        addOne(held);
        assertEquals(2f, read(held)[99_999]);
        List.of(held, large).forEach(view -> view.buffer().release());
        assertEquals(0, device.memory().usedBytes());
        device.trim();
        assertEquals(0, device.memory().cachedBytes());
    }

    @Test
    void memoryStaysFlatOverThousandsOfLaunches() {
        View total = vector(1000);
        device.fill(total, 0);
        long blocks = -1;
        for (int step = 0; step < 5000; step++) {
            View scratch = vector(1000);
            device.fill(scratch, step);
            addOne(total);
            scratch.buffer().release();
            if (step == 100) {
                blocks = device.queue().pool().blocks();
            }
        }
        assertEquals(5000f, read(total)[7]);
        assertEquals(blocks, device.queue().pool().blocks());
        assertEquals(1, device.memory().buffers());
        total.buffer().release();
    }

    @Test
    void transfersOfHeapAndNativeMemoryAtAnyPlace() {
        View view = vector(100);
        float[] numbers = new float[100];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i;
        }
        device.upload(MemorySegment.ofArray(numbers), view.buffer(), 0);
        // the source may change as soon as the call returns
        numbers[3] = -1;
        device.upload(MemorySegment.ofArray(new float[] {7, 8}), view.buffer(), 50);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment few = arena.allocate(8);
            device.download(view.buffer(), 50, few);
            assertArrayEquals(
                    new float[] {7, 8}, few.toArray(java.lang.foreign.ValueLayout.JAVA_FLOAT));
        }
        assertEquals(3f, read(view)[3]);
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> device.upload(MemorySegment.ofArray(new float[2]), view.buffer(), 99));
    }

    @Test
    void transfersLargerThanOneStage() {
        try (OpenClDevice large = TestDevice.open(1L << 30, cache)) {
            int length = 5_000_003;
            float[] numbers = new float[length];
            for (int i = 0; i < length; i++) {
                numbers[i] = i % 1013;
            }
            Buffer buffer = large.allocate(DType.F32, length);
            large.upload(MemorySegment.ofArray(numbers), buffer, 0);
            float[] back = new float[length];
            large.download(buffer, 0, MemorySegment.ofArray(back));
            assertArrayEquals(numbers, back);
        }
    }

    @Test
    void aDeviceWithoutDoublePrecisionSaysSo() {
        if (device.capabilities().dtypes().contains(DType.F64)) {
            device.allocate(DType.F64, 3).release();
        } else {
            var e = assertThrows(DeviceException.class, () -> device.allocate(DType.F64, 3));
            assertTrue(e.getMessage().contains("double precision"), e.getMessage());
        }
    }

    // ---- kernels

    @Test
    void aKernelThatDoesNotCompileIsShown() {
        KernelSource broken =
                KernelSource.of(
                        "broken",
                        """
                        DEFINE_WORDS(1)
                        KERNEL(KERNEL_NAME, 64)(GLOBAL float *x, const WORDS(1) w) {
                            x[0] = no_such_thing;
                        }
                        """,
                        64);
        View view = vector(4);
        Buffer[] buffers = {view.buffer()};
        device.fill(view, 1);
        addOne(view);
        device.queue().launch(broken, 1, buffers, new long[1]);
        addOne(view);
        var e = assertThrows(DeviceException.class, device::synchronize);
        for (String part :
                List.of(broken.name(), "does not compile", "no_such_thing", "DEFINE_WORDS(1)")) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
        // all but the broken one has run, and the device goes on
        assertEquals(3f, read(view)[0]);
        addOne(view);
        assertEquals(4f, read(view)[0]);
    }

    @Test
    void newKernelsAreCompiledAsOneProgram() {
        View view = vector(5);
        device.fill(view, 3);
        Program square = Program.of(Expr.input(0, DType.F32).multiply(Expr.input(0, DType.F32)));
        device.map(square, view.shape(), new long[0], List.of(view), List.of(view));
        // three reductions, whose texts define the same names in different ways
        for (ReduceOp op : List.of(ReduceOp.SUM, ReduceOp.MAXIMUM, ReduceOp.ARGMAX)) {
            DType type = op.isPosition() ? DType.I64 : DType.F32;
            View result = View.of(device.allocate(type, 1), Shape.of(1));
            Program identity = Program.of(Expr.input(0, DType.F32));
            device.reduce(
                    op, identity, view.shape(), new long[0], List.of(view), result, new int[] {0});
            result.buffer().release();
        }
        assertEquals(0, device.queue().programs().builds());
        assertEquals(9f, read(view)[4]);
        assertEquals(1, device.queue().programs().builds());
    }

    @Test
    void whatWaitsForAKernelHappensInOrder() {
        View view = vector(6);
        View other = vector(6);
        device.fill(view, 1);
        device.upload(MemorySegment.ofArray(new float[] {7, 8}), view.buffer(), 2);
        addOne(view);
        device.copyStrided(view, other);
        device.upload(MemorySegment.ofArray(new float[] {0}), view.buffer(), 0);
        // while all this waits, its memory may be released, and given back to the system
        view.buffer().release();
        device.trim();
        assertArrayEquals(new float[] {2, 2, 8, 9, 2, 2}, read(other));
    }

    @Test
    void memoryOfWorkThatWaitsIsUsedAgainWhereItIsShort() {
        for (int i = 0; i < 20; i++) {
            // of different sizes, so that none fits into the block of another
            View view = vector(100_000 + 8_000 * i);
            device.fill(view, i);
            addOne(view);
            view.buffer().release();
        }
        assertEquals(0, device.memory().usedBytes());
    }

    @Test
    void compiledKernelsAreKeptOnDiskAndADamagedOneIsRebuilt() throws IOException {
        View view = vector(5);
        device.fill(view, 1);
        addOne(view);
        device.synchronize();
        int builds = device.queue().programs().builds();
        assertEquals(1, builds);
        addOne(view);
        device.synchronize();
        assertEquals(builds, device.queue().programs().builds());

        assertEquals(0, buildsOfAnotherDevice());
        List<Path> files;
        try (Stream<Path> list = Files.list(cache)) {
            files = list.toList();
        }
        // the program, and for each kernel the name of its program
        assertEquals(3, files.size());
        for (Path file : files) {
            byte[] content = Files.readAllBytes(file);
            content[content.length / 2] ^= 1;
            Files.write(file, content);
        }
        assertEquals(1, buildsOfAnotherDevice());
        assertEquals(0, buildsOfAnotherDevice());
        for (Path file : files) {
            Files.write(file, new byte[3]);
        }
        assertEquals(1, buildsOfAnotherDevice());
    }

    private int buildsOfAnotherDevice() {
        try (OpenClDevice other = TestDevice.open(LIMIT, cache)) {
            View view = View.of(other.allocate(DType.F32, 5), Shape.of(5));
            other.fill(view, 1);
            other.map(ADD_ONE, view.shape(), new long[0], List.of(view), List.of(view));
            float[] result = new float[5];
            other.download(view.buffer(), 0, MemorySegment.ofArray(result));
            assertArrayEquals(new float[] {2, 2, 2, 2, 2}, result);
            return other.queue().programs().builds();
        }
    }

    @Test
    void aCacheThatCannotBeWrittenDoesNoHarm() throws IOException {
        Path file = Files.createFile(cache.resolve("file"));
        try (OpenClDevice other = TestDevice.open(LIMIT, file.resolve("folder"))) {
            View view = View.of(other.allocate(DType.F32, 5), Shape.of(5));
            other.fill(view, 1);
            other.synchronize();
        }
    }

    // ---- threads, and the end

    @Test
    void threadsTakeTurns() throws Exception {
        int threads = 4;
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<float[]>> results = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int start = t;
                results.add(
                        pool.submit(
                                () -> {
                                    View view = vector(777);
                                    device.fill(view, start);
                                    for (int i = 0; i < 300; i++) {
                                        addOne(view);
                                    }
                                    float[] result = read(view);
                                    view.buffer().release();
                                    return result;
                                }));
            }
            for (int t = 0; t < threads; t++) {
                float[] result = results.get(t).get();
                assertEquals(300f + t, result[0]);
                assertEquals(300f + t, result[776]);
            }
        }
    }

    @Test
    void aClosedDeviceIsNotUsed() {
        View view = vector(10);
        assertFalse(device.isClosed());
        device.close();
        device.close();
        assertTrue(device.isClosed());
        assertThrows(IllegalStateException.class, () -> addOne(view));
        assertThrows(IllegalStateException.class, () -> read(view));
        assertThrows(IllegalStateException.class, () -> vector(10));
        var e = assertThrows(IllegalStateException.class, device::synchronize);
        assertTrue(e.getMessage().contains("the device opencl:0 was closed"), e.getMessage());
        view.buffer().release();
        assertThrows(IllegalStateException.class, () -> view.buffer().release());
    }

    @Test
    void aDeviceIsClosedWithWorkThatWaits() {
        View view = vector(10);
        device.fill(view, 1);
        addOne(view);
        device.close();
        view.buffer().release();
        assertEquals(0, device.memory().buffers());
    }

    @Test
    void aDeviceThatWasClosedIsOpenedAnew() {
        TestDevice.info();
        Device first = Devices.of("opencl");
        assertSame(first, Devices.of("opencl:0"));
        first.close();
        Device second = Devices.of("opencl");
        assertNotSame(first, second);
        View view = View.of(second.allocate(DType.F32, 3), Shape.of(3));
        second.fill(view, 5);
        float[] result = new float[3];
        second.download(view.buffer(), 0, MemorySegment.ofArray(result));
        assertArrayEquals(new float[] {5, 5, 5}, result);
        second.close();
    }
}
