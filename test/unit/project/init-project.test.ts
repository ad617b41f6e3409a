import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { loadProject } from '../../../src/lib/config/load.ts';
import { validateProject } from '../../../src/lib/config/validate.ts';
import { initProject } from '../../../src/lib/project/init-project.ts';
import { actionsOf, failureOf, makeFolder, makeRequest, person, readTree } from './fixtures.ts';

let root: string;
beforeEach(() => {
  root = makeFolder();
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

async function init(flags: Record<string, unknown> = {}, changes: Parameters<typeof makeRequest>[1] = {}) {
  return initProject(makeRequest(root, { flags, ...changes }).request);
}

const text = (file: string) => fs.readFileSync(path.join(root, file), 'utf8');
const request = () => ({ cwd: root, env: {}, home: undefined });

const CLOUD = { 'gcp-project': 'my-project', 'mlflow-uri': 'http://10.0.0.5:5000' };
const TEMPLATE_NAMES = ['sentiment140', 'imdb', 'kindle', 'minimal'];
const BACKENDS: [string, Record<string, unknown>][] = [
  ['local', {}],
  ['spark', {}],
  ['dataproc', CLOUD],
  ['serverless', CLOUD],
];
const STREAMS = [{}, { 'source-type': 'kafka' }, { 'write-kafka': true }, { 'source-type': 'stdin', http: true }];

describe.each(TEMPLATE_NAMES)('the project file of %s', template => {
  test.each(BACKENDS)('for %s has no problem, with any kind of stream', async (backend, flags) => {
    for (const stream of STREAMS) {
      await init(
        { template, backend, ...flags, ...stream },
        { force: true, yes: true, ask: person({ consent: true }) },
      );
      const { problems } = await validateProject(request());
      expect(problems).toEqual([]);
      for (const target of backend === 'local' || backend === 'spark'
        ? [undefined]
        : [undefined, 'local', 'test', 'production']) {
        const project = await loadProject({ ...request(), ...(target ? { target } : {}) });
        expect(project.unresolved).toEqual([]);
        expect(project.warnings).toEqual([]);
        expect(project.config.backend).toBe(target === 'local' ? 'local' : backend);
      }
    }
  });

  test('says what the answers said', async () => {
    const flags = {
      template,
      name: 'null',
      'mlflow-experiment': 'a: "b" #c',
      'registered-model-name': "it's, {mine}",
      http: true,
      port: 9001,
    };
    await init(flags);
    const { config } = await loadProject(request());
    expect(config.project).toMatchObject({ name: 'null', id: 'null' });
    expect(config.mlflow).toMatchObject({ trackingUri: '', experiment: 'a: "b" #c' });
    expect(config.train.registeredModelName).toBe("it's, {mine}");
    expect(config.serve.modelName).toBe("it's, {mine}-best");
    expect(config.serve.http).toMatchObject({ enabled: true, port: 9001 });
  });

  test('has no placeholder, no blank pairs of lines and no trailing blanks in any file', async () => {
    for (const [backend, flags] of BACKENDS) {
      for (const ci of ['github', 'gitlab']) {
        await init({ template, backend, ci, ...flags }, { force: true, yes: true, ask: person({ consent: true }) });
        for (const [file, content] of Object.entries(readTree(root))) {
          expect(content, file).not.toMatch(/(?<!\$)\{\{|undefined/);
          if (file.endsWith('.py') || file.endsWith('.json')) continue;
          expect(content, file).not.toMatch(/\n\n\n|[ \t]\n/);
          expect(content, file).toMatch(/[^\n]\n$/);
        }
      }
    }
  });
});

describe('what is written', () => {
  test('by default: everything, with the project file last', async () => {
    const result = await init({ template: 'imdb', ci: 'github' });
    expect(result.files.map(({ path, action }) => `${action} ${path}`)).toEqual([
      'create .gitignore',
      'create .env.example',
      'create README.md',
      'create code/sentiment_multimodel.py',
      'create code/streaming_serving_mlflow_hdfs_kafka_optimize.py',
      'create .github/workflows/sentops.yml',
      'create .sentops/sentops.schema.json',
      'create sentops.yaml',
    ]);
    expect(Object.keys(readTree(root)).sort()).toEqual(result.files.map(file => file.path).sort());
    expect(result.dir).toBe(root);
    expect(result.next).toEqual(['sentops config show', 'sentops doctor']);
  });

  test('no scripts for the minimal project on this machine, but the sample, which it reads', async () => {
    const result = await init({ template: 'minimal' });
    expect(Object.keys(actionsOf(result))).not.toContain('code/sentiment_multimodel.py');
    const { config } = await loadProject(request());
    expect(config.train.input).toBe('data/reviews.csv');
    const rows = text('data/reviews.csv').trimEnd().split('\n');
    expect(rows).toHaveLength(61);
    expect(rows.filter(row => row.endsWith(',positive'))).toHaveLength(30);
    expect(config.dataset.format).toMatchObject({
      header: true,
      text: 'text',
      label: 'label',
      labels: { negative: 0, positive: 1 },
    });
  });

  test('no sample where the rows are the user’s own', async () => {
    const flags = {
      template: 'minimal',
      dataset: '../my reviews.csv',
      'text-column': 'yes',
      'label-column': 'how: good',
      labels: 'no,yes,0',
    };
    expect(Object.keys(actionsOf(await init(flags)))).not.toContain('data/reviews.csv');
    const { config } = await loadProject(request());
    expect(config.dataset).toMatchObject({ source: 'local', ref: '../my reviews.csv', file: 'my reviews.csv' });
    expect(config.dataset.format).toMatchObject({ text: 'yes', label: 'how: good', labels: { no: 0, yes: 1, '0': 2 } });
  });

  test('the README says how a clone gets the schema that git ignores, where the project keeps a copy', async () => {
    await init();
    expect(text('README.md')).toContain('sentops config schema --output .sentops/sentops.schema.json');
    const installed = 'elsewhere/node_modules/sentops/schemas/sentops.schema.json';
    put(installed, '{}');
    await init({}, { dir: 'elsewhere', force: true });
    expect(text('elsewhere/README.md')).not.toContain('config schema');
  });

  test('git ignores what is secret, private or made', async () => {
    await init();
    const lines = text('.gitignore').split('\n');
    for (const name of [
      '.env',
      'sentops.local.yaml',
      '.sentops/',
      'gcp-credentials.json',
      'kaggle.json',
      'data_raw/',
      'secrets/',
    ]) {
      expect(lines).toContain(name);
    }
  });

  test('upload and training use one path', async () => {
    await init({ backend: 'dataproc', ...CLOUD, bucket: 'my-bucket' });
    const { config } = await loadProject(request());
    expect(config.train.input).toBe(
      'gs://my-bucket-raw/data_raw/sentiment140/training.1600000.processed.noemoticon.csv',
    );
    expect(`${config.dataset.gcsBucket}/${config.dataset.gcsPrefix}/${config.dataset.file}`).toBe(config.train.input);
  });

  test('the environment overrides what a cloud project was told', async () => {
    await init({ backend: 'dataproc', ...CLOUD });
    const { config } = await loadProject({
      ...request(),
      env: { GCP_PROJECT_ID: 'other-project', GCP_REGION: 'us-east1' },
    });
    expect(config.cluster).toMatchObject({ project: 'other-project', region: 'us-east1' });
  });

  test.each(['github', 'gitlab'])(
    'the workflow for %s is YAML, pins its actions and runs commands that exist',
    async ci => {
      await init({ ci, backend: 'dataproc', ...CLOUD });
      const source = text(ci === 'github' ? '.github/workflows/sentops.yml' : '.gitlab-ci.yml');
      const document = parseDocument(source);
      expect(document.errors).toEqual([]);
      for (const [, action] of source.matchAll(/uses: (\S+)/g)) expect(action).toMatch(/@[0-9a-f]{40}$/);
      const commands = [...source.matchAll(/sentops (\w+(?: \w+)?)/g)].map(([, words]) => words);
      expect(new Set(commands)).toEqual(new Set(['config validate', 'doctor']));
    },
  );

  test('points editors to the schema of the package where the project installs it', async () => {
    const schema = path.join(root, 'node_modules/sentops/schemas/sentops.schema.json');
    fs.mkdirSync(path.dirname(schema), { recursive: true });
    fs.writeFileSync(schema, '{}');
    const result = await init({}, { force: true });
    expect(text('sentops.yaml').split('\n')[0]).toBe(
      '# yaml-language-server: $schema=./node_modules/sentops/schemas/sentops.schema.json',
    );
    expect(Object.keys(actionsOf(result))).not.toContain('.sentops/sentops.schema.json');
  });

  test('without it brings a copy, and the first line names a file that is there', async () => {
    await init();
    const [, schema = ''] = /\$schema=(\S+)/.exec(text('sentops.yaml')) ?? [];
    expect(JSON.parse(text(schema))).toMatchObject({ title: 'sentops project' });
  });

  test('ends with what doctor says, and a failing check is no failure', async () => {
    const { doctor } = await init({ backend: 'spark' }, { env: { PATH: '' } });
    expect(doctor?.checks.map(check => check.id)).toContain('project.file');
    expect(doctor?.checks.find(check => check.id === 'project.file')?.status).toBe('ok');
    expect(doctor?.ok).toBe(false);
  });

  test('on this machine doctor has nothing against any of the templates', async () => {
    for (const template of TEMPLATE_NAMES) {
      const { doctor } = await init({ template }, { dir: template });
      expect(doctor?.checks.filter(check => check.status === 'fail')).toEqual([]);
    }
  });
});

describe('a folder that is in use', () => {
  test.each(['a.txt', 'sentops.yaml', '.env', 'src/x'])('with %s is refused before anything is asked', async file => {
    put(file, 'mine');
    const ask = person();
    const before = readTree(root);
    const error = await failureOf(init({}, { ask, noInput: false }));
    expect(error).toMatchObject({ code: 'CONFLICT', exit: 6 });
    expect(error.hint).toContain('--force');
    expect(ask.asked).toEqual([]);
    expect(readTree(root)).toEqual(before);
  });

  test('says that it is a project', async () => {
    await init();
    expect((await failureOf(init())).message).toContain('holds a project already');
  });

  test('names a few of its files', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) put(name, '');
    expect((await failureOf(init())).message).toContain('it holds a, b, c and 2 more');
  });

  test('a fresh clone counts as empty: its README stays, its .gitignore gets what it lacks', async () => {
    put('.git/config', '[remote "origin"]\n\turl = git@github.com:me/reviews.git\n');
    put('README.md', '# Mine\n');
    put('LICENSE', 'MIT\n');
    put('.gitignore', 'node_modules/\n.env\n');
    const result = await init();
    expect(actionsOf(result)).toMatchObject({
      'README.md': 'kept',
      '.gitignore': 'merge',
      '.github/workflows/sentops.yml': 'create',
    });
    expect(text('README.md')).toBe('# Mine\n');
    const lines = text('.gitignore').split('\n');
    expect(lines.slice(0, 2)).toEqual(['node_modules/', '.env']);
    expect(lines.filter(line => line === '.env')).toHaveLength(1);
    expect(lines).toContain('sentops.local.yaml');
    expect(result.command).toContain('--ci github');
  });

  test('what an init that was killed left behind counts as nothing and is removed', async () => {
    put('.sentops.yaml.sentops-999999999-3.tmp', 'half');
    put('code/.x.py.sentops-999999999-1.tmp', 'half');
    await init();
    expect(Object.keys(readTree(root)).filter(name => name.endsWith('.tmp'))).toEqual([]);
  });

  test('.gitignore keeps its line ends, and a second run adds nothing', async () => {
    put('.gitignore', 'a\r\nb');
    await init();
    const merged = text('.gitignore');
    expect(merged).toMatch(/^a\r\nb\r\n\r\n# Working files/);
    expect(merged.replaceAll('\r\n', '')).not.toContain('\n');
    expect(actionsOf(await init({}, { force: true }))['.gitignore']).toBe('unchanged');
  });
});

describe('--force', () => {
  test('adds to a folder with other files and touches none of them', async () => {
    put('a.txt', 'mine');
    const result = await init({}, { force: true });
    expect(text('a.txt')).toBe('mine');
    expect(new Set(Object.values(actionsOf(result)))).toEqual(new Set(['create']));
    expect(result.command).toContain('--force');
  });

  test('a second run changes nothing', async () => {
    await init();
    const before = readTree(root);
    const result = await init({}, { force: true });
    expect(new Set(Object.values(actionsOf(result)))).toEqual(new Set(['unchanged']));
    expect(readTree(root)).toEqual(before);
  });

  test('needs a yes to overwrite, and names the files', async () => {
    await init();
    put('sentops.yaml', 'mine: 1\n');
    put('README.md', 'mine\n');
    const before = readTree(root);
    const error = await failureOf(init({}, { force: true }));
    expect(error).toMatchObject({ code: 'CONFIRMATION_REQUIRED', exit: 2 });
    expect(error.message).toContain('README.md, sentops.yaml');
    expect(readTree(root)).toEqual(before);
  });

  test('overwrites after a yes', async () => {
    put('sentops.yaml', 'mine: 1\n');
    const ask = person({ consent: true });
    const result = await init({}, { force: true, ask });
    expect(ask.consents).toHaveLength(1);
    expect(actionsOf(result)['sentops.yaml']).toBe('overwrite');
    expect(text('sentops.yaml')).toContain('version: 1');
  });

  test('a no to overwriting ends as a no to writing does: interrupted, with everything as it was', async () => {
    put('sentops.yaml', 'mine: 1\n');
    const ask = person({ '--yes': false });
    const error = await failureOf(init({}, { force: true, noInput: false, ask }));
    expect(error).toMatchObject({ code: 'INTERRUPTED', exit: 130, message: 'nothing was written' });
    expect(ask.asked.at(-1)).toMatchObject({
      message: expect.stringContaining('Overwrite sentops.yaml'),
      default: false,
    });
    expect(readTree(root)).toEqual({ 'sentops.yaml': 'mine: 1\n' });
    await init({}, { force: true, noInput: false, ask: person({ '--yes': true }) });
    expect(text('sentops.yaml')).toContain('version: 1');
  });

  describe('below a symbolic link', () => {
    let outside: string;
    beforeEach(() => {
      outside = makeFolder();
    });
    afterEach(() => fs.rmSync(outside, { recursive: true, force: true }));

    test.each([
      ['code', ''],
      ['.sentops', ''],
      ['sentops.yaml', 'x'],
      ['.gitignore', 'x'],
      ['README.md', 'x'],
      ['sentops.yaml', 'dangling'],
    ])('nothing is written: %s leads out of the project', async (name, target) => {
      fs.writeFileSync(path.join(outside, 'x'), 'theirs\n');
      fs.symlinkSync(path.join(outside, target), path.join(root, name));
      const before = readTree(root);
      const error = await failureOf(init({}, { force: true, yes: true, ask: person({ consent: true }) }));
      expect(error).toMatchObject({ code: 'CONFLICT', exit: 6, place: { file: path.join(root, name) } });
      expect(error.message).toContain(`${name}`);
      expect(error.message).toContain('symbolic link');
      expect(readTree(root)).toEqual(before);
      expect(readTree(outside)).toEqual({ x: 'theirs\n' });
    });

    test('in a folder that counts as empty neither', async () => {
      fs.writeFileSync(path.join(outside, 'x'), 'theirs\n');
      fs.symlinkSync(path.join(outside, 'x'), path.join(root, '.gitignore'));
      expect(await failureOf(init())).toMatchObject({ code: 'CONFLICT' });
      expect(readTree(outside)).toEqual({ x: 'theirs\n' });
    });
  });

  test('refuses where a folder stands in the way of a file, or a file in the way of a folder', async () => {
    fs.mkdirSync(path.join(root, 'README.md'));
    expect(await failureOf(init({}, { force: true }))).toMatchObject({ code: 'CONFLICT' });
    fs.rmdirSync(path.join(root, 'README.md'));
    put('code', 'a file');
    expect(await failureOf(init({}, { force: true }))).toMatchObject({ code: 'CONFLICT' });
    expect(readTree(root)).toEqual({ code: 'a file' });
  });
});

describe('with a person', () => {
  test('shows what it will write and asks once more', async () => {
    const { request, notes } = makeRequest(root, { ask: person(), noInput: false, dir: 'new one' });
    await initProject(request);
    expect(notes[0]).toBe('In new one:');
    expect(notes).toContain('  create    sentops.yaml');
  });

  test('a no leaves nothing behind, not even the folder', async () => {
    const ask = person({ '--yes': false });
    const error = await failureOf(init({}, { ask, noInput: false, dir: 'a/b' }));
    expect(error.message).toBe('nothing was written');
    expect(readTree(root)).toEqual({});
  });

  test('--yes does not ask', async () => {
    const ask = person();
    await init({}, { ask, noInput: false, yes: true });
    expect(ask.asked.map(({ flag }) => flag)).not.toContain('--yes');
  });

  test('an interruption half-way leaves nothing behind', async () => {
    const stop = new Error('Ctrl-C');
    await expect(init({}, { ask: person({ '--backend': stop }), noInput: false, dir: 'a/b' })).rejects.toBe(stop);
    expect(readTree(root)).toEqual({});
  });

  test('an abort while files are written leaves nothing behind', async () => {
    const controller = new AbortController();
    const stop = new Error('SIGTERM');
    const ask = person();
    const later = {
      ...ask,
      confirm: async (question: Parameters<typeof ask.confirm>[0]) => {
        if (question.flag === '--yes') setImmediate(() => controller.abort(stop));
        return ask.confirm(question);
      },
    };
    await expect(init({}, { ask: later, noInput: false, dir: 'a/b', signal: controller.signal })).rejects.toBe(stop);
    expect(readTree(root)).toEqual({});
  });

  test('somebody who was quicker while the user was thinking wins', async () => {
    const ask = person();
    const slow = {
      ...ask,
      confirm: async (question: Parameters<typeof ask.confirm>[0]) => {
        if (question.flag === '--yes') await init({ template: 'kindle' });
        return ask.confirm(question);
      },
    };
    expect(await failureOf(init({}, { ask: slow, noInput: false }))).toMatchObject({ code: 'CONFLICT', exit: 6 });
    expect(text('sentops.yaml')).toContain('meetnagadia');
  });

  test('with --force too', async () => {
    const ask = person();
    const slow = {
      ...ask,
      confirm: async (question: Parameters<typeof ask.confirm>[0]) => {
        if (question.flag === '--yes') put('README.md', 'meanwhile\n');
        return ask.confirm(question);
      },
    };
    const error = await failureOf(init({}, { ask: slow, noInput: false, force: true }));
    expect(error).toMatchObject({ code: 'CONFLICT' });
    expect(readTree(root)).toEqual({ 'README.md': 'meanwhile\n' });
  });
});

describe('two at once', () => {
  test('one wins, nothing is mixed', async () => {
    const templates = ['imdb', 'kindle', 'minimal', 'sentiment140'];
    const results = await Promise.allSettled(templates.map(template => init({ template }, { dir: 'shared' })));
    const winners = results.flatMap((result, index) => (result.status === 'fulfilled' ? [templates[index]] : []));
    expect(winners).toHaveLength(1);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject({ exit: 6 });
    const alone = await init({ template: winners[0], name: 'shared' }, { dir: 'alone' });
    expect(readTree(path.join(root, 'shared'))).toEqual(readTree(alone.dir));
  });
});

describe('--dry-run', () => {
  test('says what would happen and writes nothing', async () => {
    const result = await init({ template: 'imdb' }, { dryRun: true, dir: 'new' });
    expect(actionsOf(result)['sentops.yaml']).toBe('create');
    expect(result).toMatchObject({ dryRun: true, doctor: null });
    expect(readTree(root)).toEqual({});
  });

  test('asks for no yes, though files would be overwritten', async () => {
    put('sentops.yaml', 'mine: 1\n');
    expect(actionsOf(await init({}, { dryRun: true, force: true }))['sentops.yaml']).toBe('overwrite');
    expect(text('sentops.yaml')).toBe('mine: 1\n');
  });
});

describe('the folder', () => {
  test('may be anywhere, with blanks and letters of any alphabet', async () => {
    const result = await init({}, { dir: 'мой проект/ü 1' });
    expect(result.dir).toBe(path.join(root, 'мой проект', 'ü 1'));
    expect(result.answers.name).toBe('u-1');
    expect(result.command).toBe("sentops init 'мой проект/ü 1' --no-input");
    expect(result.next[0]).toBe("cd 'мой проект/ü 1'");
  });

  test('may be absolute, end in a slash and go up', async () => {
    fs.mkdirSync(path.join(root, 'here'));
    expect((await init({}, { dir: `${root}/abs/` })).answers.name).toBe('abs');
    const up = makeRequest(path.join(root, 'here'), { dir: '../beside' }).request;
    expect((await initProject(up)).dir).toBe(path.join(root, 'beside'));
  });

  test('that is a link to a folder is that folder', async () => {
    fs.mkdirSync(path.join(root, 'real'));
    fs.symlinkSync('real', path.join(root, 'link'));
    await init({}, { dir: 'link' });
    expect(fs.existsSync(path.join(root, 'real', 'sentops.yaml'))).toBe(true);
  });

  test.each([
    ['file', 'CONFLICT', 6],
    ['file/below', 'CONFLICT', 6],
    ['dangling', 'NOT_WRITABLE', 4],
    ['x'.repeat(300), 'NOT_WRITABLE', 4],
    ['a\0b', 'FLAG_INVALID', 2],
  ])('%j is refused with %s', async (dir, code, exit) => {
    put('file', 'mine');
    fs.symlinkSync('nowhere/at/all', path.join(root, 'dangling'));
    const before = readTree(root);
    expect(await failureOf(init({}, { dir }))).toMatchObject({ code, exit });
    expect(readTree(root)).toEqual(before);
  });

  test.skipIf(process.getuid?.() === 0)('that cannot be written is refused', async () => {
    fs.chmodSync(root, 0o555);
    try {
      expect(await failureOf(init({}, { dir: 'new' }))).toMatchObject({ code: 'NOT_WRITABLE', exit: 4 });
    } finally {
      fs.chmodSync(root, 0o755);
    }
  });

  test.skipIf(!fs.existsSync('/proc/self'))('on a file system that takes no files is refused', async () => {
    expect(await failureOf(init({}, { dir: '/proc/self/sentops' }))).toMatchObject({ exit: 4 });
  });
});

test('no HOME and no environment are no hindrance', async () => {
  expect((await init({}, { env: {}, home: os.devNull })).files.length).toBeGreaterThan(5);
});

function put(file: string, content: string): void {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), content);
}
