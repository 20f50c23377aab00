/**
 * Pointwise expressions: what is computed for one element, as data. An {@link
 * org.gradus.expr.Expr} is built in Java, derived symbolically by {@link
 * org.gradus.expr.Derivative}, and lowered to a {@link org.gradus.expr.Program}, the canonical form
 * that every device turns into a kernel. Nothing here knows of shapes, storage or devices.
 */
package org.gradus.expr;
