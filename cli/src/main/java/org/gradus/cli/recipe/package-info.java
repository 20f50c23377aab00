/**
 * Recipes: everything that decides a training run, written in YAML. Reads them, resolves what they
 * leave out, and makes the model, the data and the optimizer that they name.
 */
package org.gradus.cli.recipe;
