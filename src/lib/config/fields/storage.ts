import { integer, section, string } from './build.ts';

export const storage = section('How objects in buckets are reached.', {
  endpoint: string({
    doc: 'Another server than the one of Google, such as an emulator; it is asked without credentials unless the profile names some.',
    default: '',
    allowEmpty: true,
    env: ['STORAGE_EMULATOR_HOST'],
  }),
  project: string({
    doc: 'GCP project of new buckets; that of the cluster where absent.',
    flag: 'bucket-project',
  }),
  userProject: string({ doc: 'Project that pays for reading buckets whose readers pay.', flag: 'user-project' }),
  location: string({ doc: 'Where new buckets are.', default: '${var.region}', flag: 'location' }),
  parallelThreshold: string({
    doc: 'Files from this size on go up in parts side by side: 150MB, 1GiB; 0 for never.',
    default: '1GiB',
    pattern: '^[0-9]+(\\.[0-9]+)?\\s*([kKMGT]i?)?B?$',
    patternDoc: 'a number of bytes, such as 150MB or 1GiB',
    flag: 'parallel-threshold',
  }),
  concurrency: integer({
    doc: 'Objects that are on their way at the same time.',
    default: 16,
    min: 1,
    max: 256,
    flag: 'concurrency',
  }),
});
