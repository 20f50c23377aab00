/** Device kernels in one dialect, and the code that turns them into program text. */
module org.gradus.kernels {
    requires transitive org.gradus;

    exports org.gradus.kernels;
    exports org.gradus.kernels.families;
    exports org.gradus.kernels.runtime;
}
