import { describe, expect, test } from 'vitest';
import type { AnswersFile } from '../../../src/lib/project/answers-file.ts';
import { type AnswerSources, resolveAnswers } from '../../../src/lib/project/resolve-answers.ts';
import type { AnswerValue, QuestionId } from '../../../src/lib/project/types.ts';
import { failureOf, nobody, person } from './fixtures.ts';

function sources(changes: Partial<AnswerSources> = {}): AnswerSources & { warnings: string[] } {
  const warnings: string[] = [];
  return {
    flags: {},
    file: undefined,
    ask: nobody,
    noInput: true,
    around: { folderName: 'reviews', forge: undefined },
    suggestions: { suggest: async () => [] },
    warn: message => warnings.push(message),
    warnings,
    ...changes,
  };
}

function answersFile(entries: Partial<Record<QuestionId, AnswerValue>>): AnswersFile {
  return new Map(
    Object.entries(entries).map(([id, value], index) => [
      id as QuestionId,
      { value, place: { file: 'answers.yaml', line: index + 1, column: 1 } },
    ]),
  );
}

const CLOUD = { backend: 'dataproc', 'gcp-project': 'my-project', 'mlflow-uri': 'http://10.0.0.5:5000' };

describe('without anybody to ask', () => {
  test('--no-input takes the defaults', async () => {
    expect(await resolveAnswers(sources())).toEqual({
      name: 'reviews',
      template: 'sentiment140',
      source: 'kaggle',
      dataset: 'kazanova/sentiment140',
      backend: 'local',
      mlflowUri: '',
      mlflowExperiment: 'sentiment-analysis-pipeline',
      registeredModelName: 'twitter-sentiment-model',
      sourceType: 'file',
      http: false,
      writeKafka: false,
      ci: 'none',
    });
  });

  test('a flag wins over the file, the file over the default', async () => {
    const file = answersFile({ name: 'from-file', template: 'imdb', port: 9000 });
    const answers = await resolveAnswers(sources({ flags: { name: 'from-flag' }, file }));
    expect(answers).toMatchObject({ name: 'from-flag', template: 'imdb', port: 9000 });
  });

  test('an answer changes the defaults of later ones', async () => {
    const answers = await resolveAnswers(sources({ flags: { ...CLOUD, region: 'europe-west1', template: 'minimal' } }));
    expect(answers).toMatchObject({
      zone: 'europe-west1-a',
      mlflowExperiment: 'reviews',
      registeredModelName: 'reviews-model',
    });
  });

  test('a suggestion of this machine is the default, if it is valid', async () => {
    const suggestions = {
      suggest: async (id: QuestionId) => (id === 'gcpProject' ? ['NOT VALID', 'found-here', 'and-this'] : []),
    };
    const { 'gcp-project': _, ...flags } = CLOUD;
    expect((await resolveAnswers(sources({ flags, suggestions }))).gcpProject).toBe('found-here');
  });

  test('what has no default is an error that names the flag, also with --no-input', async () => {
    const error = await failureOf(resolveAnswers(sources({ flags: { backend: 'dataproc' } })));
    expect(error).toMatchObject({ code: 'INPUT_REQUIRED', exit: 2, details: { flag: '--gcp-project' } });
    expect(error.hint).toContain('--gcp-project');
  });

  test('without --no-input the first missing answer is an error that names its flag and --no-input', async () => {
    const error = await failureOf(resolveAnswers(sources({ noInput: false, flags: { name: 'a' } })));
    expect(error).toMatchObject({ code: 'INPUT_REQUIRED', exit: 2 });
    expect(error.hint).toContain('--template');
    expect(error.hint).toContain('--no-input');
  });

  test('without --no-input it is enough that everything that matters is answered', async () => {
    const answers = await resolveAnswers(sources());
    const file = answersFile(answers);
    expect(await resolveAnswers(sources({ noInput: false, file }))).toEqual(answers);
  });
});

describe('answers that do not fit', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ name: 'My Project' }, '--name must be at most 40 lower-case'],
    [{ template: 'imbd' }, 'did you mean imdb?'],
    [{ http: true, port: 99_999 }, '--port must be a port from 1 to 65535'],
    [{ ...CLOUD, zone: 'europe-west1-b' }, '--zone must be a zone of us-central1'],
  ])('%j', async (flags, message) => {
    const error = await failureOf(resolveAnswers(sources({ flags })));
    expect(error).toMatchObject({ code: 'FLAG_INVALID', exit: 2 });
    expect(error.message).toContain(message);
  });

  test('in the file they are located', async () => {
    const error = await failureOf(resolveAnswers(sources({ file: answersFile({ name: 'a', template: 'imbd' }) })));
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', exit: 3, place: { file: 'answers.yaml', line: 2 } });
    expect(error.message).toContain('did you mean imdb?');
  });

  test('a long value is not printed in full', async () => {
    const error = await failureOf(resolveAnswers(sources({ flags: { name: 'x'.repeat(300) } })));
    expect(error.message.length).toBeLessThan(250);
  });

  test.each<[Partial<Record<QuestionId, AnswerValue>>, boolean]>([
    [{ http: true, port: '9000' }, true],
    [{ http: true, port: 9000.5 }, false],
    [{ http: 'true' }, true],
    [{ http: 'yes' }, false],
    [{ name: 7 }, false],
    [{ mlflowExperiment: 7 }, true],
  ])('%j in the file: %s', async (entries, isFine) => {
    const resolved = resolveAnswers(sources({ file: answersFile(entries) }));
    if (!isFine) expect(await failureOf(resolved)).toMatchObject({ code: 'CONFIG_INVALID' });
    else if (entries.port) expect((await resolved).port).toBe(9000);
    else if (entries.http) expect((await resolved).http).toBe(true);
    else expect((await resolved).mlflowExperiment).toBe('7');
  });

  test('an answer to a question that does not matter is left out with a word about it', async () => {
    const asked = sources({ flags: { cluster: 'c' }, file: answersFile({ kafkaTopic: 't' }) });
    const answers = await resolveAnswers(asked);
    expect(answers).not.toHaveProperty('cluster');
    expect(asked.warnings).toEqual([
      expect.stringMatching(/^--cluster is not used/),
      expect.stringMatching(/^kafkaTopic is not used/),
    ]);
  });
});

describe('with a person', () => {
  test('asks what is left, in order, with the defaults', async () => {
    const ask = person();
    const answers = await resolveAnswers(sources({ ask, noInput: false, flags: { template: 'imdb' } }));
    expect(ask.asked.map(({ flag }) => flag)).toEqual([
      '--name',
      '--source',
      '--dataset',
      '--backend',
      '--mlflow-uri',
      '--mlflow-experiment',
      '--registered-model-name',
      '--source-type',
      '--http',
      '--port',
      '--write-kafka',
      '--ci',
    ]);
    expect(ask.asked[0]).toMatchObject({ message: 'Project name', default: 'reviews' });
    expect(answers).toEqual(await resolveAnswers(sources({ flags: { template: 'imdb' } })));
  });

  test('--no-input asks nothing though somebody is there', async () => {
    const ask = person();
    await resolveAnswers(sources({ ask }));
    expect(ask.asked).toEqual([]);
  });

  test('what was typed is trimmed and checked', async () => {
    const typed = { '--name': '  trimmed ', '--http': true, '--port': ' 8082 ' };
    expect(await resolveAnswers(sources({ ask: person(typed), noInput: false }))).toMatchObject({
      name: 'trimmed',
      port: 8082,
    });
    const wrong = resolveAnswers(sources({ ask: person({ '--name': 'No Good' }), noInput: false }));
    await expect(wrong).rejects.toThrow('--name: It must be at most 40 lower-case');
    const noNumber = resolveAnswers(sources({ ask: person({ '--http': true, '--port': '80a' }), noInput: false }));
    await expect(noNumber).rejects.toThrow('It must be a whole number');
  });

  test('offers what was found on this machine as a menu, and a way out of it', async () => {
    const suggestions = {
      suggest: async (id: QuestionId) => (id === 'gcpProject' ? ['project-one', 'project-two'] : []),
    };
    const flags = { backend: 'serverless', 'mlflow-uri': 'http://10.0.0.5:5000' };
    const chooser = person({ '--gcp-project': 'project-two' });
    expect((await resolveAnswers(sources({ ask: chooser, noInput: false, flags, suggestions }))).gcpProject).toBe(
      'project-two',
    );
    const menu = chooser.asked.find(({ flag }) => flag === '--gcp-project');
    expect(menu?.choices?.map(choice => choice.name)).toEqual(['project-one', 'project-two', 'another one']);
    expect(menu?.default).toBe('project-one');

    const other = menu?.choices?.at(-1)?.value;
    const typist = person({ '--gcp-project': other });
    const later = {
      ...typist,
      text: async (question: { flag: string; default?: string }) =>
        question.flag === '--gcp-project' ? 'third-project' : (question.default ?? ''),
    };
    expect((await resolveAnswers(sources({ ask: later, noInput: false, flags, suggestions }))).gcpProject).toBe(
      'third-project',
    );
  });

  test('what stops a prompt stops the wizard', async () => {
    const stop = new Error('stopped');
    await expect(resolveAnswers(sources({ ask: person({ '--backend': stop }), noInput: false }))).rejects.toBe(stop);
  });
});
