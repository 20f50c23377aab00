package org.gradus.tests.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.gradus.dtype.DType;
import org.gradus.nn.BatchNorm1d;
import org.gradus.nn.BatchNorm2d;
import org.gradus.nn.Conv1d;
import org.gradus.nn.Conv2d;
import org.gradus.nn.Conv3d;
import org.gradus.nn.ConvTranspose2d;
import org.gradus.nn.Embedding;
import org.gradus.nn.Flatten;
import org.gradus.nn.GroupNorm;
import org.gradus.nn.InstanceNorm2d;
import org.gradus.nn.Layer;
import org.gradus.nn.LayerNorm;
import org.gradus.nn.Linear;
import org.gradus.nn.MaxPool2d;
import org.gradus.nn.PReLU;
import org.gradus.nn.Parameter;
import org.gradus.nn.RMSNorm;
import org.gradus.nn.ReLU;
import org.gradus.nn.Sequential;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Tensor;

/** What each golden layer is in Gradus, a line for each: {@code families/layers.py}. */
final class Layers {
    private final Map<String, Function<Call, Layer>> layers = new LinkedHashMap<>();

    Layers() {
        layers.put("Linear", c -> new Linear(c.integers("sizes")[0], c.integers("sizes")[1]));
        layers.put("Embedding", c -> new Embedding(c.integers("sizes")[0], c.integers("sizes")[1]));
        layers.put("Conv1d", _ -> new Conv1d(2, 3, 3).padding(1));
        layers.put("Conv2d", _ -> new Conv2d(4, 6, 3).stride(2).padding(1).groups(2));
        layers.put("Conv3d", _ -> new Conv3d(2, 3, 2).dilation(2));
        layers.put(
                "ConvTranspose2d",
                _ -> new ConvTranspose2d(3, 4, 3).stride(2).padding(1).outputPadding(1));
        layers.put("BatchNorm1d", _ -> new BatchNorm1d(3));
        layers.put("BatchNorm2d", _ -> new BatchNorm2d(3));
        layers.put("InstanceNorm2d", _ -> new InstanceNorm2d(3).affine());
        layers.put("LayerNorm", _ -> new LayerNorm(7));
        layers.put("RMSNorm", _ -> new RMSNorm(7, 1e-6));
        layers.put("GroupNorm", _ -> new GroupNorm(2, 6));
        layers.put("PReLU", _ -> new PReLU());
        layers.put(
                "network",
                _ ->
                        new Sequential(
                                new Conv2d(1, 4, 3).padding(1),
                                new BatchNorm2d(4),
                                new ReLU(),
                                new MaxPool2d(2),
                                new Flatten(),
                                new Linear(24, 5)));
    }

    /** Returns the names of the operations that are layers. */
    Iterable<String> names() {
        return layers.keySet();
    }

    /**
     * Calls a layer that has the parameters and buffers of a case. In the call's inputs, those are
     * replaced by the layer's own, so that gradients are asked of them.
     */
    List<Tensor> apply(String name, Call call) {
        Tensor x = call.x();
        Layer layer = layers.get(name).apply(call);
        layer.initialize(x.device(), 0);
        if (x.dtype() == DType.F64) {
            layer.to(DType.F64);
        }
        layer.loadStateDict(state(call, x));
        Layer ready = (Layer) (call.flag("training") ? layer.train() : layer.eval());
        List<Tensor> outputs = new ArrayList<>();
        outputs.add(ready.apply(x));
        if (call.flag("statistics")) {
            Map<String, HostArray> after = layer.stateDict();
            outputs.add(Tensor.of(after.get("running_mean"), x.device()));
            outputs.add(Tensor.of(after.get("running_var"), x.device()));
        }
        Map<String, Parameter> parameters = layer.parameters();
        call.parameters()
                .forEach(
                        (i, local) -> {
                            if (parameters.containsKey(local)) {
                                call.inputs().set(i, parameters.get(local).value());
                            }
                        });
        return outputs;
    }

    private static Map<String, HostArray> state(Call call, Tensor x) {
        DType type = x.dtype() == DType.F64 ? DType.F64 : DType.F32;
        Map<String, HostArray> state = new LinkedHashMap<>();
        call.parameters()
                .forEach(
                        (i, name) -> {
                            Tensor value = call.inputs().get(i).detach();
                            boolean floating = value.dtype().isFloating();
                            state.put(name, (floating ? value.to(type) : value).toHost());
                        });
        return state;
    }
}
