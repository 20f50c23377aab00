package org.gradus.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.gradus.tensor.Tensor;

/** Layers one after the other, named {@code "0"}, {@code "1"}, ... or as the caller says. */
public final class Sequential extends Layer {
    private final List<Layer> layers = new ArrayList<>();

    /** Creates the sequence of the given layers, named by their positions. */
    public Sequential(Layer... layers) {
        this(List.of(layers));
    }

    /** Creates the sequence of the given layers, named by their positions. */
    public Sequential(List<? extends Layer> layers) {
        for (Layer layer : layers) {
            add(Integer.toString(this.layers.size()), layer);
        }
    }

    /**
     * Creates the sequence of named layers.
     *
     * @param layers in the order of iteration, as of a {@link java.util.LinkedHashMap}
     */
    public Sequential(Map<String, ? extends Layer> layers) {
        layers.forEach(this::add);
    }

    private void add(String name, Layer layer) {
        layers.add(module(name, layer));
    }

    /** Returns the layers in order. */
    public List<Layer> layers() {
        return List.copyOf(layers);
    }

    @Override
    protected Tensor forward(Tensor x) {
        Tensor y = x;
        for (Layer layer : layers) {
            y = layer.apply(y);
        }
        return y;
    }
}
