/** The program {@code gradus}; the only module that names all backends. */
module org.gradus.cli {
    requires org.gradus;
    requires org.gradus.cpu;
    requires org.gradus.cuda;
    requires org.gradus.opencl;
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.dataformat.yaml;
    requires info.picocli;
    requires java.desktop;
    requires jdk.management;
    requires me.tongfei.progressbar;
    requires xchart;

    opens org.gradus.cli to
            info.picocli;
}
