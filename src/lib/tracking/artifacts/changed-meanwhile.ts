import { SentopsError } from '../../core/errors.ts';

/** For a file of this machine that was not the same at the end of reading it as at the beginning. */
export function changedMeanwhile(file: string): SentopsError {
  return new SentopsError('DATA_INVALID', `${file} changed while it was read`, {
    hint: 'wait until nothing writes to it and run the command again; nothing of it was stored',
    place: { file },
  });
}
