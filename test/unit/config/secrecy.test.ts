import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { blankCredentials, passwordsOf } from '../../../src/lib/config/credentials.ts';
import { explainValue } from '../../../src/lib/config/explain.ts';
import { loadProject } from '../../../src/lib/config/load.ts';
import { showProject } from '../../../src/lib/config/show.ts';
import type { ProjectRequest } from '../../../src/lib/config/types.ts';
import { validateProject } from '../../../src/lib/config/validate.ts';
import { redactor } from '../../../src/lib/core/redact.ts';
import { failure, request, tempProject } from './temp-project.ts';

/** Everything that the configuration commands would print of a project, as one text. */
async function everything(given: ProjectRequest, ...paths: string[]): Promise<string> {
  const parts: unknown[] = [
    await showProject(given, { origins: true }).catch((error: unknown) => String(error)),
    await showProject(given, { resolved: true }).catch((error: unknown) => String(error)),
    (await validateProject(given)).problems,
  ];
  for (const at of paths) parts.push(await explainValue(given, at));
  return JSON.stringify(parts);
}

describe('a variable that is a secret', () => {
  const yaml = 'variables: { pin: { type: integer, secret: true } }\ntrain: { seed: "${var.pin}" }\n';

  test('was shown where it is a number: redaction looked at texts only', async () => {
    const given = request(tempProject({ 'sentops.yaml': yaml }), { env: { SENTOPS_VAR_PIN: '48151623' } });
    const text = await everything(given, 'var.pin', 'variables.pin', 'variables');
    expect(text).not.toContain('48151623"');
    expect(JSON.parse(text)[0].values.variables.pin.default).toBe('***');
    expect(redactor.redact('the pin is 48151623.')).toBe('the pin is ***.');
  });

  test('was repeated by the message that its text is no number', async () => {
    const given = request(tempProject({ 'sentops.yaml': yaml }), { env: { SENTOPS_VAR_PIN: 'hunter-22' } });
    const error = await failure(loadProject(given));
    expect(error.message).toBe('SENTOPS_VAR_PIN must be an integer');
    expect(JSON.stringify(error.details) + (await everything(given, 'var.pin'))).not.toContain('hunter-22');
  });

  test.each([
    ['--var', { vars: ['pin=12345'] }],
    ['--set', { set: ['variables.pin=12345'] }],
    ['--set of the long form', { set: ['variables.pin.default=12345'] }],
  ])('is not taken from %s, which every user of the machine can read', async (_how, more) => {
    const error = await failure(loadProject(request(tempProject({ 'sentops.yaml': yaml }), more)));
    expect([error.code, error.exit]).toEqual(['USAGE', 2]);
    expect(error.message).toContain('is a secret, and a command line can be seen by others');
    expect(error.message + error.hint).not.toContain('12345');
  });

  test('is not offered as --var by the error that it has no value', async () => {
    const dir = tempProject({ 'sentops.yaml': `backend: dataproc\n${yaml}` });
    const { hint } = await failure(loadProject(request(dir, { sections: ['train'] })));
    expect(hint).toContain('SENTOPS_VAR_PIN');
    expect(hint).not.toContain('--var');
    expect((await explainValue(request(dir), 'var.pin')).flag).toBeNull();
    expect((await explainValue(request(dir), 'var.region')).flag).toBe('--var region=…');
  });

  test('was shown where a target sets it, by its short and by its long form', async () => {
    const dir = tempProject({
      'sentops.yaml': `${yaml}targets:\n  t: { variables: { pin: 31415926 } }\n  u: { variables: { pin: { default: 27182818 } } }\n  v: { variables: { api_token: some-words-only } }\n`,
    });
    const { values } = await showProject(request(dir));
    expect(JSON.stringify(values)).not.toMatch(/31415926|27182818|some-words-only/);
    expect(JSON.stringify(values).match(/\*\*\*/g)).toHaveLength(3);
  });
});

describe('what is written where only a secret may stand', () => {
  test('is blanked out as a number and in a list as well', async () => {
    const dir = tempProject({
      'sentops.yaml':
        'kafka: { auth: { password: 20240101 } }\ncluster: { api: { token: [first-token, second-token], size: 3, names: [a] } }\n',
    });
    const { values } = await showProject(request(dir));
    expect(values).toMatchObject({
      kafka: { auth: { password: '***' } },
      cluster: { api: { token: ['***', '***'], size: 3, names: ['a'] } },
    });
    await loadProject(request(dir, { sections: ['train'] }));
    expect(redactor.redact('20240101 first-token second-token')).toBe('*** *** ***');
  });

  test('a switch and a reference are no secrets', async () => {
    const dir = tempProject({
      'sentops.yaml': 'secrets: { t: { env: T } }\nkafka: { auth: { password: "${secret.t:-}", tls: true } }\n',
    });
    const { values } = await showProject(request(dir));
    expect(values).toMatchObject({
      kafka: { auth: { password: '${secret.t:-}', tls: true } },
      secrets: { t: { env: 'T' } },
    });
  });
});

test('a credential on its way through the environment is where it belongs, also with a ${ in it', async () => {
  const token = `ghp_${'a1'.repeat(18)}\${x}`;
  const { config, warnings } = await loadProject(request(tempProject(), { env: { MLFLOW_TRACKING_TOKEN: token } }));
  expect([config.mlflow.auth.token, warnings]).toEqual([token, []]);
});

describe('an address with a password', () => {
  const uri = 'https://me:hunter-two@mlflow.example.com/path';

  test('was printed as it is, as its field is no field for secrets', async () => {
    const given = request(tempProject({ 'sentops.yaml': '' }), { env: { MLFLOW_TRACKING_URI: uri } });
    const text = await everything(given, 'mlflow.trackingUri', 'var.mlflow_uri');
    expect(text).not.toContain('hunter-two');
    expect(text).toContain('https://me:***@mlflow.example.com/path');
    expect((await loadProject(given)).config.mlflow.trackingUri).toBe(uri);
    expect(redactor.redact(`cannot reach ${uri} (${encodeURIComponent(uri)})`)).not.toContain('hunter-two');
  });

  test.each([
    ['redis://:pw-of-redis@host:6379', 'redis://:***@host:6379', ['pw-of-redis']],
    ['a://u:p1@h,a://u:p2@h', 'a://u:***@h,a://u:***@h', ['p1', 'p2']],
    ['https://host/x:y@z', 'https://host/x:y@z', []],
    ['me@example.com', 'me@example.com', []],
    ['https://${env.U}:${secret.p}@h', 'https://${env.U}:${secret.p}@h', []],
  ])('%s reads %s', (text, shown, passwords) => {
    expect(blankCredentials(text)).toBe(shown);
    expect(passwordsOf(text)).toEqual(passwords);
  });

  test.each([`ghp_${'a1'.repeat(18)}`, `key: AKIA${'A1'.repeat(8)}`, '-----BEGIN RSA PRIVATE KEY-----\nabc\n'])(
    'nothing is left of %j',
    text => {
      expect(blankCredentials(text)).toBe('***');
    },
  );
});

describe('errors', () => {
  test.each([
    ['a wrong kind', 'kafka: { auth: { password: [hush-hush-1] } }\n'],
    ['a secret in a text field', 'project: { name: "${var.api_key}" }\nvariables: { api_key: hush-hush-1 }\n'],
    [
      'a variable of the wrong type',
      'variables: { api_key: { type: integer, default: hush-hush-1, secret: true } }\ntrain: { seed: "${var.api_key}" }\n',
    ],
    [
      'a literal webhook',
      'notify: [ { type: slack, webhook: "https://hooks.slack.com/services/T0/B0/hush-hush-1" } ]\n',
    ],
    ['a password in .env', 'kafka: { bootstrap: "${env.PW}" }\n'],
  ])('say nothing of the secret: %s', async (_what, yaml) => {
    const dir = tempProject({ 'sentops.yaml': yaml, '.env': 'OTHER="hush-hush-1\n' });
    const { problems } = await validateProject(request(dir));
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems)).not.toContain('hush-hush-1');
  });

  test('a secret that has been read is hidden in whatever is shown later, also in JSON and in an address', async () => {
    const dir = tempProject({
      'sentops.yaml': 'secrets: { p: { file: p.txt } }\nkafka: { auth: { password: "${secret.p}" } }\n',
    });
    fs.writeFileSync(path.join(dir, 'p.txt'), 'pa"ss wörd\n', { mode: 0o600 });
    const { password } = (await loadProject(request(dir))).config.kafka.auth;
    if (password === undefined || typeof password === 'string') throw new Error('the password is no secret');
    const value = await password.reveal();
    expect(value).toBe('pa"ss wörd');
    const shown = [
      value,
      JSON.stringify({ value }),
      encodeURIComponent(value),
      new URLSearchParams({ value }).toString(),
    ];
    for (const text of shown.map(text => redactor.redact(text))) expect(text).not.toMatch(/wörd|w%C3%B6rd/i);
  });
});
