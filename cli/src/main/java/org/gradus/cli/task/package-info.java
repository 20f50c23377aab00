/**
 * The tasks that recipes name: what each kind of training makes of a model and data, what it shows
 * after an epoch, and what can be asked of the trained model.
 */
package org.gradus.cli.task;
