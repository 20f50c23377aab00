package org.gradus.tensor;

import java.util.Set;

/** The system properties that change how tensors work, read once. */
final class Settings {
    /** {@code gradus.fusion=off} computes every pointwise operation at once. */
    static final boolean FUSION = !"off".equals(System.getProperty("gradus.fusion"));

    /** {@code gradus.debug=memory} records where tensors were created and released. */
    static final boolean DEBUG_MEMORY =
            Set.of(System.getProperty("gradus.debug", "").split(",")).contains("memory");

    private Settings() {}

    /** Returns the place in the user's code that is running, if memory is being debugged. */
    static Throwable site(String what) {
        return DEBUG_MEMORY ? new Throwable(what) : null;
    }
}
