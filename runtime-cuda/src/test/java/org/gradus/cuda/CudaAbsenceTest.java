package org.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.gradus.cuda.library.LibrarySearch;
import org.gradus.device.DeviceException;
import org.gradus.device.DeviceProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said where CUDA, or a part of it, is missing or too old. */
class CudaAbsenceTest {
    private final Emulator emulator = Emulator.get();

    @TempDir Path folder;

    private String reason() {
        return reason(LibrarySearch.in(List.of(folder)));
    }

    private static String reason(LibrarySearch search) {
        return assertThrows(DeviceException.class, () -> Cuda.open(search)).getMessage();
    }

    private void copy(String library) throws IOException {
        Files.copy(emulator.folder().resolve(library), folder.resolve(library));
    }

    @Test
    void aMissingDriverIsNamedWithWhereItWasLookedFor() {
        String reason = reason();
        assertTrue(reason.startsWith("no NVIDIA driver: libcuda.so.1 is not in " + folder), reason);
    }

    @Test
    void aLibraryThatDoesNotLoadCountsAsMissing() throws IOException {
        Files.writeString(folder.resolve("libcuda.so.1"), "no library");
        assertTrue(reason().startsWith("no NVIDIA driver"), reason());
    }

    @Test
    void aMissingCompilerIsNamedWithWhatToInstall() throws IOException {
        copy("libcuda.so.1");
        String reason = reason();
        assertTrue(reason.contains("libnvrtc.so.13 or libnvrtc.so.12 is not in " + folder), reason);
        assertTrue(reason.contains("pip install nvidia-cuda-nvrtc"), reason);
    }

    @Test
    void aDriverWithoutAGpuSaysSo() {
        emulator.setDevices(0);
        try {
            assertEquals("the NVIDIA driver sees no GPU", reason(emulator.search()));
        } finally {
            emulator.setDevices(1);
        }
    }

    @Test
    void anOldDriverIsNamedWithTheVersionThatIsNeeded() {
        emulator.setDriverVersion(11080);
        try {
            String reason = reason(emulator.search());
            assertTrue(reason.contains("it supports CUDA 11.8, and 12.2 is needed"), reason);
        } finally {
            emulator.setDriverVersion(12020);
        }
    }

    @Test
    void theProviderNeverThrows() {
        String before = System.getProperty("gradus.cuda.path");
        System.setProperty("gradus.cuda.path", folder.toString());
        try {
            DeviceProvider provider = new CudaProvider();
            DeviceProvider.Discovery found = provider.discover();
            assertEquals("cuda", provider.name());
            assertTrue(found.devices().isEmpty());
            assertTrue(found.reasons().getFirst().contains("no NVIDIA driver"));
            assertThrows(DeviceException.class, () -> provider.open(0));
            System.setProperty("gradus.cuda.path", emulator.folder().toString());
            assertEquals(1, provider.discover().devices().size());
            provider.open(0).close();
            var missing = assertThrows(DeviceException.class, () -> provider.open(1));
            assertEquals("there is no device cuda:1: the last one is cuda:0", missing.getMessage());
        } finally {
            if (before == null) {
                System.clearProperty("gradus.cuda.path");
            } else {
                System.setProperty("gradus.cuda.path", before);
            }
        }
    }
}
