import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { knowsStage } from '../../../../../src/lib/model/formats/mlflow/knows-stage.ts';
import { formatEnvironment, formatMLmodel } from '../../../../../src/lib/model/formats/mlflow/mlmodel.ts';
import { writeMlflow } from '../../../../../src/lib/model/formats/mlflow/write.ts';
import type { Matrix, NaiveBayesStage, RandomForestStage, Stage } from '../../../../../src/lib/model/stages.ts';
import type { FittedModel } from '../../../../../src/lib/model/types.ts';
import { sampleModels } from '../../../../helpers/sample-models.ts';

const sample = (name: string) => sampleModels()[name] as FittedModel;
const last = (name: string) => sample(name).stages.at(-1) as Stage;
const regex = (pattern: string): Stage => ({
  kind: 'RegexTokenizer',
  uid: 'RegexTokenizer_1',
  inputCol: 'text',
  outputCol: 'words',
  pattern,
  gaps: true,
  minTokenLength: 1,
  toLowercase: true,
});
const remover = (locale: string, caseSensitive = false): Stage => ({
  kind: 'StopWordsRemover',
  uid: 'r',
  inputCol: 'a',
  outputCol: 'b',
  stopWords: [],
  caseSensitive,
  locale,
});

describe('the flavor pyfunc named our loader by the kinds of stages alone, and MLflow could not load the model', () => {
  test('of a gaussian naive Bayes', async () => {
    const bayes = last('bayes') as NaiveBayesStage;
    const gaussian: Stage = { ...bayes, modelType: 'gaussian', sigma: bayes.theta as Matrix };
    expect(knowsStage(bayes)).toBe(true);
    expect(knowsStage(gaussian)).toBe(false);
    const model = { ...sample('bayes'), stages: [...sample('bayes').stages.slice(0, -1), gaussian] };
    const files = await writeMlflow(model);
    expect(files.has('code/sentops_pyfunc.py')).toBe(false);
    expect(Buffer.from(files.get('MLmodel') ?? []).toString()).toContain('loader_module: mlflow.spark');
    expect(Buffer.from(files.get('requirements.txt') ?? []).toString()).toContain('pyspark');
  });

  test('of stop words in Turkish', () => {
    for (const locale of ['tr', 'tr_TR', 'TR', 'az_AZ', 'lt']) expect(knowsStage(remover(locale))).toBe(false);
    for (const locale of ['en', 'en_US', 'de', 'trv', '']) expect(knowsStage(remover(locale))).toBe(true);
    expect(knowsStage(remover('tr', true))).toBe(true);
  });

  test('of trees that split by category', () => {
    const { trees, ...rest } = last('forest') as RandomForestStage;
    const numCategories = Int32Array.from(trees.numCategories);
    expect(knowsStage({ ...rest, trees })).toBe(true);
    numCategories[0] = 3;
    expect(knowsStage({ ...rest, trees: { ...trees, numCategories } })).toBe(false);
  });

  test.each([
    String.raw`\s+`,
    String.raw`\W`,
    String.raw`[^\p{L}\p{N}]+`,
    String.raw`(?:\s|,)+`,
    String.raw`[\p{L}\p{N}']+|[^\s\p{L}\p{N}']`,
    String.raw`[.,;!?\s-]*?`,
    String.raw`a{2,3}|\u0041\x42\.\pL\P{Lu}`,
    '',
    '^(a|é)😀.',
  ])('no more than before of the pattern %j', pattern => {
    expect(knowsStage(regex(pattern))).toBe(true);
  });

  test.each([
    '[a-z&&[^b]]',
    '[[a]b]',
    '[]a]',
    'a$',
    'a++',
    'a*+',
    'a{,3}',
    '(?i)abc',
    '(?<n>a)',
    '(?<=ab|c)d',
    '(?>a)',
    String.raw`\bfoo`,
    String.raw`\Qx\E`,
    String.raw`\h`,
    String.raw`\p{IsAlphabetic}`,
    String.raw`\p{javaLowerCase}`,
    String.raw`\p{InGreek}`,
    String.raw`\x{1F600}`,
    String.raw`\0101`,
    String.raw`\cA`,
    String.raw`\Z`,
    String.raw`(a)\1`,
    'a'.repeat(1001),
  ])('of the pattern %j, which the loader refuses or reads in another way', pattern => {
    expect(knowsStage(regex(pattern))).toBe(false);
  });
});

describe('MLmodel', () => {
  const facts = { native: Buffer.from('x'), hasSpark: true, bytes: 12 };
  const written = (labels: string[]) => formatMLmodel({ model: { ...sample('forest-three'), labels }, ...facts });

  test('could not be read any more where a label held a control character', () => {
    const labels = ['a\u007fb\u0080', 'c\u0085d\u2028', 'é\ud800😀\ufeff'];
    const text = written(labels);
    expect(text).toMatch(/^[\x20-\x7e\n]*$/u);
    const { signature } = load(text) as { signature: { outputs: string } };
    const names = JSON.parse(signature.outputs).map((each: { name: string }) => each.name);
    expect(names).toEqual(['label', 'probability', ...labels.map(label => `probability_${label}`)]);
  });

  test('came with packages of any version: now with those that it is known to run with', () => {
    const { 'requirements.txt': plain = '', 'conda.yaml': conda = '' } = formatEnvironment(true);
    expect(plain.trim().split('\n')).toEqual(['mlflow>=3.0.0,<4', 'numpy>=1.23.2', 'pandas>=1.5.3']);
    expect(formatEnvironment(false)['requirements.txt']).toContain('\npandas>=1.5.3,<3\npyspark>=3.3.0,<4\n');
    const { dependencies } = load(conda) as { dependencies: unknown[] };
    expect(dependencies).toEqual(['python=3.11', 'pip', { pip: plain.trim().split('\n') }]);
  });
});
