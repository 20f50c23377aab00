/** Gradients of first and second order against finite differences in F64. */
package org.gradus.tests.gradients;
