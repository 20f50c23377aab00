/** What optimizers do to all parameters at once, in one launch. */
package org.gradus.cpu.optimizer;
