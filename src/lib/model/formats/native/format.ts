import type { ModelFormat } from '../../types.ts';
import { damagedFile, FILE_NAME } from './damaged-file.ts';
import { isNative, readNative } from './read.ts';
import { writeNative } from './write.ts';

/** Our own form: the one file model.sentops. */
export default function createNativeFormat(): ModelFormat {
  return {
    recognises: files => isNative(files.get(FILE_NAME) ?? new Uint8Array(0)),
    async read(files) {
      const bytes = files.get(FILE_NAME);
      if (bytes === undefined) throw damagedFile('it is not there');
      return readNative(bytes);
    },
    write: async model => new Map([[FILE_NAME, writeNative(model)]]),
  };
}
