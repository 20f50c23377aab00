package org.gradus.cpu.convolution;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.gradus.cpu.convolution.winograd.WinogradCost;

/**
 * By which algorithm a convolution and its gradients are computed. The choice follows from the
 * shapes alone, so that results are the same on every machine; the property {@value #PROPERTY}
 * overrides it, to compare both.
 */
enum ConvolutionChoice {
    /** Whichever takes fewer multiplications, by {@link WinogradCost}. */
    AUTO,
    /** Direct products always. */
    DIRECT,
    /** Minimal filtering wherever it is possible. */
    WINOGRAD;

    /**
     * The system property with the choice: {@code auto} (default), {@code direct}, {@code
     * winograd}.
     */
    static final String PROPERTY = "gradus.cpu.convolution";

    /**
     * Returns the choice of the system property.
     *
     * @throws IllegalArgumentException if it is none of the three
     */
    static ConvolutionChoice ofProperty() {
        String name = System.getProperty(PROPERTY, "auto");
        for (var choice : values()) {
            if (choice.toString().equals(name.toLowerCase(Locale.ROOT))) {
                return choice;
            }
        }
        String known =
                Arrays.stream(values()).map(Object::toString).collect(Collectors.joining(", "));
        throw new IllegalArgumentException(
                "-D" + PROPERTY + "=" + name + " is not known: choose one of " + known);
    }

    /** Returns whether to compute a convolution, or its input's gradient, by minimal filtering. */
    boolean isWinograd(Geometry geometry) {
        return isWinograd(geometry, WinogradCost.pays(geometry));
    }

    /** Returns whether to compute the gradient of the filters by minimal filtering. */
    boolean isWinogradWeightGradient(Geometry geometry) {
        return isWinograd(geometry, WinogradCost.paysForWeightGradient(geometry));
    }

    private boolean isWinograd(Geometry geometry, boolean pays) {
        return switch (this) {
            case AUTO -> pays;
            case DIRECT -> false;
            case WINOGRAD -> WinogradCost.serves(geometry);
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
