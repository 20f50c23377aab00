package org.gradus.cuda;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.gradus.cuda.dnn.Cudnn;
import org.gradus.cuda.dnn.ForeignCudnn;
import org.gradus.cuda.dnn.JCudnnLibrary;
import org.gradus.cuda.library.DeviceStream;
import org.gradus.cuda.library.LibrarySearch;
import org.gradus.cuda.library.NativeLibrary;
import org.gradus.device.DeviceException;

/**
 * Which cuDNN serves, and why: cuDNN 9, else cuDNN 8 through JCudnn, else none. The property {@code
 * gradus.cuda.dnn} asks for {@code 9}, {@code 8} or {@code own} kernels and nothing else; {@code
 * auto} is the default.
 *
 * @param starter starts the library that serves, if one does
 * @param isForced whether the property asks for this very one, so that nothing else will do
 * @param description the library, or why there is none; for {@code gradus doctor}
 * @param recurrentLayers what serves for layers of recurrent networks, likewise
 */
record CudnnChoice(
        Optional<Starter> starter, boolean isForced, String description, String recurrentLayers) {
    static final String PROPERTY = "gradus.cuda.dnn";

    private static final List<String> NAMES_OF_9 = List.of("libcudnn.so.9", "cudnn64_9.dll");
    private static final List<String> NAMES_OF_8 = List.of("libcudnn.so.8", "cudnn64_8.dll");

    /** Starts a library on a device's stream. */
    interface Starter {
        /** Returns the library with a handle. */
        Cudnn start(DeviceStream stream);
    }

    /** A library, what it is and what serves for recurrent layers then, or none and why. */
    private record Found(Optional<Starter> starter, String text, String recurrentLayers) {
        /** Tells why there is none. */
        Found(String reason) {
            this(Optional.empty(), reason, reason);
        }
    }

    /**
     * Makes the choice that the property asks for.
     *
     * @throws DeviceException if it asks for what is not there, or for what is unknown
     */
    static CudnnChoice of(LibrarySearch search) {
        String wish = System.getProperty(PROPERTY, "auto").strip().toLowerCase(Locale.ROOT);
        return switch (wish) {
            case "auto" -> automatic(search);
            case "9" -> forced(wish, nine(search));
            case "8" -> forced(wish, eight(search));
            case "own" -> none("own kernels, as the property " + PROPERTY + " asks for");
            default ->
                    throw new DeviceException(
                            "the property "
                                    + PROPERTY
                                    + " is '"
                                    + wish
                                    + "': it may be auto, 9, 8 or own");
        };
    }

    private static CudnnChoice automatic(LibrarySearch search) {
        Found nine = nine(search);
        if (nine.starter().isPresent()) {
            return of(nine, false);
        }
        Found eight = eight(search);
        return eight.starter().isPresent()
                ? of(eight, false)
                : none("own kernels, as " + nine.text() + "; and " + eight.text());
    }

    private static CudnnChoice forced(String wish, Found found) {
        if (found.starter().isEmpty()) {
            throw new DeviceException(
                    "the property "
                            + PROPERTY
                            + " asks for cuDNN "
                            + wish
                            + ", but "
                            + found.text()
                            + "; set it to auto to go on without");
        }
        return of(found, true);
    }

    private static CudnnChoice of(Found found, boolean isForced) {
        return new CudnnChoice(found.starter(), isForced, found.text(), found.recurrentLayers());
    }

    private static CudnnChoice none(String reason) {
        return new CudnnChoice(Optional.empty(), false, reason, reason);
    }

    private static Found nine(LibrarySearch search) {
        try {
            return search.open(NAMES_OF_9)
                    .map(
                            library ->
                                    new Found(
                                            Optional.of(
                                                    stream -> new ForeignCudnn(library, stream)),
                                            text(library),
                                            text(library)))
                    .orElseGet(() -> missing(NAMES_OF_9, search));
        } catch (UnsatisfiedLinkError incomplete) {
            return new Found(incomplete.getMessage());
        }
    }

    private static Found eight(LibrarySearch search) {
        try {
            Optional<NativeLibrary> library = search.open(NAMES_OF_8);
            if (library.isEmpty()) {
                return missing(NAMES_OF_8, search);
            }
            Optional<String> failure = JCudnnLibrary.failure();
            return failure.map(Found::new)
                    .orElseGet(
                            () ->
                                    new Found(
                                            Optional.of(JCudnnLibrary::new),
                                            text(library.get()) + ", through JCudnn",
                                            "own kernels, as cuDNN 8 serves for convolutions"
                                                    + " alone"));
        } catch (UnsatisfiedLinkError incomplete) {
            return new Found(incomplete.getMessage());
        }
    }

    private static String text(NativeLibrary library) {
        String version = ForeignCudnn.text(ForeignCudnn.version(library));
        return "cuDNN " + version + ", " + library.file();
    }

    private static Found missing(List<String> names, LibrarySearch search) {
        String text = names.getFirst() + " is not in " + search.description();
        return new Found(
                names == NAMES_OF_9
                        ? text + " ('pip install nvidia-cudnn-cu13' or -cu12 brings it)"
                        : text);
    }

    /**
     * Starts the library on a device's stream.
     *
     * @return the library, or nothing if none serves
     * @throws DeviceException if it does not start
     */
    Optional<Cudnn> start(DeviceStream stream) {
        return starter.map(
                found -> {
                    try {
                        return stream.call(() -> found.start(stream));
                    } catch (UnsatisfiedLinkError incomplete) {
                        throw new DeviceException(incomplete.getMessage(), incomplete);
                    }
                });
    }
}
