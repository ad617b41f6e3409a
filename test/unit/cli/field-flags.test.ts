import { describe, expect, test } from 'vitest';
import { fieldFlag, fieldFlags } from '../../../src/cli/field-flags.ts';
import { listFields } from '../../../src/lib/config/names.ts';
import { SentopsError } from '../../../src/lib/core/errors.ts';

type Parse = (text: string) => Promise<unknown>;
const parse = (path: string, text: string) => (fieldFlag(path).parse as unknown as Parse)(text);
const refusal = (path: string, text: string) =>
  parse(path, text).then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a flag of the field table', () => {
  test('has name, documentation, default and environment twin of its entry', async () => {
    const flag = fieldFlag('train.numFeatures') as unknown as Record<string, unknown>;
    expect(flag).toMatchObject({ path: 'train.numFeatures', type: 'option', helpValue: 'N' });
    expect(flag['summary']).toMatch(/^Size of the hashed .* \[env: SENTOPS_TRAIN_NUM_FEATURES\]\.$/);
    expect(await (flag['defaultHelp'] as () => Promise<string>)()).toBe('32768');
    expect(flag).not.toHaveProperty('env');
    expect(flag).not.toHaveProperty('default');
  });

  test('takes the values of its type', async () => {
    expect(await parse('train.numFeatures', '1024')).toBe(1024);
    expect(await parse('train.models', 'linearsvc,randomforest')).toEqual(['linearsvc', 'randomforest']);
    expect(await parse('serve.writeKafka', 'true')).toBe(true);
  });

  test('a wrong value is a usage error, though the same in the project file is one of the configuration', async () => {
    const error = await refusal('train.numFeatures', 'many');
    expect(error).toBeInstanceOf(SentopsError);
    expect(error).toMatchObject({ code: 'FLAG_INVALID', details: { flag: '--num-features', value: 'many' } });
    expect((error as SentopsError).message).toContain('--num-features');
    expect((error as SentopsError).hint).toBe('run the command with --help for the values');
  });

  test('a fixed set of values is enforced, one that plugins add to is only shown', () => {
    expect(fieldFlag('serve.sourceType')).toMatchObject({ options: ['file', 'kafka', 'stdin'] });
    expect(fieldFlag('backend')).toMatchObject({ helpValue: 'local|spark|dataproc|serverless|…' });
    expect(fieldFlag('backend')).not.toHaveProperty('options');
  });

  test('a switch can be switched off, unless the reference system gives it a value', () => {
    expect(fieldFlag('train.enableCv')).toMatchObject({ type: 'boolean', allowNo: true, path: 'train.enableCv' });
    expect(fieldFlag('serve.writeKafka')).toMatchObject({ type: 'option', helpValue: 'true|false' });
  });

  test('may be described in other words', () => {
    expect(fieldFlag('serve.name', { summary: 'Other words.', char: 'x', helpGroup: 'SERVE' })).toMatchObject({
      summary: 'Other words.',
      char: 'x',
      helpGroup: 'SERVE',
    });
  });

  test('is refused for an entry without one: that is a mistake of ours', () => {
    expect(() => fieldFlag('serve.partitionBy')).toThrow('serve.partitionBy has no flag');
    expect(() => fieldFlag('no.such')).toThrow('no.such has no flag');
  });
});

test('several flags stand under their names', () => {
  expect(Object.keys(fieldFlags(['serve.name', 'serve.sourceType']))).toEqual(['name', 'source-type']);
});

test('every entry with a flag makes one whose default is written as the flag takes it', async () => {
  const withFlag = listFields().filter(({ field }) => field.meta.flag !== undefined);
  expect(withFlag.length).toBeGreaterThan(50);
  for (const { path, field } of withFlag) {
    const flag = fieldFlag(path) as unknown as { readonly type: string; readonly defaultHelp?: () => Promise<string> };
    if (flag.type !== 'option' || !flag.defaultHelp) continue;
    const text = await flag.defaultHelp();
    if (text.includes('${')) continue;
    expect(await parse(path, text), path).toEqual(field.meta.default);
  }
});
