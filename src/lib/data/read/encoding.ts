import { isAscii } from 'node:buffer';
import { guessEncoding } from './utf8.ts';

/**
 * The encoding of a table. Plain ASCII leaves it open: in a file of tweets the first letter beyond it may come after
 * megabytes, so it is decided by the first block that has one.
 */
export class Encoding {
  private decided: 'utf8' | 'latin1' | 'utf16le' | null;

  constructor(told: 'utf8' | 'latin1' | 'utf16le' | null) {
    this.decided = told;
  }

  get name(): 'utf8' | 'latin1' | 'utf16le' {
    return this.decided ?? 'utf8';
  }

  /** What the bytes of a block are in, as the readers see them: UTF-16 has been rewritten by then. */
  look(bytes: Uint8Array): 'ascii' | 'utf8' | 'latin1' {
    if (this.decided === 'utf16le' || this.decided === 'utf8') return 'utf8';
    if (isAscii(bytes)) return 'ascii';
    this.decided ??= guessEncoding(bytes);
    return this.decided === 'latin1' ? 'latin1' : 'utf8';
  }
}
