/**
 * Pointwise expressions: what is computed for one element, as data. An {@link org.gradus.expr.Expr}
 * is built in Java, derived symbolically by {@link org.gradus.expr.Derivative}, and lowered to a
 * {@link org.gradus.expr.Program}, the canonical form that every device turns into a kernel. A
 * {@link org.gradus.expr.PointwiseFunction} gives one a name and gradients; the standard ones are
 * in {@link org.gradus.expr.Arithmetic}, {@link org.gradus.expr.Activations}, {@link
 * org.gradus.expr.Logic} and {@link org.gradus.expr.Sampling}. Nothing here knows of shapes,
 * storage or devices.
 */
package org.gradus.expr;
