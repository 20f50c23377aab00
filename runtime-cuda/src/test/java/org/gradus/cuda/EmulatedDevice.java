package org.gradus.cuda;

import java.nio.file.Path;
import org.gradus.cuda.library.DeviceStream;
import org.gradus.cuda.library.LibrarySearch;
import org.gradus.kernels.runtime.BinaryCache;

/** A device of the emulated driver, for tests of what is put into its stream. */
public final class EmulatedDevice implements AutoCloseable {
    private final CudaDevice device;

    /**
     * Opens a device.
     *
     * @param cache where compiled kernels are kept
     */
    public EmulatedDevice(LibrarySearch search, Path cache) {
        Cuda cuda = Cuda.open(search);
        DeviceInfo info = cuda.devices().getFirst();
        this.device = CudaDevice.open("cuda:0", info, cuda, 1L << 26, new BinaryCache(cache));
    }

    /** Returns its stream. */
    public DeviceStream stream() {
        return device.stream();
    }

    @Override
    public void close() {
        device.close();
    }
}
