import { SentopsError } from '../../core/errors.ts';

/** MLflow calls it a wrong value; it is also something in the way. */
export function changedParam(of: string, key: string, known: string | undefined, value: string): SentopsError {
  return new SentopsError(
    'CONFLICT',
    `parameter ${quote(key)} of ${of} is ${quote(known ?? '')} and cannot become ${quote(value)}`,
    {
      hint: 'a parameter is written once; start a new run, or log what changes as a metric or a tag',
      details: { key, value: known, refused: value, errorCode: 'INVALID_PARAMETER_VALUE' },
    },
  );
}

function quote(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
