package org.gradus.cuda;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.gradus.cuda.dnn.Cudnn;
import org.gradus.cuda.dnn.ForeignCudnn;
import org.gradus.cuda.library.DeviceStream;
import org.gradus.cuda.library.LibrarySearch;
import org.gradus.cuda.library.NativeLibrary;
import org.gradus.device.DeviceException;

/**
 * Which cuDNN serves, and why. The property {@code gradus.cuda.dnn} asks for {@code 9} or for
 * {@code own} kernels instead; {@code auto}, the default, takes what is there.
 *
 * @param library the library that serves, if one does
 * @param wanted whether the property asks for this very one, so that nothing else will do
 * @param description the library, or why there is none; for {@code gradus doctor}
 */
record CudnnChoice(Optional<NativeLibrary> library, boolean wanted, String description) {
    static final String PROPERTY = "gradus.cuda.dnn";

    private static final List<String> NAMES = List.of("libcudnn.so.9", "cudnn64_9.dll");

    /**
     * Makes the choice that the property asks for.
     *
     * @throws DeviceException if it asks for what is not there, or for what is unknown
     */
    static CudnnChoice of(LibrarySearch search) {
        String wish = System.getProperty(PROPERTY, "auto").strip().toLowerCase(Locale.ROOT);
        return switch (wish) {
            case "auto" -> automatic(search);
            case "9" -> forced(search);
            case "own" -> none("own kernels, as the property " + PROPERTY + " asks for");
            default ->
                    throw new DeviceException(
                            "the property "
                                    + PROPERTY
                                    + " is '"
                                    + wish
                                    + "': it may be auto, 9 or own");
        };
    }

    private static CudnnChoice automatic(LibrarySearch search) {
        try {
            return search.open(NAMES)
                    .map(library -> of(library, false))
                    .orElseGet(() -> none("own kernels, as " + missing(search)));
        } catch (UnsatisfiedLinkError incomplete) {
            return none("own kernels, as " + incomplete.getMessage());
        }
    }

    private static CudnnChoice forced(LibrarySearch search) {
        String asked = "the property " + PROPERTY + " asks for cuDNN 9, but ";
        try {
            return search.open(NAMES)
                    .map(library -> of(library, true))
                    .orElseThrow(() -> new DeviceException(asked + missing(search)));
        } catch (UnsatisfiedLinkError incomplete) {
            throw new DeviceException(asked + incomplete.getMessage(), incomplete);
        }
    }

    private static CudnnChoice of(NativeLibrary library, boolean wanted) {
        String version = ForeignCudnn.text(ForeignCudnn.version(library));
        return new CudnnChoice(
                Optional.of(library), wanted, "cuDNN " + version + ", " + library.file());
    }

    private static String missing(LibrarySearch search) {
        return "libcudnn.so.9 is not in "
                + search.description()
                + "; 'pip install nvidia-cudnn-cu13' (or -cu12) brings it";
    }

    private static CudnnChoice none(String reason) {
        return new CudnnChoice(Optional.empty(), false, reason);
    }

    /**
     * Starts the library on a device's stream.
     *
     * @return the library, or nothing if none serves
     * @throws DeviceException if it does not start
     */
    Optional<Cudnn> start(DeviceStream stream) {
        return library.map(found -> start(found, stream));
    }

    private static Cudnn start(NativeLibrary library, DeviceStream stream) {
        try {
            return stream.call(() -> new ForeignCudnn(library, stream));
        } catch (UnsatisfiedLinkError incomplete) {
            throw new DeviceException(incomplete.getMessage(), incomplete);
        }
    }
}
