package org.gradus.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.gradus.device.Buffer;
import org.gradus.device.ConvolutionKernels;
import org.gradus.device.Device;
import org.gradus.device.Devices;
import org.gradus.device.NormalizationKernels;
import org.gradus.device.PoolingKernels;
import org.gradus.device.SoftmaxKernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Program;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.Test;

class CpuDeviceTest {
    @Test
    void theServiceLoaderFindsTheDevice() {
        Device device = Devices.of("cpu");
        assertEquals("cpu", device.name());
        assertSame(device, Devices.of("cpu:0"));
        assertTrue(device.capabilities().description().contains("thread"));
        assertEquals(8, device.capabilities().dtypes().size());
    }

    @Test
    void whatIsUploadedCanBeDownloaded() {
        try (CpuDevice device = new CpuDevice(1)) {
            for (DType type : DType.values()) {
                Buffer buffer = device.allocate(type, 10);
                byte[] bytes = new byte[4 * type.bytes()];
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = (byte) (i % 2);
                }
                device.upload(MemorySegment.ofArray(bytes), buffer, 3);
                byte[] back = new byte[3 * type.bytes()];
                device.download(buffer, 4, MemorySegment.ofArray(back));
                byte[] expected = new byte[back.length];
                System.arraycopy(bytes, type.bytes(), expected, 0, expected.length);
                assertArrayEquals(expected, back);
            }
        }
    }

    @Test
    void kernelFamiliesAreForSinglePrecision() {
        try (CpuDevice device = new CpuDevice(1)) {
            assertTrue(device.kernels(ConvolutionKernels.class, DType.F32).isPresent());
            assertTrue(device.kernels(PoolingKernels.class, DType.F32).isPresent());
            assertTrue(device.kernels(NormalizationKernels.class, DType.F32).isPresent());
            assertTrue(device.kernels(SoftmaxKernels.class, DType.F32).isPresent());
            assertTrue(device.kernels(SoftmaxKernels.class, DType.F64).isEmpty());
        }
    }

    @Test
    void callsFromSeveralThreadsTakeTurns() throws InterruptedException {
        try (CpuDevice device = new CpuDevice(3)) {
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread[] callers = new Thread[4];
            for (int t = 0; t < callers.length; t++) {
                int number = t;
                callers[t] = new Thread(() -> work(device, number));
                callers[t].setUncaughtExceptionHandler((thread, e) -> failure.set(e));
                callers[t].start();
            }
            for (Thread caller : callers) {
                caller.join();
            }
            if (failure.get() != null) {
                throw new AssertionError(failure.get());
            }
            assertEquals(0, device.memory().usedBytes());
        }
    }

    private static void work(CpuDevice device, int number) {
        Shape shape = Shape.of(50_000);
        Program program = Program.of(Expr.input(0, DType.F32).add(number).multiply(2));
        for (int i = 0; i < 50; i++) {
            View in = View.of(device.allocate(DType.F32, shape.elements()), shape);
            View out = View.of(device.allocate(DType.F32, shape.elements()), shape);
            device.fill(in, i);
            device.map(program, shape, new long[0], List.of(in), List.of(out));
            for (float x : new float[] {CpuBuffer.of(out).floats()[49_999]}) {
                assertEquals(2f * (i + number), x);
            }
            in.buffer().release();
            out.buffer().release();
        }
    }
}
