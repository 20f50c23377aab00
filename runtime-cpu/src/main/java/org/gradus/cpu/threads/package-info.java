/**
 * How the CPU device uses its cores: a pool of spinning workers, and scratch memory that belongs to
 * a thread. Nothing here knows what is computed.
 */
package org.gradus.cpu.threads;
