import { SentopsError } from '../../core/errors.ts';
import { type Fields, fieldsOf } from '../wire/fields.ts';
import type { Api } from './api.ts';

/** Reads what a server answered; what does not fit is told with its address. */
export function readAnswer<Value>(api: Api, json: unknown, read: (answer: Fields) => Value): Value {
  try {
    return read(fieldsOf(json, 'answer'));
  } catch (error) {
    if (!(error instanceof SentopsError)) throw error;
    const { code, message, hint, details } = error;
    throw new SentopsError(code, `${api.shown}: ${message}`, { hint, details: { ...details, uri: api.shown } });
  }
}

/** Null for what the server says is not there. An id that cannot be is no thing either, and MLflow answers 400 to it. */
export async function orNull<Value>(work: Promise<Value>): Promise<Value | null> {
  return await work.catch((error: unknown) => {
    if (isRefusal(error, 'NOT_FOUND') || (isRefusal(error, 'FLAG_INVALID') && hasErrorCode(error))) return null;
    throw error;
  });
}

export function isRefusal(error: unknown, code: SentopsError['code']): error is SentopsError {
  return error instanceof SentopsError && error.code === code;
}

function hasErrorCode({ details }: SentopsError): boolean {
  return typeof details['errorCode'] === 'string';
}

/** The token of the next page; a server that has no further one leaves it out or sends an empty text. */
export function nextToken(answer: Fields): string | null {
  return answer.textOrNull('next_page_token');
}
