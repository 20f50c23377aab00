package example;

import static org.gradus.train.TrainingLength.epochs;

import org.gradus.data.Digits;
import org.gradus.metrics.Accuracy;
import org.gradus.nn.Dropout;
import org.gradus.nn.Flatten;
import org.gradus.nn.Linear;
import org.gradus.nn.Loss;
import org.gradus.nn.ReLU;
import org.gradus.nn.Sequential;
import org.gradus.optim.Adam;
import org.gradus.train.Trainer;

/** Trains a small network on the digits that come with the library. */
public final class DigitsExample {
    private DigitsExample() {}

    /** Takes the name of a device, or nothing for the default one. */
    public static void main(String[] arguments) {
        var model =
                new Sequential(
                        new Flatten(),
                        new Linear(64, 64),
                        new ReLU(),
                        new Dropout(0.1),
                        new Linear(64, 10));
        var trainer =
                Trainer.of(model)
                        .optimizer(Adam.withLearningRate(3e-3))
                        .loss(Loss.crossEntropy())
                        .metric(new Accuracy());
        if (arguments.length > 0) {
            trainer.device(arguments[0]);
        }
        var result = trainer.fit(Digits.train(), Digits.validation(), epochs(20));
        System.out.println(model.device().name() + " " + result.validation());
    }
}
