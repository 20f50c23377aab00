package org.gradus.cuda.blas;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.gradus.cuda.CudaProvider;
import org.gradus.cuda.EmulatedBlas;
import org.gradus.cuda.Emulator;
import org.gradus.device.Device;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Mistakes in calls of cublasLt, which the emulated one must find. */
class EmulatedCublasLtTest {
    private static final int INVALID_VALUE = 7;
    private static final int EXECUTION_FAILED = 13;
    private static final int NOT_SUPPORTED = 15;
    private static final int COMPUTE_32F = 68;
    private static final int F32 = 0;
    private static final int SIZE = 16;
    private static final long BYTES = 4L * SIZE * SIZE;

    private static final class Pointer extends CUdeviceptr {
        long address() {
            return getNativePointer();
        }
    }

    private static final class Stream extends CUstream {
        long address() {
            return getNativePointer();
        }
    }

    private final Emulator emulator = Emulator.get();
    private final EmulatedBlas told = new EmulatedBlas("libcublasLt.so.13");
    private final CublasLt library = CublasLt.open(emulator.search()).orElseThrow();
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment place = arena.allocate(JAVA_LONG);
    private final MemorySegment one = arena.allocateFrom(JAVA_FLOAT, 1);
    private final MemorySegment result = arena.allocate(96, 8);
    private final LtPlan plan = new LtPlan();
    private final Pointer memory = new Pointer();
    private final Stream stream = new Stream();

    private Device device;
    private MemorySegment handle;
    private MemorySegment preference;

    @BeforeEach
    void describeAProduct() {
        String before = System.getProperty("gradus.cuda.path");
        System.setProperty("gradus.cuda.path", emulator.folder().toString());
        try {
            // makes a context current on this thread
            device = new CudaProvider().open(0);
        } finally {
            if (before == null) {
                System.clearProperty("gradus.cuda.path");
            } else {
                System.setProperty("gradus.cuda.path", before);
            }
        }
        assertEquals(0, JCudaDriver.cuMemAlloc(memory, BYTES));
        assertEquals(0, JCudaDriver.cuStreamCreate(stream, 0));
        handle = made(library.create(place));
        plan.operation = made(library.descCreate(place, COMPUTE_32F, F32));
        plan.a = layout(SIZE);
        plan.b = layout(SIZE);
        plan.c = layout(SIZE);
        preference = made(library.preferenceCreate(place));
        prefer(1, word(1 << 20));
        plan.algorithm = result.asSlice(0, 64);
    }

    private MemorySegment made(int status) {
        assertEquals(0, status, told::lastError);
        return place.get(ADDRESS, 0);
    }

    private MemorySegment layout(int leading) {
        return made(library.layoutCreate(place, F32, SIZE, SIZE, leading));
    }

    private MemorySegment integer(int value) {
        return arena.allocateFrom(JAVA_INT, value);
    }

    private MemorySegment word(long value) {
        return arena.allocateFrom(JAVA_LONG, value);
    }

    private void prefer(int attribute, MemorySegment value) {
        assertEquals(0, library.preferenceSetAttribute(preference, attribute, value));
    }

    private int ask() {
        return library.algoGetHeuristic(handle, plan, preference, 1, result, place);
    }

    private int multiply() {
        return multiply(memory.address(), memory.address(), BYTES);
    }

    private int multiply(long data, long workspace, long workspaceBytes) {
        return library.matmul(
                handle,
                plan,
                one,
                data,
                data,
                one,
                data,
                workspace,
                workspaceBytes,
                stream.address());
    }

    private void assertRefused(int status, String why, int given) {
        assertEquals(status, given, told::lastError);
        assertTrue(told.lastError().contains(why), told::lastError);
    }

    @AfterEach
    void close() {
        plan.close(library);
        library.preferenceDestroy(preference);
        library.destroy(handle);
        JCudaDriver.cuMemFree(memory);
        JCudaDriver.cuStreamDestroy(stream);
        device.close();
    }

    @Test
    void aRightCallIsTaken() {
        prefer(1, word(0));
        assertEquals(0, ask(), told::lastError);
        assertEquals(0, multiply(memory.address(), 0, 0), told::lastError);
    }

    @Test
    void anAttributeOfTheWrongSizeIsRefused() {
        assertRefused(
                INVALID_VALUE,
                "attribute 7 has 4 bytes, not 8",
                library.descSetAttribute(plan.operation, 7, word(4)));
        assertRefused(
                INVALID_VALUE,
                "attribute 6 has 8 bytes, not 4",
                library.layoutSetAttribute(plan.a, 6, integer(4)));
        assertRefused(
                INVALID_VALUE,
                "attribute 1 has 8 bytes, not 4",
                library.preferenceSetAttribute(preference, 1, integer(4)));
        assertRefused(
                INVALID_VALUE,
                "no attribute 99",
                library.descSetAttribute(plan.operation, 99, integer(4)));
    }

    @Test
    void aLeadingDimensionThatIsTooSmallIsRefused() {
        library.layoutDestroy(plan.b);
        plan.b = layout(SIZE - 1);
        assertRefused(INVALID_VALUE, "B has 16 rows and a leading dimension of 15", ask());
    }

    @Test
    void matricesThatDoNotFitAreRefused() {
        library.layoutDestroy(plan.b);
        plan.b = made(library.layoutCreate(place, F32, SIZE - 1, SIZE, SIZE));
        assertRefused(INVALID_VALUE, "16 by 16 times 15 by 16", ask());
        assertEquals(0, library.layoutSetAttribute(plan.c, 5, integer(2)));
        library.layoutDestroy(plan.b);
        plan.b = layout(SIZE);
        assertRefused(INVALID_VALUE, "batches of 1, 1 and 2", ask());
    }

    @Test
    void typesThatDoNotFitAreRefused() {
        library.descDestroy(plan.operation);
        plan.operation = made(library.descCreate(place, COMPUTE_32F, 1));
        assertRefused(INVALID_VALUE, "factors of the type 1 for 68", ask());
        library.layoutDestroy(plan.b);
        plan.b = made(library.layoutCreate(place, 2, SIZE, SIZE, SIZE));
        assertRefused(NOT_SUPPORTED, "types 0, 2, 0, computed in 68", ask());
    }

    @Test
    void aDescriptorThatIsMissingOrGoneIsRefused() {
        MemorySegment gone = plan.a;
        library.layoutDestroy(gone);
        assertRefused(INVALID_VALUE, "a layout is used after it was destroyed", ask());
        plan.a = MemorySegment.NULL;
        assertRefused(INVALID_VALUE, "a layout is missing", ask());
    }

    @Test
    void anAlgorithmOfAnotherProductIsRefused() {
        assertEquals(0, ask());
        assertEquals(0, library.descSetAttribute(plan.operation, 3, integer(1)));
        assertRefused(INVALID_VALUE, "the algorithm is not for this product", multiply());
    }

    @Test
    void aWorkspaceThatIsTooSmallOrNoMemoryIsRefused() {
        assertEquals(0, ask());
        assertRefused(
                INVALID_VALUE,
                "a workspace of 1024 bytes instead of 4096",
                multiply(memory.address(), memory.address(), BYTES));
        assertRefused(
                INVALID_VALUE,
                "the workspace is not in live memory",
                multiply(memory.address(), memory.address(), 1 << 20));
    }

    @Test
    void aPointerThatIsLessAlignedThanWasSaidIsRefused() {
        for (MemorySegment layout : new MemorySegment[] {plan.a, plan.b, plan.c}) {
            assertEquals(0, library.layoutSetAttribute(layout, 2, word(SIZE - 1)));
            assertEquals(0, library.layoutSetAttribute(layout, 3, word(SIZE - 1)));
        }
        prefer(1, word(0));
        assertEquals(0, ask());
        long shifted = memory.address() + 4;
        assertRefused(EXECUTION_FAILED, "A is not aligned to 256 bytes", multiply(shifted, 0, 0));
        for (int attribute = 5; attribute <= 8; attribute++) {
            prefer(attribute, integer(4));
        }
        assertEquals(0, ask());
        assertEquals(0, multiply(shifted, 0, 0), told::lastError);
    }

    @Test
    void memoryThatIsNotInUseIsRefused() {
        prefer(1, word(0));
        assertEquals(0, ask());
        assertRefused(INVALID_VALUE, "A is null", multiply(0, 0, 0));
        assertRefused(
                INVALID_VALUE,
                "A: 1024 bytes are not in live memory",
                multiply(memory.address() + 256, 0, 0));
        JCudaDriver.cuMemFree(memory);
        assertRefused(INVALID_VALUE, "A: 1024 bytes are not in live memory", multiply());
    }

    @Test
    void aBiasThatIsMissingIsRefused() {
        prefer(1, word(0));
        assertEquals(0, library.descSetAttribute(plan.operation, 7, integer(4)));
        assertEquals(0, ask());
        assertRefused(
                INVALID_VALUE, "the bias is not in live memory", multiply(memory.address(), 0, 0));
        assertEquals(0, library.descSetAttribute(plan.operation, 8, word(memory.address() + 4)));
        assertRefused(EXECUTION_FAILED, "a misaligned bias", multiply(memory.address(), 0, 0));
    }
}
