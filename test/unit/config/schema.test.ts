import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkValues } from '../../../src/lib/config/check.ts';
import { defaultValues } from '../../../src/lib/config/defaults.ts';
import { FIELDS } from '../../../src/lib/config/fields/index.ts';
import type { Field, Section, ValueType } from '../../../src/lib/config/fields/types.ts';
import type { FindingCode } from '../../../src/lib/config/findings.ts';
import { listFields } from '../../../src/lib/config/names.ts';
import { buildSchema } from '../../../src/lib/config/schema.ts';

type Tree = { [key: string]: unknown };

const schema = buildSchema() as Tree & { properties: Tree; definitions: Record<string, Tree> };
const accepts = new Ajv({ strict: false, strictNumbers: true, allErrors: true }).compile(schema);

/** What a schema cannot say: sums and orders, credentials in texts, and the depth of free values. */
const BEYOND_SCHEMA: readonly FindingCode[] = [
  'INCONSISTENT',
  'NAME_MISTYPED',
  'CREDENTIAL_LITERAL',
  'SECRET_MISPLACED',
  'TOO_DEEP',
];

function checkerAccepts(values: unknown): boolean {
  const findings = checkValues(values, { stage: 'raw' });
  return !findings.some(finding => finding.severity === 'error' && !BEYOND_SCHEMA.includes(finding.code));
}

/** Kebab and snake keys are a warning of the checker and an error of the schema: an editor shall offer the right key. */
function isSpeltRight(values: unknown): boolean {
  return !checkValues(values, { stage: 'raw' }).some(finding => finding.code === 'KEY_SPELLING');
}

const VALID: readonly unknown[] = [
  null,
  {},
  defaultValues(),
  { version: 1, requires: '>=1 <2', include: ['conf/*.yaml'] },
  { train: null, targets: { local: null } },
  { train: { seed: null, models: null, gate: { accuracy: null } } },
  { train: { numFeatures: '${var.n}', enableCv: '${var.cv}', models: '${var.models}', gate: { f1: '${var.f1}' } } },
  { train: { models: ['${var.m}', 'fasttext'], params: { fasttext: { dim: 3 } } } },
  { train: { gate: { accuracy: 0.7, f1: '> 0.7' }, schedule: '0 0 * * 0' } },
  { train: { variants: { quick: { maxRows: 10, params: { linearsvc: { maxIter: 3 } } }, none: null } } },
  { cluster: { properties: { 'spark:a.b': 1, 'spark:c': true, 'spark:d': '' }, api: { a: { b: [1, null] } } } },
  { variables: { a: 'x', b: 1, c: [1, 'x'], d: { default: { k: 1 } }, e: true } },
  { notify: [{ type: 'slack', webhook: '${secret.s:-}', on: ['job.failed', 'my.event'] }] },
  { secrets: { a: { gcp: 'projects/${var.p}/secrets/s/versions/latest' } } },
  { targets: { prod: { mode: 'production', default: true, profile: 'ci', train: { maxRows: 5 }, notify: [] } } },
  { kafka: { bootstrap: 'a:9092, b:9093', auth: { password: '${secret.p}' } } },
  { dataset: { format: { delimiter: '🎭' } } },
  { dataset: { format: { delimiter: '\t', labels: { pos: 1, neg: 0 } } } },
  { mlflow: { trackingUri: '', stageAliases: { Production: 'champion' } } },
  { rollout: { canary: { steps: [1, 100], bake: '1h30m' } } },
];

const BROKEN: readonly unknown[] = [
  [],
  'text',
  1,
  { trian: {} },
  { version: 2 },
  { version: '1' },
  { requires: 'one' },
  { include: 'conf/*.yaml' },
  { include: [1] },
  { project: [] },
  { project: 'name' },
  { project: { name: '' } },
  { project: { name: ' ' } },
  { project: { name: 5 } },
  { project: { id: 'Sentiment' } },
  { project: { labels: { App: 'x' } } },
  { project: { labels: ['x'] } },
  { variables: { 'a-b': 1 } },
  { variables: { a: { type: 'text' } } },
  { variables: { a: { env: 'A' } } },
  { backend: 'two words' },
  { backend: 1 },
  { profiles: { default: { gcp: { auth: 'magic' } } } },
  { secrets: { a: { vault: 'x' } } },
  { secrets: { a: 'literal' } },
  { buckets: { other: 'x' } },
  { buckets: { raw: 'gs://' } },
  { dataset: { format: { delimiter: '::' } } },
  { dataset: { format: { columns: ['a', 'a'] } } },
  { dataset: { format: { labels: { pos: 'one' } } } },
  { dataset: { checks: { maxNullFraction: 1.5 } } },
  { cluster: { workers: { count: -1 } } },
  { cluster: { workers: { count: 1.5 } } },
  { cluster: { maxIdle: 3600 } },
  { cluster: { maxIdle: 'ten minutes' } },
  { cluster: { properties: { 'no-prefix': 'x' } } },
  { cluster: { properties: { 'spark:a': ['x'] } } },
  { mlflow: { registryMode: 'stage' } },
  { mlflow: { stageAliases: { Prod: 'x' } } },
  { mlflow: { auth: { token: 5 } } },
  { train: { numFeatures: 'many' } },
  { train: { numFeatures: 0 } },
  { train: { trainRatio: 0 } },
  { train: { trainRatio: 2 } },
  { train: { enableCv: 'true' } },
  { train: { enableCv: 1 } },
  { train: { models: [] } },
  { train: { models: 'linearsvc' } },
  { train: { models: [null] } },
  { train: { models: ['a b'] } },
  { train: { params: { randomforest: { numTrees: 'ten' } } } },
  { train: { params: { linearsvc: { numTrees: 10 } } } },
  { train: { grid: { linearsvc: { maxIter: 20 } } } },
  { train: { gate: { accuracy: '0.7' } } },
  { train: { gate: { accurcy: 0.7 } } },
  { train: { variants: { cv: { nosuch: 1 } } } },
  { train: { schedule: '61 * * * *' } },
  { kafka: { bootstrap: 'localhost' } },
  { kafka: { bootstrap: 'localhost:99999' } },
  { kafka: { inputTopic: 'two words' } },
  { serve: { modelStage: 'production' } },
  { serve: { http: { port: 65536 } } },
  { rollout: { rollback: { errorRateIncrease: 50 } } },
  { rollout: { canary: { steps: [0] } } },
  { notify: {} },
  { notify: [{}] },
  { notify: [null] },
  { notify: [{ type: 'email', to: ['nobody'] }] },
  { targets: { '1': {} } },
  { targets: { a: { targets: {} } } },
  { targets: { a: { mode: 'staging' } } },
  { targets: { a: { train: { numFeatures: 'x' } } } },
];

describe('the JSON Schema and the checker agree', () => {
  it.each(VALID.map(values => [JSON.stringify(values), values]))('%s is valid', (_, values) => {
    expect(accepts(values), JSON.stringify(accepts.errors)).toBe(true);
    expect(checkerAccepts(values)).toBe(true);
  });

  it.each(BROKEN.map(values => [JSON.stringify(values), values]))('%s is broken', (_, values) => {
    expect(accepts(values)).toBe(false);
    expect(checkerAccepts(values)).toBe(false);
  });

  it('on any value at any place of the table', () => {
    const places = [...placesOf(FIELDS, [])];
    expect(places.length).toBeGreaterThan(600);
    fc.assert(
      fc.property(fc.constantFrom(...places), VALUES, (path, value) => {
        const values = nest(path, value);
        fc.pre(isSpeltRight(values));
        expect({ values, valid: accepts(values) }).toEqual({ values, valid: checkerAccepts(values) });
      }),
      { numRuns: 20_000 },
    );
  });

  it('on values of the right type with one leaf exchanged', () => {
    fc.assert(
      fc.property(fc.constantFrom(...listFields()), fc.gen(), VALUES, (named, gen, stray) => {
        const value = sampleOf(named.field.type, gen, stray);
        const values = nest(named.path.split('.'), value);
        fc.pre(isSpeltRight(values));
        expect({ values, valid: accepts(values) }).toEqual({ values, valid: checkerAccepts(values) });
      }),
      { numRuns: 10_000 },
    );
  });

  it('not on kebab-case keys, which only the checker forgives', () => {
    const values = { train: { 'num-features': 5 } };
    expect(checkerAccepts(values)).toBe(true);
    expect(accepts(values)).toBe(false);
    expect(isSpeltRight(values)).toBe(false);
  });
});

describe('the JSON Schema', () => {
  it('is draft 7, which YAML language servers know best', () => {
    expect(schema['$schema']).toBe('http://json-schema.org/draft-07/schema#');
    expect(new Ajv({ strict: false }).validateSchema(schema)).toBe(true);
  });

  it('says of every field what it is, what sets it and what it is by default', () => {
    for (const { path, field } of listFields()) {
      const keys = path.split('.');
      const found = keys
        .slice(1)
        .reduce<Tree>(
          (node, key) => (node['properties'] as Tree)[key] as Tree,
          schema.definitions[keys[0] ?? ''] ?? {},
        );
      expect(found['description'], path).toContain(field.meta.doc);
      expect(found['title'], path).toBe(path);
      expect(found['default'], path).toEqual(field.meta.default);
      if (field.meta.flag) expect(found['description'], path).toContain(`--${field.meta.flag}`);
    }
  });

  it('names environment variables only where there is one', () => {
    const texts = JSON.stringify(schema.definitions['profiles']) + JSON.stringify(schema.definitions['targets']);
    expect(texts).not.toContain('SENTOPS_PROFILES');
    expect(texts).not.toContain('SENTOPS_TARGETS');
    expect(JSON.stringify(schema.definitions['train'])).toContain('SENTOPS_TRAIN_NUM_FEATURES');
  });

  it('writes each section once: targets refer to it', () => {
    const text = JSON.stringify(schema);
    expect(text.split('Size of the hashed feature vector').length - 1).toBe(2); // train and train.variants
    expect(text.length).toBeLessThan(120_000);
  });

  it('is the same text each time', () => {
    expect(JSON.stringify(buildSchema())).toBe(JSON.stringify(schema));
  });
});

/** Values that are right somewhere and wrong elsewhere. */
const VALUES: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    null,
    true,
    false,
    0,
    1,
    -1,
    2,
    0.5,
    1.5,
    100,
    1e9,
    2 ** 31,
    '',
    ' ',
    'a',
    'A b',
    '1',
    'true',
    '${var.x}',
    'x-${var.y}',
  ),
  fc.constantFrom(
    '$${x}',
    '50%',
    '30m',
    '1h30m',
    '9',
    'gs://b/p',
    'gs://',
    'gs:/b',
    './a b',
    'h:1',
    'h:70000',
    'h:1,g:2',
    '>=1 <2',
    '^1.2.x',
  ),
  fc.constantFrom(
    '>0.5',
    '>=1',
    '=1',
    '@weekly',
    '0 0 * * 0',
    '*/5 1-3,7 * JAN MON',
    'a\nb',
    '\t',
    '🎭',
    'kafka',
    'production',
    'Production',
  ),
  fc.constantFrom(
    'g:a:1',
    'JUPYTER',
    'a@b',
    'projects/p/secrets/s',
    'A_1',
    'spark:x',
    'slack',
    'job.failed',
    'sqlite',
    'local',
    'map',
  ),
  fc.constantFrom<unknown>(
    [],
    [null],
    ['a'],
    ['a', 'a'],
    [1, 2],
    ['${var.x}'],
    [[]],
    [{}],
    [{ type: 'slack' }],
    {},
    { a: 1 },
    { a: null },
  ),
  fc.constantFrom<unknown>(
    { 'a:b': 'c' },
    { A: 'x' },
    { a: { env: 'X' } },
    { a: { default: 1 } },
    { default: true },
    { Production: 'x' },
    { a: [1] },
  ),
  fc.string(),
  fc.double(),
  fc.jsonValue({ maxDepth: 3 }),
);

const NAMES = ['a', 'A', 'a-b', 'a_b', '1a', 'a:b', '', 'a b', 'ä'];

/** The path of every node of the table, with several names where a name is free, and with unknown keys. */
function* placesOf(section: Section, path: readonly string[]): Generator<readonly string[]> {
  yield path;
  yield [...path, 'unknownKey'];
  for (const [key, node] of Object.entries(section.fields)) {
    const here = [...path, key];
    if (node.node === 'section') yield* placesOf(node, here);
    else yield* placesOfType(node.type, here);
  }
}

function* placesOfType(type: ValueType | Section, path: readonly string[]): Generator<readonly string[]> {
  // Targets repeat everything; one level of them is enough.
  if ('node' in type) yield* path[0] === 'targets' && path.length > 2 ? [path] : placesOf(type, path);
  else {
    yield path;
    if (type.kind === 'map') for (const name of NAMES) yield* placesOfType(type.of, [...path, name]);
    if (type.kind === 'list') yield* placesOfType(type.of, [...path, '0']);
    if (type.kind === 'union') for (const branch of type.of) yield* placesOfType(branch, path);
  }
}

/** `0` is the first item of a list. */
function nest(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => (key === '0' ? [inner] : { [key]: inner }), value);
}

/** Mostly a value of the type; now and then the stray value instead. */
function sampleOf(type: ValueType | Section, gen: fc.GeneratorValue, stray: unknown): unknown {
  if (gen(fc.integer, { min: 0, max: 9 }) === 0) return stray;
  if ('node' in type) {
    const keys = gen(fc.subarray<string>, Object.keys(type.fields));
    return Object.fromEntries(keys.map(key => [key, sampleOfNode(type.fields[key], gen, stray)]));
  }
  switch (type.kind) {
    case 'boolean':
      return gen(fc.boolean);
    case 'integer':
      return gen(fc.integer, { min: (type.min ?? 0) - 1, max: Math.min(type.max ?? 100, 1e6) + 1 });
    case 'number':
      return gen(fc.double, { min: -1, max: 2, noNaN: true });
    case 'enum':
      return type.values[gen(fc.integer, { min: 0, max: type.values.length - 1 })];
    case 'list':
      return [0, 1].slice(0, gen(fc.integer, { min: 0, max: 2 })).map(() => sampleOf(type.of, gen, stray));
    case 'map':
      return Object.fromEntries(gen(fc.subarray<string>, NAMES).map(name => [name, sampleOf(type.of, gen, stray)]));
    case 'union': {
      const branch = type.of[gen(fc.integer, { min: 0, max: type.of.length - 1 })];
      return branch === undefined ? stray : sampleOf(branch, gen, stray);
    }
    default:
      return stray;
  }
}

function sampleOfNode(node: Field | Section | undefined, gen: fc.GeneratorValue, stray: unknown): unknown {
  if (node === undefined) return stray;
  return sampleOf(node.node === 'section' ? node : node.type, gen, stray);
}
