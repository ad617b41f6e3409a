import { map, named, oneOf, section, string } from './build.ts';

export const backend = named(['local', 'spark', 'dataproc', 'serverless'], {
  doc: 'Where jobs run: in this process, by spark-submit on this machine, on a Dataproc cluster, or as serverless batches.',
  default: 'local',
  flag: 'backend',
  open: 'runner',
});

const NAME = '^[A-Za-z][A-Za-z0-9_-]*$';
const NAME_DOC = 'letters, digits, hyphens and underscores, beginning with a letter';

export const profiles = map(
  section('One identity.', {
    gcp: section('Google Cloud credentials.', {
      auth: oneOf(['adc', 'workload-identity', 'keyfile', 'impersonation', 'token', 'none'], {
        doc: 'Where credentials come from: application default, workload identity federation, a key file, another service account, an access token, or nowhere (emulators).',
        default: 'adc',
      }),
      keyfile: string({ doc: 'Service account key file, for auth: keyfile.', format: 'path', allowEmpty: true }),
      serviceAccount: string({ doc: 'Service account to act as, for auth: impersonation.' }),
      token: string({ doc: 'Access token, for auth: token.', secret: true }),
      quotaProject: string({ doc: 'Project that is billed for API calls.' }),
    }),
  }),
  {
    fileOnly: true,
    doc: 'Who am I: identities chosen by --profile or by the profile of a target.',
    keys: NAME,
    keysDoc: NAME_DOC,
    default: {
      default: { gcp: { auth: 'adc' } },
      ci: { gcp: { auth: 'workload-identity' } },
      sa: { gcp: { auth: 'keyfile', keyfile: '${env.GOOGLE_APPLICATION_CREDENTIALS:-}' } },
    },
  },
);

/** No secret is built in: a built-in `env` beside a project's `file` would make two sources of one secret. */
export const secrets = map(
  section('Where one secret is kept: exactly one of the three.', {
    env: string({
      doc: 'Environment variable.',
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
      patternDoc: 'the name of an environment variable',
    }),
    file: string({ doc: 'File whose content is the secret, without the last line break.', format: 'path' }),
    gcp: string({
      doc: 'Version of a Secret Manager secret.',
      pattern: '^projects/[^/\\s]+/secrets/[A-Za-z0-9_-]+(/versions/[A-Za-z0-9_-]+)?$',
      patternDoc: 'projects/<project>/secrets/<name>/versions/<version>',
    }),
  }),
  {
    fileOnly: true,
    doc: 'Secrets by reference, read when used and redacted everywhere: ${secret.name}.',
    keys: '^[A-Za-z_][A-Za-z0-9_-]*$',
    keysDoc: 'letters, digits, hyphens and underscores, not beginning with a digit',
    default: {},
  },
);
