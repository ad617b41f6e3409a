/** The system's word for why a connection failed; of a name with several addresses the error holds one per address. */
export function networkCode(cause: unknown): string {
  const inner = cause instanceof AggregateError ? cause.errors[0] : cause;
  return inner instanceof Error && 'code' in inner && typeof inner.code === 'string' ? inner.code : '';
}
