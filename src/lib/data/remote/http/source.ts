import { SentopsError } from '../../../core/errors.ts';
import type { Factory } from '../../../extend/contract.ts';

const create: Factory<'dataset-source'> = () => {
  throw new SentopsError('EXTENSION_UNKNOWN', 'this source is being written');
};

export default create;
