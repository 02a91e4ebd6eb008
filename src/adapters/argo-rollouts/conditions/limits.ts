/** In UTF-16 units: a condition is a line or two, and everything below grows with it. */
export const maxTextLength = 4096;

/** Nesting of the expression: brackets, closures and operators in a row. Bounds the stack. */
export const maxDepth = 200;

/** Steps of one evaluation: see Budget. Some tens of milliseconds. */
export const maxSteps = 1_000_000;

/** In UTF-16 units. Repeats make a hundred instructions of one, so that compiling one this long may take 0.3 s. */
export const maxPatternLength = 250;

/** Instructions of one compiled pattern; matching takes time in proportion to it. */
export const maxPatternProgram = 10_000;

/** Nesting of a result that is compared or written out; deeper is an error. */
export const maxResultDepth = 100;
