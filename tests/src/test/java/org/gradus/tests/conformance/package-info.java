/**
 * One suite for all devices: every operation against values that PyTorch computed, and what must
 * hold of any device besides: determinism, fusion, memory, errors.
 */
package org.gradus.tests.conformance;
