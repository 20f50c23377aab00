package org.gradus.cuda;

import java.util.Optional;
import jcuda.driver.JCudaDriver;
import org.gradus.cuda.library.JCudaNatives;
import org.gradus.device.DeviceException;

/** JCuda's native library, loaded once. */
final class JCudaLibrary {
    /** Why it could not be loaded, or nothing. */
    private static final Optional<String> FAILURE =
            JCudaNatives.load(
                    JCudaDriver.class,
                    "JCudaDriver-12.6.0",
                    // results are checked here, as not all that fails is an error
                    () -> JCudaDriver.setExceptionsEnabled(false));

    private JCudaLibrary() {}

    /**
     * Sees to it that JCuda can be called. The driver must be open: it is the one that JCuda finds.
     *
     * @throws DeviceException if the library could not be loaded; the message says why
     */
    static void require() {
        if (FAILURE.isPresent()) {
            throw new DeviceException(FAILURE.get());
        }
    }
}
