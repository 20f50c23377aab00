package org.gradus.cli.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.gradus.device.Window;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/** Convolutions of LeNet, ResNet-18 on 32 by 32 pixels and DCGAN, and their gradients. */
final class Convolutions {
    /** What is computed. */
    private enum Pass {
        FORWARD,
        INPUT_GRADIENT,
        WEIGHT_GRADIENT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** A convolution of square images. */
    private record Layer(
            int batch, int channels, int filters, int size, int kernel, int stride, int padding) {

        String label() {
            String text = "%dx%d>%d %d² %d²".formatted(batch, channels, filters, size, kernel);
            return stride == 1 ? text : text + " stride " + stride;
        }

        Window window() {
            return new Window(
                    new int[] {kernel, kernel},
                    new int[] {stride, stride},
                    new int[] {padding, padding},
                    new int[] {1, 1});
        }

        double operations() {
            int side = window().outputSize(0, size);
            return 2.0 * batch * filters * side * side * channels * kernel * kernel;
        }
    }

    private static final List<Layer> LAYERS =
            List.of(
                    new Layer(64, 1, 32, 28, 3, 1, 1),
                    new Layer(64, 32, 64, 14, 3, 1, 1),
                    new Layer(32, 64, 64, 32, 3, 1, 1),
                    new Layer(32, 128, 128, 16, 3, 1, 1),
                    new Layer(32, 256, 256, 8, 3, 1, 1),
                    new Layer(32, 512, 512, 4, 3, 1, 1),
                    new Layer(32, 64, 128, 32, 3, 2, 1),
                    new Layer(64, 64, 128, 14, 4, 2, 1));

    private Convolutions() {}

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Layer layer : LAYERS) {
            for (Pass pass : Pass.values()) {
                // Nobody asks for the gradient of images.
                if (layer.channels > 1 || pass != Pass.INPUT_GRADIENT) {
                    cases.add(of(layer, pass));
                }
            }
        }
        return cases;
    }

    private static Case of(Layer layer, Pass pass) {
        Shape image = Shape.of(layer.batch, layer.channels, layer.size, layer.size);
        Shape kernel = Shape.of(layer.filters, layer.channels, layer.kernel, layer.kernel);
        return new Case(
                layer.label() + " " + pass,
                layer.batch,
                layer.operations(),
                device -> {
                    Generator data = new Generator(0);
                    Tensor x = Training.kept(() -> data.normal(device, image)).requireGradient();
                    Tensor weight =
                            Training.kept(() -> data.normal(device, kernel)).requireGradient();
                    if (pass == Pass.FORWARD) {
                        return () -> forward(x.detach(), weight.detach(), layer.window());
                    }
                    Tensor y = x.convolve(weight, null, layer.window(), 1);
                    Tensor seed = Training.kept(() -> data.normal(device, y.shape()));
                    List<Tensor> input = List.of(pass == Pass.INPUT_GRADIENT ? x : weight);
                    return () -> {
                        try (var _ = Scope.open()) {
                            // A graph of gradients keeps the tape for the next step.
                            Autograd.gradients(y, seed, input, true);
                        }
                    };
                });
    }

    private static void forward(Tensor x, Tensor weight, Window window) {
        try (var _ = Scope.open()) {
            x.convolve(weight, null, window, 1);
        }
    }
}
