/** Exit status of a command that could not do what was asked. */
export const EXIT_FAILED = 1;
/** Exit status of a call that was not understood. */
export const EXIT_USAGE = 2;
