package org.gradus.cuda;

import java.util.List;
import org.gradus.cuda.library.LibrarySearch;
import org.gradus.device.Device;
import org.gradus.device.DeviceException;
import org.gradus.device.DeviceProvider;

/** Offers the GPUs that the NVIDIA driver lists, in its order. */
public final class CudaProvider implements DeviceProvider {
    private static final int PRIORITY = 10;

    /** Creates the provider; called by {@link java.util.ServiceLoader}. */
    public CudaProvider() {}

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public int priority() {
        return PRIORITY;
    }

    @Override
    public Discovery discover() {
        try {
            Cuda cuda = Cuda.open(LibrarySearch.standard());
            return new Discovery(
                    cuda.devices().stream().map(info -> info.capabilities(cuda)).toList(),
                    List.of());
        } catch (DeviceException missing) {
            return new Discovery(List.of(), List.of(missing.getMessage()));
        } catch (LinkageError | RuntimeException broken) {
            return new Discovery(List.of(), List.of("CUDA cannot be used: " + broken.getMessage()));
        }
    }

    @Override
    public Device open(int index) {
        Cuda cuda = Cuda.open(LibrarySearch.standard());
        List<DeviceInfo> devices = cuda.devices();
        if (index < 0 || index >= devices.size()) {
            throw new DeviceException(
                    "there is no device cuda:"
                            + index
                            + ": the last one is cuda:"
                            + (devices.size() - 1));
        }
        return CudaDevice.open("cuda:" + index, devices.get(index), cuda);
    }
}
