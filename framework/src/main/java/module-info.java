/** What users program against: tensors, gradients, layers, optimizers, data and training. */
module org.gradus {
    requires com.fasterxml.jackson.databind;
    requires com.google.protobuf;
    requires de.siegmar.fastcsv;
    requires java.net.http;
    requires static java.desktop;

    exports org.gradus.data;
    exports org.gradus.data.text;
    exports org.gradus.device;
    exports org.gradus.dtype;
    exports org.gradus.expr;
    exports org.gradus.io;
    exports org.gradus.metrics;
    exports org.gradus.models;
    exports org.gradus.nn;
    exports org.gradus.optim;
    exports org.gradus.shape;
    exports org.gradus.tensor;
    exports org.gradus.train;

    uses org.gradus.device.DeviceProvider;
}
