package org.gradus.cli.task;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.gradus.cli.data.PictureFormat;
import org.gradus.data.Dataset;
import org.gradus.device.Device;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/**
 * Answers a picture with how far a model's reconstruction of it is off: far more for a picture of
 * another kind than those it learned from.
 */
final class PictureErrors implements Predictions {
    private final PictureFormat format;
    private final Device device;
    private final UnaryOperator<Tensor> reconstruct;

    /**
     * Makes answers.
     *
     * @param reconstruct makes pictures, of pixels from 0 to 1, of pictures {@code [batch,
     *     channels, height, width]}
     */
    PictureErrors(PictureFormat format, Device device, UnaryOperator<Tensor> reconstruct) {
        this.format = format;
        this.device = device;
        this.reconstruct = reconstruct;
    }

    @Override
    public List<Answer> answer(List<String> inputs, boolean invert) {
        return Inputs.read(inputs, format, invert).stream().map(this::answer).toList();
    }

    @Override
    public Answer answer(Dataset samples, int index) {
        return answer(Inputs.sample(samples, index));
    }

    private Answer answer(Inputs.Input input) {
        double error;
        try (var _ = Scope.open()) {
            error =
                    Autograd.withoutGradients(
                            () -> {
                                Tensor picture = Tensor.of(input.values(), device).unsqueeze(0);
                                Tensor made = reconstruct.apply(picture);
                                return made.sub(picture).abs().mean().toHost().get(0);
                            });
        }
        ObjectNode json = new JsonMapper().createObjectNode();
        json.put("input", input.name()).put("meanAbsoluteError", error);
        return new Answer(
                String.format(
                        Locale.ROOT,
                        "%s: reconstructed with a mean error of %.4f per pixel (0 to 1)",
                        input.name(),
                        error),
                json);
    }
}
