package org.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.gradus.cuda.dnn.CudnnConvolution;
import org.gradus.cuda.library.LibrarySearch;
import org.gradus.device.ConvolutionKernels;
import org.gradus.device.DeviceException;
import org.gradus.dtype.DType;
import org.gradus.kernels.runtime.BinaryCache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which library convolves, what is said about it, and what a property changes. */
class CudnnChoiceTest {
    private final Emulator emulator = Emulator.get();
    private final EmulatedCudnn cudnn = new EmulatedCudnn(9);
    private final EmulatedCudnn eight = new EmulatedCudnn(8);

    @TempDir Path folder;

    @AfterEach
    void reset() {
        System.clearProperty(CudnnChoice.PROPERTY);
    }

    /** What {@code gradus doctor} says, and what an open device says and does. */
    private record Said(String found, String opened, boolean byCudnn) {}

    private Said open(LibrarySearch search) {
        Cuda cuda = Cuda.open(search);
        DeviceInfo info = cuda.devices().getFirst();
        String found = info.capabilities(cuda).details().get("convolution");
        BinaryCache binaries = new BinaryCache(folder);
        try (CudaDevice device = CudaDevice.open("cuda:0", info, cuda, 1 << 20, binaries)) {
            boolean byCudnn =
                    device.kernels(ConvolutionKernels.class, DType.F32).orElseThrow()
                            instanceof CudnnConvolution;
            return new Said(found, device.capabilities().details().get("convolution"), byCudnn);
        }
    }

    private String refusal(LibrarySearch search) {
        return assertThrows(DeviceException.class, () -> open(search)).getMessage();
    }

    @Test
    void theLibraryThatServesIsNamedWithItsVersionAndFile() {
        String expected = "cuDNN 9.99.0, " + cudnn.file();
        assertEquals(new Said(expected, expected, true), open(cudnn.search()));
    }

    @Test
    void aMissingLibraryIsNamedWithWhereItWasLookedFor() {
        Said said = open(emulator.search());
        String expected = "own kernels, as libcudnn.so.9 is not in " + emulator.folder();
        assertTrue(said.opened().startsWith(expected), said.opened());
        assertTrue(said.opened().contains("and libcudnn.so.8 is not in"), said.opened());
        assertEquals(new Said(said.opened(), said.opened(), false), said);
    }

    @Test
    void theOlderLibraryServesWhereThereIsNoOther() {
        String expected = "cuDNN 8.9.90, " + eight.file() + ", through JCudnn";
        assertEquals(new Said(expected, expected, true), open(eight.search()));
        assertEquals(open(cudnn.search()), open(both()));
    }

    private LibrarySearch both() {
        return LibrarySearch.in(
                List.of(eight.file().getParent(), cudnn.file().getParent(), emulator.folder()));
    }

    @Test
    void theOlderLibraryServesWhereItIsAskedFor() {
        System.setProperty(CudnnChoice.PROPERTY, "8");
        assertTrue(open(both()).opened().startsWith("cuDNN 8.9.90"), "not the newer one");
        String reason = refusal(cudnn.search());
        assertTrue(reason.contains("asks for cuDNN 8, but libcudnn.so.8 is not in"), reason);
    }

    @Test
    void aLibraryThatLacksFunctionsIsNotUsed() throws IOException {
        Files.copy(emulator.folder().resolve("libnvrtc.so.12"), folder.resolve("libcudnn.so.9"));
        Said said = open(LibrarySearch.in(List.of(emulator.folder(), folder)));
        assertTrue(said.opened().contains("has no function cudnnGetVersion"), said.opened());
        assertEquals(new Said(said.opened(), said.opened(), false), said);
    }

    @Test
    void aLibraryThatDoesNotStartIsNotUsedAndItsStatusIsSaid() {
        cudnn.failNext(1001);
        Said said = open(cudnn.search());
        assertTrue(
                said.opened().startsWith("own kernels, as cuDNN 9.99.0, ")
                        && said.opened()
                                .contains(
                                        "does not start: cudnnCreate gave"
                                                + " CUDNN_STATUS_NOT_INITIALIZED"),
                said.opened());
        assertEquals(false, said.byCudnn());
    }

    @Test
    void ownKernelsServeWhereTheyAreAskedFor() {
        System.setProperty(CudnnChoice.PROPERTY, "own");
        String expected = "own kernels, as the property gradus.cuda.dnn asks for";
        assertEquals(new Said(expected, expected, false), open(cudnn.search()));
    }

    @Test
    void aLibraryThatIsAskedForMustBeThere() {
        System.setProperty(CudnnChoice.PROPERTY, "9");
        assertEquals(true, open(cudnn.search()).byCudnn());
        String reason = refusal(emulator.search());
        assertTrue(
                reason.startsWith(
                        "the property gradus.cuda.dnn asks for cuDNN 9, but libcudnn.so.9 is not"
                                + " in"),
                reason);
    }

    @Test
    void aLibraryThatIsAskedForMustStart() {
        System.setProperty(CudnnChoice.PROPERTY, "9");
        long blocks = emulator.blocks();
        cudnn.failNext(1001);
        String reason = refusal(cudnn.search());
        assertTrue(reason.contains("does not start: cudnnCreate gave"), reason);
        assertEquals(blocks, emulator.blocks(), "memory given back");
    }

    @Test
    void anUnknownWishIsRefused() {
        System.setProperty(CudnnChoice.PROPERTY, "7");
        String reason = refusal(cudnn.search());
        assertTrue(reason.contains("is '7': it may be auto, 9, 8 or own"), reason);
    }
}
