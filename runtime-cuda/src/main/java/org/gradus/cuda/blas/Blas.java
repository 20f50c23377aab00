package org.gradus.cuda.blas;

import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.gradus.cuda.library.DeviceStream;
import org.gradus.cuda.library.LibrarySearch;
import org.gradus.cuda.library.NativeLibrary;
import org.gradus.device.DeviceException;
import org.gradus.device.View;

/**
 * The library that multiplies matrices: cublasLt, else cuBLAS 12 through JCublas, else none, which
 * leaves all products to the own kernels.
 *
 * <p>System properties: {@code gradus.cuda.blas} is {@code auto}, or {@code lt}, {@code jcublas} or
 * {@code own} for one of them and no other; {@code gradus.cuda.tf32=on} lets factors of {@code F32}
 * be rounded to 11 bits, for the sake of tensor cores.
 */
public final class Blas {
    private static final String PROPERTY = "gradus.cuda.blas";
    private static final String TF32_PROPERTY = "gradus.cuda.tf32";

    /** The compute capability from on which NVIDIA advises a larger workspace. */
    private static final int HOPPER = 90;

    private static final long HOPPER_WORKSPACE = 32L << 20;
    private static final long WORKSPACE = 4L << 20;

    /** Opens a library for a device. */
    private interface Opener {
        GemmLibrary open(DeviceStream stream, long workspaceBytes);
    }

    private final Optional<Opener> opener;
    private final boolean isForced;
    private final String description;

    private Blas(Optional<Opener> opener, boolean isForced, String description) {
        this.opener = opener;
        this.isForced = isForced;
        this.description = description;
    }

    /**
     * Chooses a library.
     *
     * @throws DeviceException if the properties ask for what there is not
     */
    public static Blas choose(LibrarySearch search) {
        boolean tensorFloat32 = isOn();
        String wanted = System.getProperty(PROPERTY, "auto");
        return switch (wanted) {
            case "own" -> new Blas(Optional.empty(), true, "own kernels: " + PROPERTY + "=own");
            case "lt" -> forced(lt(search, tensorFloat32), wanted);
            case "jcublas" -> forced(jcublas(search, tensorFloat32), wanted);
            case "auto" -> {
                Found lt = lt(search, tensorFloat32);
                Found found = lt.opener().isPresent() ? lt : jcublas(search, tensorFloat32);
                yield found.opener().isPresent()
                        ? new Blas(found.opener(), false, found.text())
                        : new Blas(
                                Optional.empty(),
                                false,
                                "own kernels: " + lt.text() + "; " + found.text());
            }
            default ->
                    throw new DeviceException(
                            "the property "
                                    + PROPERTY
                                    + " is '"
                                    + wanted
                                    + "': it takes one of "
                                    + List.of("auto", "lt", "jcublas", "own"));
        };
    }

    private static boolean isOn() {
        String value = System.getProperty(TF32_PROPERTY, "off");
        return switch (value) {
            case "on" -> true;
            case "off" -> false;
            default ->
                    throw new DeviceException(
                            "the property "
                                    + TF32_PROPERTY
                                    + " is '"
                                    + value
                                    + "': it takes on or off");
        };
    }

    private static Blas forced(Found found, String wanted) {
        if (found.opener().isEmpty()) {
            throw new DeviceException(
                    "the property "
                            + PROPERTY
                            + " asks for "
                            + wanted
                            + ", but "
                            + found.text()
                            + "; set it to auto to go on without");
        }
        return new Blas(found.opener(), true, found.text());
    }

    /** A library and what it is, or none and why. */
    private record Found(Optional<Opener> opener, String text) {}

    private static Found lt(LibrarySearch search, boolean tensorFloat32) {
        try {
            Optional<CublasLt> library = CublasLt.open(search);
            if (library.isEmpty()) {
                return new Found(Optional.empty(), absent(CublasLt.LOOKED_FOR, search));
            }
            CublasLt lt = library.get();
            Opener opener = (stream, bytes) -> new LtGemms(lt, stream, bytes, tensorFloat32);
            String text = "cublasLt: " + lt.file() + ", version " + lt.version();
            return new Found(Optional.of(opener), text + tf32(tensorFloat32));
        } catch (UnsatisfiedLinkError e) {
            return new Found(Optional.empty(), e.getMessage());
        }
    }

    private static Found jcublas(LibrarySearch search, boolean tensorFloat32) {
        Optional<NativeLibrary> cublas = JCublasLibrary.open(search);
        if (cublas.isEmpty()) {
            return new Found(Optional.empty(), absent(JCublasLibrary.LOOKED_FOR, search));
        }
        Optional<String> failure = JCublasLibrary.failure();
        if (failure.isPresent()) {
            return new Found(Optional.empty(), failure.get());
        }
        Opener opener = (stream, bytes) -> new JCublasGemms(stream, bytes, tensorFloat32);
        String text = "JCublas: " + cublas.get().file();
        return new Found(Optional.of(opener), text + tf32(tensorFloat32));
    }

    private static String absent(String names, LibrarySearch search) {
        return names + " is not in " + search.description();
    }

    private static String tf32(boolean isOn) {
        return isOn ? ", TF32 on" : ", TF32 off (" + TF32_PROPERTY + "=on)";
    }

    /** Returns what serves, and which file, or why there is none. */
    public String description() {
        return description;
    }

    /**
     * Opens the library for a device. Where it does not work with the device, the own kernels do.
     *
     * @param architecture the device's compute capability, 90 for 9.0
     * @param copy copies a view to another of equal shape
     * @throws DeviceException if it does not work and a property asks for it
     */
    public Multiplication open(DeviceStream stream, int architecture, BiConsumer<View, View> copy) {
        if (opener.isEmpty()) {
            return new Multiplication(stream, Optional.empty(), description, copy);
        }
        long workspaceBytes = architecture >= HOPPER ? HOPPER_WORKSPACE : WORKSPACE;
        try {
            GemmLibrary library = stream.call(() -> opener.get().open(stream, workspaceBytes));
            stream.onClose(library::close);
            return new Multiplication(stream, Optional.of(library), description, copy);
        } catch (DeviceException e) {
            if (isForced) {
                throw e;
            }
            String reason = "own kernels: " + e.getMessage();
            return new Multiplication(stream, Optional.empty(), reason, copy);
        }
    }
}
