/**
 * Ends the process with an exit code after everything has been told. The framework runs its `finally` hooks, prints
 * nothing and calls process.exit, so that a handle somebody left open cannot keep a failed command alive.
 */
export class Ended extends Error {
  readonly code = 'EEXIT';
  readonly skipOclifErrorHandling = true;
  readonly oclif: { readonly exit: number };

  constructor(exit: number) {
    super(`ended with exit code ${exit}`);
    this.oclif = { exit };
  }
}

/** Ours, and the framework's own of `this.exit()`. */
export function isExit(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIT';
}
