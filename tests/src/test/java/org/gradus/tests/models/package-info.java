/** The ready-made models: their weights, their outputs, and what they generate. */
package org.gradus.tests.models;
