import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readAnswersFile } from '../../../src/lib/project/answers-file.ts';
import { failureOf, makeFolder } from './fixtures.ts';

let cwd: string;
beforeEach(() => {
  cwd = makeFolder();
});
afterEach(() => fs.rmSync(cwd, { recursive: true, force: true }));

const noStdin = async () => {
  throw new Error('standard input was read');
};

function read(text: string) {
  fs.writeFileSync(path.join(cwd, 'answers.yaml'), text);
  return readAnswersFile('answers.yaml', cwd, noStdin);
}

describe('readAnswersFile', () => {
  test('gives each answer with its place', async () => {
    const answers = await read('# mine\nname: reviews\nport: 9000\nhttp: true\n');
    expect(answers.get('name')).toEqual({ value: 'reviews', place: { file: 'answers.yaml', line: 2, column: 7 } });
    expect(answers.get('port')?.value).toBe(9000);
    expect(answers.get('http')?.value).toBe(true);
    expect(answers.has('ci')).toBe(false);
  });

  test('takes the names of flags too', async () => {
    const answers = await read('mlflow-uri: http://localhost:5000\nkafka_topic: a\n');
    expect([...answers.keys()]).toEqual(['mlflowUri', 'kafkaTopic']);
  });

  test('takes an empty answer, which means the embedded store, for an answer', async () => {
    expect((await read('mlflowUri: ""\n')).get('mlflowUri')?.value).toBe('');
  });

  test('an empty file answers nothing', async () => {
    expect((await read('\n# nothing\n')).size).toBe(0);
  });

  test('reads standard input for -, and calls it so', async () => {
    const answers = await readAnswersFile('-', cwd, async () => 'name: piped\n');
    expect(answers.get('name')?.place.file).toBe('standard input');
  });

  test('reads a file given by an absolute path with spaces and letters of another alphabet', async () => {
    const file = path.join(cwd, 'мои ответы.yaml');
    fs.writeFileSync(file, '\ufeffname: a\n');
    expect((await readAnswersFile(file, '/', noStdin)).get('name')?.value).toBe('a');
  });

  test('says where the file should have been', async () => {
    const error = await failureOf(readAnswersFile('nowhere.yaml', cwd, noStdin));
    expect(error).toMatchObject({ code: 'CONFIG_UNREADABLE', exit: 3, place: { file: 'nowhere.yaml' } });
    expect(error.message).toContain('nowhere.yaml does not exist');
  });

  test('refuses a folder', async () => {
    fs.mkdirSync(path.join(cwd, 'answers.yaml'));
    expect(await failureOf(readAnswersFile('answers.yaml', cwd, noStdin))).toMatchObject({ code: 'CONFIG_UNREADABLE' });
  });

  test('refuses a file that is no YAML, with its line', async () => {
    const error = await failureOf(read('name: a\ntemplate: {imdb\nci: none\n'));
    expect(error).toMatchObject({ code: 'CONFIG_SYNTAX', exit: 3 });
    expect(error.place).toMatchObject({ file: 'answers.yaml' });
    expect(error.place?.line).toBeGreaterThan(1);
  });

  test('refuses a list and a lone text', async () => {
    for (const text of ['- name\n- template\n', 'imdb\n']) {
      const error = await failureOf(read(text));
      expect(error).toMatchObject({ code: 'CONFIG_INVALID', place: { file: 'answers.yaml', line: 1 } });
      expect(error.message).toContain('question: answer');
    }
  });

  test('names the question that a typing error meant, with its line and column', async () => {
    const error = await failureOf(read('name: a\nmlflowUrl: http://x\n'));
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', exit: 3, hint: 'did you mean mlflowUri?' });
    expect(error.place).toEqual({ file: 'answers.yaml', line: 2, column: 1 });
  });

  test('lists the questions where nothing is near', async () => {
    expect((await failureOf(read('zzzzzz: 1\n'))).hint).toContain('registeredModelName');
  });

  test('reports every problem at once', async () => {
    const error = await failureOf(read('nmae: a\nport: [1, 2]\nci:\nmlflow-uri: a\nmlflowUri: b\n'));
    expect(error.message.split('\n')).toHaveLength(5);
    expect(error.message).toContain('answers.yaml:1:1: there is no question "nmae" (did you mean name?)');
    expect(error.message).toContain('answers.yaml:2:7: the answer to "port" must be one value');
    expect(error.message).toContain('answers.yaml:3:1: "ci" has no answer');
    expect(error.message).toContain('"mlflowUri" is answered twice');
    expect(error.details['problems']).toHaveLength(4);
  });

  test('refuses the same key twice', async () => {
    const error = await failureOf(read('name: a\nname: b\n'));
    expect(error).toMatchObject({ code: 'CONFIG_SYNTAX' });
    expect(error.message).toContain('twice');
  });

  test('__proto__ is no way in', async () => {
    expect(await failureOf(read('__proto__: { name: x }\n'))).toMatchObject({ exit: 3 });
  });
});
