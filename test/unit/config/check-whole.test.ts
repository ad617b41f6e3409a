import { describe, expect, it } from 'vitest';
import { checkValue } from '../../../src/lib/config/check.ts';
import { FIELDS } from '../../../src/lib/config/fields/index.ts';
import { check, onlyProblem } from './check-helpers.ts';

describe('after interpolation', () => {
  it('a text that still refers is an ordinary text', () => {
    expect(onlyProblem({ train: { numFeatures: '${var.n}' } }, 'resolved')).toMatchObject({ code: 'TYPE_MISMATCH' });
  });

  it('a secret object may stand in a field for secrets only, and is not shown', () => {
    const secret = {
      kind: 'secret',
      names: ['token'],
      reveal: async () => 'hunter2',
      toString: () => '[secret token]',
    };
    expect(check({ mlflow: { auth: { token: secret } } }, 'resolved')).toEqual([]);
    const finding = onlyProblem({ project: { name: secret } }, 'resolved');
    expect(finding.code).toBe('SECRET_MISPLACED');
    expect(JSON.stringify(finding)).not.toContain('hunter2');
  });

  it('a secret that came through the environment is not called a literal', () => {
    expect(check({ kafka: { auth: { password: 'hunter2' } } }, 'resolved')).toEqual([]);
  });
});

describe('consistency', () => {
  it.each<[string, unknown, string]>([
    ['ratios', { train: { trainRatio: 0.8, valRatio: 0.3 } }, 'train.trainRatio'],
    [
      'ratios of a variant',
      { train: { trainRatio: 0.8, valRatio: 0.1, variants: { v: { valRatio: 0.5 } } } },
      'train.variants.v.valRatio',
    ],
    [
      'ratios of a target',
      { train: { trainRatio: 0.8, valRatio: 0.1 }, targets: { t: { train: { valRatio: 0.5 } } } },
      'targets.t.train.valRatio',
    ],
    ['autoscaling', { cluster: { autoscaling: { minWorkers: 5, maxWorkers: 3 } } }, 'cluster.autoscaling.minWorkers'],
    ['drift', { monitor: { drift: { warn: 0.3, alert: 0.2 } } }, 'monitor.drift.warn'],
    ['latency', { monitor: { slo: { latencyP95Ms: 500, latencyP99Ms: 400 } } }, 'monitor.slo.latencyP95Ms'],
    ['canary steps', { rollout: { canary: { steps: [10, 50, 50] } } }, 'rollout.canary.steps.2'],
    ['two default targets', { targets: { a: { default: true }, b: { default: true } } }, 'targets.b.default'],
    [
      'receivers of one name',
      {
        notify: [
          { type: 'slack', name: 'a' },
          { type: 'email', name: 'a' },
        ],
      },
      'notify.1.name',
    ],
    [
      'a column that is not there',
      { dataset: { format: { header: false, columns: ['label', 'text'], text: 'texts' } } },
      'dataset.format.text',
    ],
  ])('%s', (_, values, path) => {
    expect(onlyProblem(values)).toMatchObject({ severity: 'error', code: 'INCONSISTENT', path });
  });

  it('0.7 + 0.3 is one whole, whatever binary fractions say', () => {
    expect(check({ train: { trainRatio: 0.7, valRatio: 0.3 } })).toEqual([]);
    for (let percent = 1; percent < 100; percent++) {
      expect(check({ train: { trainRatio: percent / 100, valRatio: (100 - percent) / 100 } })).toEqual([]);
    }
    expect(check({ train: { trainRatio: 0.7, valRatio: 0.300001 } })).toHaveLength(1);
  });

  it('what is missing may stand in another layer', () => {
    expect(check({ train: { valRatio: 0.9 }, monitor: { drift: { warn: 5 } } })).toEqual([]);
    expect(check({ secrets: { a: {} } }, 'raw', true)).toEqual([]);
    expect(check({ targets: { t: { secrets: { a: { env: null } } } } })).toEqual([]);
  });

  it('what refers to another value is checked once it is known', () => {
    expect(check({ train: { trainRatio: '${var.r}', valRatio: 0.9 } })).toEqual([]);
    expect(check({ dataset: { format: { header: false, columns: ['a', '${var.c}'], text: 'b' } } })).toEqual([]);
  });

  it('columns count only where the file has no header of its own', () => {
    expect(check({ dataset: { format: { header: true, columns: ['a'], text: 'b' } } })).toEqual([]);
  });

  it('the profile of a target has to exist, once all layers are known', () => {
    const values = {
      profiles: { ci: {} },
      targets: { prod: { profile: 'cii' }, own: { profile: 'me', profiles: { me: {} } } },
    };
    expect(check(values)).toEqual([]);
    expect(onlyProblem(values, 'resolved')).toMatchObject({ path: 'targets.prod.profile', hint: 'did you mean ci?' });
  });
});

describe('credentials in the file', () => {
  it.each([
    ['a literal token', { mlflow: { auth: { token: 'hunter2-hunter2' } } }, 'mlflow.auth.token'],
    ['a literal password', { kafka: { auth: { password: 'hunter2-hunter2' } } }, 'kafka.auth.password'],
    [
      'a Slack webhook',
      { notify: [{ type: 'slack', webhook: 'https://hooks.slack.com/services/hunter2/hunter2/hunter2' }] },
      'notify.0.webhook',
    ],
    [
      'an AWS key in a property',
      { train: { spark: { properties: { 'spark.hadoop.fs.s3a.access': `AKIA${'HUNTER2HUNTER2HU'}` } } } },
      'train.spark.properties."spark.hadoop.fs.s3a.access"',
    ],
    [
      'a password property',
      { train: { spark: { properties: { 'spark.ssl.keyPassword': 'hunter2' } } } },
      'train.spark.properties."spark.ssl.keyPassword"',
    ],
    ['deep in an overlay', { cluster: { api: { a: [{ private_key: 'hunter2' }] } } }, 'cluster.api.a.0.private_key'],
    ['a URL with a password', { mlflow: { trackingUri: 'https://user:hunter2@mlflow' } }, 'mlflow.trackingUri'],
    [
      'a variable called password',
      { variables: { kafka_password: { default: 'hunter2' } } },
      'variables.kafka_password.default',
    ],
    ['its short form', { variables: { kafka_password: 'hunter2' } }, 'variables.kafka_password'],
    ['a secret variable', { variables: { user: { secret: true, default: 'hunter2' } } }, 'variables.user.default'],
    [
      'a secret variable of a target',
      { targets: { t: { variables: { user: { secret: true, default: 'hunter2' } } } } },
      'targets.t.variables.user.default',
    ],
    [
      'in a private file too',
      { targets: { t: { kafka: { auth: { password: 'hunter2' } } } } },
      'targets.t.kafka.auth.password',
    ],
  ])('%s is found and never repeated', (_, values, path) => {
    const finding = onlyProblem(values);
    expect(finding).toMatchObject({ severity: 'error', code: 'CREDENTIAL_LITERAL', path });
    expect(JSON.stringify(finding).toLowerCase()).not.toContain('hunter2');
  });

  it('under an unknown key they are found as well', () => {
    const codes = check({ mlflow: { tokn: `ghp_${'a'.repeat(36)}` } }).map(finding => finding.code);
    expect(codes).toEqual(['KEY_UNKNOWN', 'CREDENTIAL_LITERAL']);
  });

  it('a credential in a place of another type is two problems, and shown in neither', () => {
    const findings = check({ train: { seed: `AKIA${'HUNTER2HUNTER2HU'}` } });
    expect(findings.map(finding => finding.code)).toEqual(['CREDENTIAL_LITERAL', 'TYPE_MISMATCH']);
    expect(JSON.stringify(findings)).not.toContain('HUNTER2');
  });

  it('a switch that is called "secret" is no secret: its wrong value was once reported as a password', () => {
    expect(onlyProblem({ variables: { a: { secret: 'yes' } } })).toMatchObject({
      code: 'TYPE_MISMATCH',
      message: 'variables.a.secret must be true or false, not the text "yes"',
    });
  });

  it('a value of a secret field is not shown when its type is wrong either', () => {
    for (const stage of ['raw', 'resolved'] as const) {
      const finding = onlyProblem({ kafka: { auth: { password: 31337 } } }, stage);
      expect(finding.code).toBe('TYPE_MISMATCH');
      expect(JSON.stringify(finding)).not.toContain('31337');
    }
  });

  it('a reference to a secret in an ordinary field is refused: its value would be printed', () => {
    expect(onlyProblem({ mlflow: { trackingUri: 'https://u:${secret.p}@host' } })).toMatchObject({
      code: 'SECRET_MISPLACED',
    });
    expect(check({ project: { name: 'costs $${secret.x}' } })).toEqual([]);
  });
});

describe('trees that are no configuration', () => {
  const nested = (depth: number): unknown => {
    let value: unknown = 'bottom';
    for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { deeper: value };
    return value;
  };

  it.each([
    ['in a free value', { variables: { a: { default: nested(200_000) } } }],
    ['in an overlay', { cluster: { api: { a: nested(200_000) } } }],
  ])('a nesting without end is one clear problem %s', (_, values) => {
    const finding = onlyProblem(values);
    expect(finding.code).toBe('TOO_DEEP');
    expect(finding.message).toContain('nested more than 64 levels deep');
  });

  it('under an unknown key or a scalar the stack survives too', () => {
    expect(check({ nosuch: nested(200_000), train: { seed: nested(200_000) } }).map(finding => finding.code)).toEqual([
      'KEY_UNKNOWN',
      'TOO_DEEP',
      'TYPE_MISMATCH',
    ]);
  });

  it('an alias bomb is walked once: 2^60 leaves in 60 maps', () => {
    let bomb: unknown = { password: 'hunter2' };
    for (let level = 0; level < 55; level++) bomb = [bomb, bomb];
    expect(check({ cluster: { api: { bomb } } }).map(finding => finding.code)).toEqual(['CREDENTIAL_LITERAL']);
  });

  it('a loop of aliases ends', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(check({ cluster: { api: loop } })).toEqual([]);
  });

  it('10,000 unknown keys are 10,000 problems', () => {
    const train = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key${index}zzz`, index]));
    expect(check({ train })).toHaveLength(10_000);
  });

  it.each([new Date(0), Symbol('x'), () => 1, 10n, new Map()])(
    'a value of no YAML type (%s) is a problem and no crash',
    value => {
      expect(onlyProblem({ train: { seed: value } }).code).toBe('TYPE_MISMATCH');
    },
  );
});

describe('checkValue', () => {
  it('checks one value against one type under the name it is given', () => {
    const type = FIELDS.fields.train.fields.numFeatures.type;
    expect(checkValue(type, 5, ['--num-features'], 'resolved')).toEqual([]);
    expect(checkValue(type, -5, ['--num-features'], 'resolved')[0]?.message).toMatch(
      /^--num-features must be an integer/,
    );
  });
});
