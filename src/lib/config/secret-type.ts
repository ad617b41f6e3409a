/** A value that is read only when it is used; printing it in any way shows its name, never what it holds. */
export interface Secret {
  readonly kind: 'secret';
  /** Names of the secrets that the value is made of: one, or several in a text like `${secret.a}:${secret.b}`. */
  readonly names: readonly string[];
  reveal(): Promise<string>;
  /** `[secret name]` */
  toString(): string;
  toJSON(): string;
}

export function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && 'reveal' in value && 'kind' in value && value.kind === 'secret';
}
