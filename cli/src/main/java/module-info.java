/** The program {@code gradus}; the only module that names all backends. */
module org.gradus.cli {
    requires org.gradus;
    requires org.gradus.cpu;
    requires org.gradus.cuda;
    requires org.gradus.opencl;
    requires info.picocli;

    opens org.gradus.cli to
            info.picocli;
}
