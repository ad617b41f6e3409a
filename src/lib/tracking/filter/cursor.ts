import { placeError, type Source } from './place-error.ts';
import type { Token } from './tokens.ts';

/** The tokens and where one stands among them. */
export class Cursor {
  readonly source: Source;
  private readonly tokens: readonly Token[];
  private next = 0;

  constructor(source: Source, tokens: readonly Token[]) {
    this.source = source;
    this.tokens = tokens;
  }

  peek(): Token | undefined {
    return this.tokens[this.next];
  }

  skip(): void {
    this.next += 1;
  }

  /** The next token; `wanted` names it where the text ends. */
  take(wanted: string): Token {
    const token = this.tokens[this.next];
    if (token === undefined) throw placeError(this.source, this.source.text.trimEnd().length, `${wanted} is missing`);
    this.next += 1;
    return token;
  }
}
