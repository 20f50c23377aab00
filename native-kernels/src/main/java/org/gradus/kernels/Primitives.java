package org.gradus.kernels;

import java.util.List;
import org.gradus.device.CumulateOp;
import org.gradus.device.MatmulOptions;
import org.gradus.device.ReduceOp;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.expr.Program;
import org.gradus.shape.Shape;

/**
 * The computing primitives of a {@link org.gradus.device.Device}, all made of kernels: what a
 * runtime has from the day on which it can launch. The methods are those of the device.
 */
public final class Primitives {
    private final Copying copying;
    private final Pointwise pointwise;
    private final Reduction reduction;
    private final MatrixProduct matrixProduct;
    private final Indexing indexing;
    private final Columns columns;
    private final Cumulation cumulation;
    private final Sorting sorting;

    /** Creates the primitives of a device. */
    public Primitives(Launcher launcher) {
        this.copying = new Copying(launcher);
        this.pointwise = new Pointwise(launcher);
        this.reduction = new Reduction(launcher, pointwise);
        this.matrixProduct = new MatrixProduct(launcher);
        this.indexing = new Indexing(launcher);
        this.columns = new Columns(launcher);
        this.cumulation = new Cumulation(launcher);
        this.sorting = new Sorting(launcher);
    }

    /** Sets all elements of a view to one value. */
    public void fill(View target, double value) {
        copying.fill(target, value);
    }

    /** Copies elements between views of one shape and type. */
    public void copyStrided(View source, View target) {
        copying.copy(source, target);
    }

    /** Runs a pointwise program for each element of a shape. */
    public void map(
            Program program, Shape shape, long[] scalars, List<View> inputs, List<View> outputs) {
        pointwise.map(program, shape, scalars, inputs, outputs);
    }

    /** Reduces the results of a pointwise program over some axes. */
    public void reduce(
            ReduceOp op,
            Program program,
            Shape shape,
            long[] scalars,
            List<View> inputs,
            View output,
            int[] axes) {
        reduction.reduce(op, program, shape, scalars, inputs, output, axes);
    }

    /** Multiplies matrices. */
    public void matmul(View a, View b, View c, MatmulOptions options) {
        matrixProduct.matmul(a, b, c, options);
    }

    /** Picks elements along an axis. */
    public void gather(View source, int axis, View index, View target) {
        indexing.gather(source, axis, index, target);
    }

    /** Adds elements to places along an axis, in the order of the source. */
    public void scatterAdd(View source, int axis, View index, View target) {
        indexing.scatterAdd(source, axis, index, target);
    }

    /** Copies each window's elements to a column. */
    public void unfold(View input, Window window, View output) {
        columns.unfold(input, window, output);
    }

    /** Sums columns back to where {@link #unfold} took them from. */
    public void fold(View input, Window window, View output) {
        columns.fold(input, window, output);
    }

    /** Running sum or product along an axis. */
    public void cumulate(CumulateOp op, View input, View output, int axis) {
        cumulation.cumulate(op, input, output, axis);
    }

    /** Sorts along an axis. */
    public void sort(View input, View values, View indices, int axis, boolean descending) {
        sorting.sort(input, values, indices, axis, descending);
    }
}
