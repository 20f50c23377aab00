package org.gradus.tensor;

import java.util.Arrays;
import java.util.List;
import org.gradus.device.SoftmaxKernels;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/** Softmax, cross-entropy, and normalization by mean and variance. */
public sealed interface Normalizations permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    /** Returns {@code exp(x) / sum(exp(x))} along an axis, without overflow. */
    default Tensor softmax(int axis) {
        return alongRows("softmax", self(), axis, new SoftmaxFunctions.Softmax());
    }

    /** Returns the logarithm of the softmax along an axis, without overflow. */
    default Tensor logSoftmax(int axis) {
        return alongRows("logSoftmax", self(), axis, new SoftmaxFunctions.LogSoftmax());
    }

    private static Tensor alongRows(String name, Tensor input, int axis, CustomFunction function) {
        Tensor x = Autocast.high(input.floating(name));
        if (x.rank() == 0) {
            return alongRows(name, x.unsqueeze(0), axis, function).squeeze(0);
        }
        int a = Checks.of(name, () -> x.shape().axis(axis));
        Tensor last = a == x.rank() - 1 ? x : x.transpose(a, -1);
        Tensor rows = Merged.rows(last, 1).contiguous();
        boolean fused =
                rows.shape().elements() > 0
                        && x.device().kernels(SoftmaxKernels.class, x.dtype()).isPresent();
        Tensor result =
                fused
                        ? CustomFunction.apply(function, rows)
                        : Scope.compute(() -> function.plain(List.of(rows)));
        Tensor shaped = result.reshape(last.shape());
        return a == x.rank() - 1 ? shaped : shaped.transpose(a, -1);
    }

    /**
     * Returns for each row of logits {@code [rows, classes]} the negative log-probability of its
     * label.
     *
     * @param labels {@code [rows]}, {@code I64}, each at least 0 and below the number of classes
     * @return {@code [rows]}
     */
    default Tensor crossEntropy(Tensor labels) {
        Tensor x = Autocast.high(self().floating("crossEntropy"));
        if (x.rank() != 2
                || labels.rank() != 1
                || labels.size(0) != x.size(0)
                || labels.dtype() != DType.I64) {
            throw new TensorException(
                    "crossEntropy: logits of shape "
                            + x.shape()
                            + " need labels of i64 and shape ["
                            + (x.rank() == 0 ? 1 : x.size(0))
                            + "], not "
                            + labels.dtype()
                            + labels.shape());
        }
        Pointwise.checkDevice("crossEntropy", x, labels);
        var function = new SoftmaxFunctions.CrossEntropy();
        boolean fused =
                x.shape().elements() > 0
                        && x.device().kernels(SoftmaxKernels.class, x.dtype()).isPresent();
        return fused
                ? CustomFunction.apply(function, x.contiguous(), labels.contiguous())
                : Scope.compute(() -> function.plain(List.of(x, labels)));
    }

    /**
     * Returns this normalized over its last axes: zero mean and unit (biased) variance there, then
     * scaled and shifted (Ba et al., 2016).
     *
     * @param axes how many axes are normalized over
     * @param weight of the shape of those axes, or null for 1
     * @param bias likewise, or null for 0
     */
    default Tensor layerNorm(int axes, Tensor weight, Tensor bias, double epsilon) {
        Tensor x = Autocast.high(self().floating("layerNorm"));
        if (axes < 1 || axes > x.rank()) {
            throw new TensorException(
                    "layerNorm: " + axes + " axes asked for of a tensor of shape " + x.shape());
        }
        Shape inner = x.shape().last(axes);
        checkAffine("layerNorm", x, inner, weight, bias);
        Tensor rows = Merged.rows(x, axes);
        return NormFunctions.layer(rows, flat(weight), flat(bias), epsilon).reshape(x.shape());
    }

    /**
     * Returns this divided by the root of the mean square over its last axis (Zhang and Sennrich,
     * 2019).
     *
     * @param weight of the size of that axis, or null for 1
     */
    default Tensor rmsNorm(Tensor weight, double epsilon) {
        Tensor x = Autocast.high(self().floating("rmsNorm"));
        checkAffine("rmsNorm", x, x.shape().last(1), weight, null);
        return NormFunctions.rms(Merged.rows(x, 1), weight, epsilon).reshape(x.shape());
    }

    /**
     * Returns images {@code [batch, channels, spatial...]} normalized over groups of channels and
     * the spatial axes (Wu and He, 2018).
     *
     * @param weight {@code [channels]}, or null for 1
     * @param bias {@code [channels]}, or null for 0
     */
    default Tensor groupNorm(int groups, Tensor weight, Tensor bias, double epsilon) {
        Tensor x = Autocast.high(self().floating("groupNorm"));
        if (x.rank() < 2 || groups < 1 || x.size(1) % groups != 0) {
            throw new TensorException(
                    "groupNorm: the channels of "
                            + x.shape()
                            + " do not divide into "
                            + groups
                            + " groups");
        }
        checkAffine("groupNorm", x, Shape.of(x.size(1)), weight, bias);
        Tensor all = Merged.after(1, x);
        Tensor rows = all.reshape(x.size(0) * groups, all.size(1) / groups);
        Tensor result = NormFunctions.layer(rows, null, null, epsilon).reshape(x.shape());
        int[] channels = new int[x.rank() - 1];
        Arrays.fill(channels, 1);
        channels[0] = x.size(1);
        result = weight == null ? result : result.mul(weight.reshape(channels));
        return bias == null ? result : result.add(bias.reshape(channels));
    }

    /**
     * A batch normalized, with the statistics that it was normalized by.
     *
     * @param output the shape of the input
     * @param mean {@code [channels]}, in the input's compute type, not on the tape
     * @param variance {@code [channels]}, likewise, biased, not on the tape
     */
    record BatchNormalized(Tensor output, Tensor mean, Tensor variance) {}

    /**
     * Returns {@code [batch, channels, spatial...]} normalized over all axes but the channels
     * (Ioffe and Szegedy, 2015).
     *
     * @param weight {@code [channels]}, or null for 1
     * @param bias {@code [channels]}, or null for 0
     */
    default BatchNormalized batchNorm(Tensor weight, Tensor bias, double epsilon) {
        Tensor x = Autocast.high(self().floating("batchNorm"));
        if (x.rank() < 2) {
            throw new TensorException(
                    "batchNorm: a tensor of shape " + x.shape() + " is not [batch, channels, ...]");
        }
        checkAffine("batchNorm", x, Shape.of(x.size(1)), weight, bias);
        return NormFunctions.batch(x, weight, bias, epsilon);
    }

    private static void checkAffine(
            String name, Tensor x, Shape expected, Tensor weight, Tensor bias) {
        for (Tensor parameter : new Tensor[] {weight, bias}) {
            if (parameter != null) {
                Pointwise.checkDevice(name, x, parameter);
            }
            if (parameter != null && !parameter.shape().equals(expected)) {
                throw new TensorException(
                        name
                                + ": a weight or bias of shape "
                                + parameter.shape()
                                + " does not fit; "
                                + expected
                                + " is needed");
            }
        }
    }

    private static Tensor flat(Tensor parameter) {
        return parameter == null ? null : parameter.flatten();
    }
}
