package org.gradus.cpu.vector;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * The one place that decides between kernels on the Vector API and scalar ones.
 *
 * <p>The Vector API is used if its module is loaded ({@code --add-modules jdk.incubator.vector}),
 * the processor has vectors of at least 128 bits, and {@code -Dgradus.cpu.vector=off} does not say
 * otherwise. Without the module a warning names the flag, once.
 */
public final class VectorProvider {
    /** The system property that switches the Vector API off. */
    public static final String PROPERTY = "gradus.cpu.vector";

    private static final String MODULE = "jdk.incubator.vector";
    private static final int SMALLEST_BITS = 128;

    private static final VectorProvider CURRENT = decide();

    private final int bits;
    private final String description;

    private VectorProvider(int bits, String description) {
        this.bits = bits;
        this.description = description;
    }

    /** Returns whether classes that use the Vector API may be loaded and are worth it. */
    public static boolean available() {
        return CURRENT.bits >= SMALLEST_BITS;
    }

    /** Returns the width in bits of the processor's preferred float vectors; 0 if not available. */
    public static int bits() {
        return CURRENT.bits;
    }

    /** Returns what was decided and why, for people, as in {@code 256-bit vectors}. */
    public static String description() {
        return CURRENT.description;
    }

    private static VectorProvider decide() {
        if ("off".equalsIgnoreCase(System.getProperty(PROPERTY))) {
            return new VectorProvider(0, "scalar code: switched off by -D" + PROPERTY + "=off");
        }
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            Logger log = System.getLogger("org.gradus.cpu");
            log.log(
                    Level.WARNING,
                    "the CPU device runs scalar code, which is several times slower, because the"
                            + " module {0} is not loaded; start Java with --add-modules {0}",
                    MODULE);
            return new VectorProvider(0, "scalar code: started without --add-modules " + MODULE);
        }
        int bits = PreferredVectors.bits();
        if (bits < SMALLEST_BITS) {
            return new VectorProvider(
                    0, "scalar code: this processor's float vectors have " + bits + " bits");
        }
        return new VectorProvider(bits, bits + "-bit vectors");
    }
}
