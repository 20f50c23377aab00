/** What is wrong with what the user typed or gave, in one line that says what to do. */
package org.gradus.cli.input;
