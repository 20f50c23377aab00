package org.gradus.tests.conformance;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.AttentionOptions;
import org.gradus.tensor.Indexing.Sorted;
import org.gradus.tensor.Normalizations.BatchNormalized;
import org.gradus.tensor.Tensor;

/** What each golden operation is in Gradus, a line for each. */
public final class Operations {
    private final Map<String, Function<Call, List<Tensor>>> operations = new HashMap<>();

    private Operations() {
        unary();
        binary();
        comparisons();
        reductions();
        shapes();
        indexing();
        products();
        windows();
        normalizations();
        attention();
        chains();
        layersAndLosses();
        recurrences();
    }

    /** Returns all operations. */
    public static Operations all() {
        return new Operations();
    }

    /** Returns the outputs of an operation. */
    public List<Tensor> apply(String op, Call call) {
        Function<Call, List<Tensor>> operation = operations.get(op);
        if (operation == null) {
            throw new IllegalArgumentException("Operations.java lacks '" + op + "'");
        }
        return operation.apply(call);
    }

    private void put(String op, Function<Call, Tensor> function) {
        putAll(op, call -> List.of(function.apply(call)));
    }

    private void putAll(String op, Function<Call, List<Tensor>> function) {
        if (operations.put(op, function) != null) {
            throw new IllegalStateException("two definitions of '" + op + "'");
        }
    }

    private void unary() {
        put("neg", c -> c.x().neg());
        put("abs", c -> c.x().abs());
        put("sign", c -> c.x().sign());
        put("reciprocal", c -> c.x().reciprocal());
        put("sqrt", c -> c.x().sqrt());
        put("rsqrt", c -> c.x().rsqrt());
        put("square", c -> c.x().square());
        put("exp", c -> c.x().exp());
        put("expm1", c -> c.x().expm1());
        put("log", c -> c.x().log());
        put("log1p", c -> c.x().log1p());
        put("sin", c -> c.x().sin());
        put("cos", c -> c.x().cos());
        put("tan", c -> c.x().tan());
        put("sinh", c -> c.x().sinh());
        put("cosh", c -> c.x().cosh());
        put("tanh", c -> c.x().tanh());
        put("erf", c -> c.x().erf());
        put("floor", c -> c.x().floor());
        put("ceil", c -> c.x().ceil());
        put("round", c -> c.x().round());
        put("relu", c -> c.x().relu());
        put("relu6", c -> c.x().relu6());
        put("sigmoid", c -> c.x().sigmoid());
        put("logSigmoid", c -> c.x().logSigmoid());
        put("softplus", c -> c.x().softplus());
        put("gelu", c -> c.x().gelu());
        put("geluTanh", c -> c.x().geluTanh());
        put("silu", c -> c.x().silu());
        put("mish", c -> c.x().mish());
        put("selu", c -> c.x().selu());
        put("softsign", c -> c.x().softsign());
        put("hardTanh", c -> c.x().hardTanh());
        put("hardSigmoid", c -> c.x().hardSigmoid());
        put("hardSwish", c -> c.x().hardSwish());
        put("leakyRelu", c -> c.x().leakyRelu(c.number("slope")));
        put("elu", c -> c.x().elu(c.number("alpha")));
        put("clamp", c -> c.x().clamp(c.number("min"), c.number("max")));
        put("to", c -> c.x().to(DType.valueOf(c.arguments().text("type").toUpperCase())));
    }

    private void binary() {
        put("add", c -> c.x().add(c.y()));
        put("addNumber", c -> c.x().add(c.number("number")));
        put("sub", c -> c.x().sub(c.y()));
        put("subNumber", c -> c.x().sub(c.number("number")));
        put("rsubNumber", c -> c.x().rsub(c.number("number")));
        put("mul", c -> c.x().mul(c.y()));
        put("mulNumber", c -> c.x().mul(c.number("number")));
        put("div", c -> c.x().div(c.y()));
        put("divNumber", c -> c.x().div(c.number("number")));
        put("remainder", c -> c.x().remainder(c.y()));
        put("remainderNumber", c -> c.x().remainder(c.number("number")));
        put("pow", c -> c.x().pow(c.y()));
        put("powNumber", c -> c.x().pow(c.number("number")));
        put("maximum", c -> c.x().maximum(c.y()));
        put("minimum", c -> c.x().minimum(c.y()));
        put("lerp", c -> c.x().lerp(c.y(), c.number("weight")));
        put("promote", c -> Tensor.cat(0, c.x(), c.y()));
    }

    private void comparisons() {
        put("eq", c -> c.x().eq(c.y()));
        put("eqNumber", c -> c.x().eq(c.number("number")));
        put("ne", c -> c.x().ne(c.y()));
        put("neNumber", c -> c.x().ne(c.number("number")));
        put("lt", c -> c.x().lt(c.y()));
        put("ltNumber", c -> c.x().lt(c.number("number")));
        put("le", c -> c.x().le(c.y()));
        put("leNumber", c -> c.x().le(c.number("number")));
        put("gt", c -> c.x().gt(c.y()));
        put("gtNumber", c -> c.x().gt(c.number("number")));
        put("ge", c -> c.x().ge(c.y()));
        put("geNumber", c -> c.x().ge(c.number("number")));
        put("isNaN", c -> c.x().isNaN());
        put("isFinite", c -> c.x().isFinite());
        put("and", c -> c.x().and(c.y()));
        put("or", c -> c.x().or(c.y()));
        put("xor", c -> c.x().xor(c.y()));
        put("not", c -> c.x().not());
        put("where", c -> c.x().where(c.y(), c.z()));
        put("maskedFill", c -> c.x().maskedFill(c.y(), c.number("number")));
    }

    private void reductions() {
        put("sum", c -> keeping(c) ? c.x().sumKeeping(c.axes()) : c.x().sum(c.axes()));
        put("mean", c -> keeping(c) ? c.x().meanKeeping(c.axes()) : c.x().mean(c.axes()));
        put("prod", c -> keeping(c) ? c.x().prodKeeping(c.axes()) : c.x().prod(c.axes()));
        put("amax", c -> keeping(c) ? c.x().amaxKeeping(c.axes()) : c.x().amax(c.axes()));
        put("amin", c -> keeping(c) ? c.x().aminKeeping(c.axes()) : c.x().amin(c.axes()));
        put(
                "logSumExp",
                c -> keeping(c) ? c.x().logSumExpKeeping(c.axes()) : c.x().logSumExp(c.axes()));
        put("norm", c -> c.x().norm(c.axes()));
        put("var", c -> c.x().var(c.axes()));
        put("std", c -> c.x().std(c.axes()));
        put("varKeeping", c -> c.x().varKeeping(c.integer("correction"), c.axes()));
        put("argmax", c -> c.x().argmax(c.axis()));
        put("argmin", c -> c.x().argmin(c.axis()));
        put("any", c -> c.x().any(c.axes()));
        put("all", c -> c.x().all(c.axes()));
        put("sumTo", c -> c.x().sumTo(Shape.of(c.integers("shape"))));
    }

    private static boolean keeping(Call c) {
        return c.flag("keeping");
    }

    private void shapes() {
        put("reshape", c -> c.x().reshape(c.integers("shape")));
        put("permute", c -> c.x().permute(c.integers("order")));
        put("transpose", c -> c.x().transpose(c.integer("first"), c.integer("second")));
        put("mT", c -> c.x().mT());
        put("expand", c -> c.x().expand(c.integers("shape")));
        put("unsqueeze", c -> c.x().unsqueeze(c.axis()));
        put("squeeze", c -> c.x().squeeze(c.axis()));
        put("squeezeAll", c -> c.x().squeeze());
        put("flatten", c -> c.x().flatten(c.integer("first"), c.integer("last")));
        put("narrow", c -> c.x().narrow(c.axis(), c.integer("start"), c.integer("length_")));
        put("select", c -> c.x().select(c.axis(), c.integer("at")));
        put(
                "slice",
                c ->
                        c.x().slice(
                                        c.axis(),
                                        c.integer("start"),
                                        c.integer("end"),
                                        c.integer("step")));
        put("pad", c -> c.x().pad(c.number("number"), c.integers("widths")));
        put("flip", c -> c.x().flip(c.axes()));
        put("copy", c -> c.x().copy());
        put("contiguous", c -> c.x().contiguous());
        putAll("split", c -> c.x().split(c.integer("size"), c.axis()));
        putAll("chunk", c -> c.x().chunk(c.integer("count"), c.axis()));
        put("cat", c -> Tensor.cat(c.axis(), c.all()));
        put("stack", c -> Tensor.stack(c.axis(), c.all()));
    }

    private void indexing() {
        put("gather", c -> c.x().gather(c.axis(), c.y()));
        put("scatterAdd", c -> c.x().scatterAdd(c.axis(), c.y(), c.z()));
        put("indexSelect", c -> c.x().indexSelect(c.axis(), c.y()));
        putAll("sort", c -> both(c.x().sort(c.axis(), c.flag("descending"))));
        put("argsort", c -> c.x().argsort(c.axis(), c.flag("descending")));
        putAll("topk", c -> both(c.x().topk(c.integer("count"), c.axis())));
        put("oneHot", c -> c.x().oneHot(c.integer("classes")));
        put("cumsum", c -> c.x().cumsum(c.axis()));
        put("cumprod", c -> c.x().cumprod(c.axis()));
        put("triu", c -> c.x().triu(c.integer("diagonal")));
        put("tril", c -> c.x().tril(c.integer("diagonal")));
    }

    private static List<Tensor> both(Sorted sorted) {
        return List.of(sorted.values(), sorted.indices());
    }

    private void recurrences() {
        put(
                "recurrence",
                c -> {
                    boolean biased = c.flag("bias");
                    return c.x().recurrence(
                                    Cell.valueOf(
                                            c.arguments().text("cell").toUpperCase(Locale.ROOT)),
                                    c.y(),
                                    biased ? c.inputs().get(3) : null,
                                    c.z(),
                                    c.flag("lengths") ? c.inputs().getLast() : null,
                                    c.flag("reverse"));
                });
    }

    private void products() {
        put("matmul", c -> c.x().matmul(c.y()));
        put("linear", c -> c.x().linear(c.y(), c.optional(2)));
        put("dot", c -> c.x().dot(c.y()));
        put("outer", c -> c.x().outer(c.y()));
        put("einsum", c -> Tensor.einsum(c.arguments().text("equation"), c.all()));
    }

    private void windows() {
        put(
                "convolve",
                c -> c.x().convolve(c.y(), c.optional(2), c.windowOf(c.y()), c.integer("groups")));
        put(
                "convolveTransposed",
                c ->
                        c.x().convolveTransposed(
                                        c.y(),
                                        c.optional(2),
                                        c.windowOf(c.y()),
                                        c.integers("outputPadding"),
                                        c.integer("groups")));
        put("maxPool", c -> c.x().maxPool(c.window()));
        put("averagePool", c -> c.x().averagePool(c.window(), c.flag("countPadding")));
        put("adaptiveAveragePool", c -> c.x().adaptiveAveragePool(c.integers("sizes")));
        put("unfold", c -> c.x().unfold(c.window()));
        put("fold", c -> c.x().fold(c.window(), Shape.of(c.integers("shape"))));
    }

    private void normalizations() {
        put("softmax", c -> c.x().softmax(c.axis()));
        put("logSoftmax", c -> c.x().logSoftmax(c.axis()));
        put("crossEntropy", c -> c.x().crossEntropy(c.y()));
        put(
                "layerNorm",
                c ->
                        c.x().layerNorm(
                                        c.integer("axes"),
                                        c.optional(1),
                                        c.optional(2),
                                        c.number("epsilon")));
        put("rmsNorm", c -> c.x().rmsNorm(c.optional(1), c.number("epsilon")));
        put(
                "groupNorm",
                c ->
                        c.x().groupNorm(
                                        c.integer("groups"),
                                        c.optional(1),
                                        c.optional(2),
                                        c.number("epsilon")));
        putAll(
                "batchNorm",
                c -> {
                    BatchNormalized result =
                            c.x().batchNorm(c.optional(1), c.optional(2), c.number("epsilon"));
                    return List.of(result.output(), result.mean(), result.variance());
                });
    }

    private void attention() {
        put("attention", c -> c.x().attention(c.y(), c.z(), attentionOptions(c)));
        put(
                "packedAttention",
                c ->
                        c.x().packedAttention(
                                        c.integer("heads"),
                                        c.integer("keyHeads"),
                                        attentionOptions(c)));
    }

    private static AttentionOptions attentionOptions(Call c) {
        AttentionOptions options = AttentionOptions.DEFAULT.withMask(c.optional(3));
        options = c.flag("causal") ? options.withCausal() : options;
        return c.arguments().has("scale") ? options.withScale(c.number("scale")) : options;
    }

    private void layersAndLosses() {
        Layers layers = new Layers();
        layers.names().forEach(name -> putAll(name, c -> layers.apply(name, c)));
        new Losses().all().forEach((name, loss) -> put(name, c -> loss.apply(c).of(c.x(), c.y())));
    }

    /** The definitions are those of {@code families/fusible.py}. */
    private void chains() {
        put(
                "shared",
                c -> {
                    Tensor a = c.x().exp().add(c.y());
                    Tensor b = a.mul(a);
                    return b.div(a.abs().add(1)).sub(b.tanh());
                });
        put("gated", c -> c.x().add(c.z()).silu().mul(c.y().sigmoid()));
        put(
                "standardized",
                c -> {
                    Tensor centered = c.x().sub(c.x().meanKeeping(-1));
                    return centered.div(centered.square().meanKeeping(-1).add(1e-5).sqrt());
                });
        put(
                "maskedMean",
                c -> {
                    Tensor mask = c.y().to(c.x().dtype());
                    Tensor count = mask.sum(-1).clamp(1, Double.POSITIVE_INFINITY);
                    return c.x().mul(mask).sum(-1).div(count);
                });
        put(
                "longChain",
                c -> {
                    Tensor x = c.x();
                    for (int i = 0; i < 40; i++) {
                        x = x.mul(1.01).add(0.01).sin();
                    }
                    return x;
                });
        put(
                "softmaxByHand",
                c -> {
                    Tensor e = c.x().sub(c.x().amaxKeeping(-1)).exp();
                    return e.div(e.sumKeeping(-1));
                });
        put("meanOfSquares", c -> c.x().sub(c.y()).pow(2).mean());
        put("logOfSum", c -> c.x().sqrt().sum(0).log());
        put("diamond", c -> c.x().add(1).mul(c.x().sub(1)).div(c.x().mul(c.x()).add(1)));
    }
}
