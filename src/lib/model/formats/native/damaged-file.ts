import { SentopsError } from '../../../core/errors.ts';

export const FILE_NAME = 'model.sentops';

export function damagedFile(what: string): SentopsError {
  return new SentopsError('DATA_INVALID', `${FILE_NAME} is damaged: ${what}`, {
    hint: 'copy the file again from where it came, or train the model again',
  });
}
