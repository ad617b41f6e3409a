import { SentopsError } from '../../core/errors.ts';
import type { Factory } from '../../extend/contract.ts';

const create: Factory<'storage-scheme'> = () => {
  throw new SentopsError('EXTENSION_UNKNOWN', 'this scheme is being written');
};

export default create;
