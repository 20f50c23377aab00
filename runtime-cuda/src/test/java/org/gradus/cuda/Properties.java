package org.gradus.cuda;

/** System properties that are set for a while. */
final class Properties {
    private Properties() {}

    /** Runs something with a property, and sets it back. */
    static void with(String name, String value, Runnable action) {
        String before = System.getProperty(name);
        System.setProperty(name, value);
        try {
            action.run();
        } finally {
            if (before == null) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, before);
            }
        }
    }
}
