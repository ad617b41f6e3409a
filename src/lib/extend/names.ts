import { SentopsError } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import { isKind, KINDS, type Kind } from './contract.ts';

const NAME = /^[a-z0-9]([a-z0-9.+-]*[a-z0-9])?$/;

/** One spelling of a name: `My_Sink` and `my-sink` are the same. Undefined for what is no name. */
export function normaliseName(text: string): string | undefined {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-');
  return name.length <= 64 && NAME.test(name) ? name : undefined;
}

/** A kind as a user types it: `stream-sink`, also `stream_sink` and `stream sink`. */
export function readKind(text: string): Kind {
  const kind = normaliseName(text) ?? '';
  if (isKind(kind)) return kind;
  const kinds = Object.keys(KINDS);
  const nearest = suggest(text, kinds);
  throw new SentopsError('FLAG_INVALID', `${JSON.stringify(text)} is no kind of extension`, {
    hint: `${nearest ? `did you mean ${nearest}? ` : ''}The kinds are ${kinds.join(', ')}`,
    details: { kinds, suggestion: nearest ?? null },
  });
}
